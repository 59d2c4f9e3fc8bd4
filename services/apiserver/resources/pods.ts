import type { Pod } from '../../../shared/apis/core/v1.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isDnsLabel } from '../registry/object-names.ts';
import { timestamp } from '../registry/registry.ts';
import type { Strategy } from '../registry/strategy.ts';
import { forbidden } from '../types/field-error.ts';
import { admitChangedPod, admitNewPod } from './pod-admission.ts';
import { podChangeCauses } from './pod-changes.ts';
import { annotationCauses, contradictedProfiles, type PodLike } from './pod-spec/annotations.ts';
import { applyArmorAnnotations, armorWarnings } from './pod-spec/app-armor.ts';
import { applyLabelKeys } from './pod-spec/label-keys.ts';
import { podWarnings } from './pod-spec/warnings.ts';
import { annotationUpdateCauses, podSubresources, validatePodSubresource } from './pod-subresources.ts';
import { qosClassOf } from './qos-class.ts';
import { type PodSpec, validatePodSpec } from './validate-pod-spec.ts';

/** Pods are stored; nothing here runs them. One that a node has taken is deleted in two steps, so that the node can stop it. */

const DEFAULT_GRACE_SECONDS = 30;

export const podStrategy: Strategy = {
  returnsDeletedObject: true,
  prepareForCreate(object, { nowMs, registry }) {
    admitNewPod(object, registry);
    applyLabelKeys(podLike(object));
    armorTexts.set(object, armorWarnings(podLike(object)));
    applyArmorAnnotations(podLike(object));
    object['status'] = { phase: 'Pending', ...gating(specOf(object), nowMs), qosClass: qosClassOf(specOf(object)) };
  },
  prepareForUpdate: admitChangedPod,
  validate: validatePod,
  validateCreate: newPodCauses,
  warningsOfNew: (object) => [
    ...(armorTexts.get(object) ?? []),
    ...hostNameWarnings(object),
    ...podWarnings(podLike(object)),
  ],
  validateUpdate: (object, old) => [
    // Annotations are looked at twice, as upstream does.
    ...annotationUpdateCauses(object, old),
    ...podChangeCauses(object, old),
  ],
  subresources: podSubresources,
  validateSubresource: validatePodSubresource,
  graceSeconds(object, asked) {
    const { spec, status } = podOf(object);
    const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
    if (!spec?.nodeName || isOver) return 0;
    const own = spec['terminationGracePeriodSeconds'];
    return Math.max(0, asked ?? (typeof own === 'number' ? own : DEFAULT_GRACE_SECONDS));
  },
};

/** What is to be said of annotations that have become fields by the time that a new pod is warned of. */
const armorTexts = new WeakMap<Unstructured, string[]>();

const podLike = (object: Unstructured): PodLike => object as PodLike;

export function validatePod(object: Unstructured): StatusCause[] {
  return [
    ...annotationCauses(podLike(object), 'metadata.annotations'),
    ...validatePodSpec(specOf(object), 'spec', { isPod: true, podName: object.metadata.name ?? '' }),
  ];
}

function newPodCauses(object: Unstructured): StatusCause[] {
  const { ephemeralContainers, nodeName, schedulingGates } = specOf(object);
  const early = 'cannot be set until all schedulingGates have been cleared';
  return [
    ...(ephemeralContainers?.length ? [forbidden('spec.ephemeralContainers', 'cannot be set on create')] : []),
    ...(nodeName && schedulingGates?.length ? [forbidden('spec.nodeName', early)] : []),
    ...contradictedProfiles(podLike(object), 'spec'),
  ];
}

function hostNameWarnings({ metadata }: Unstructured): string[] {
  const texts = isDnsLabel(metadata.name ?? '');
  const text =
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended";
  return texts.length > 0 ? [`${text}: [${texts.join(' ')}]`] : [];
}

function specOf(object: Unstructured): PodSpec {
  return { ...(object['spec'] as PodSpec | undefined) };
}

/** A pod that waits to be let to the scheduler says so. */
function gating({ schedulingGates }: PodSpec, nowMs: number): object {
  if (!Array.isArray(schedulingGates) || schedulingGates.length === 0) return {};
  const message = 'Scheduling is blocked due to non-empty scheduling gates';
  const condition = { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message };
  return { conditions: [{ ...condition, lastProbeTime: null, lastTransitionTime: timestamp(nowMs) }] };
}

function podOf(object: Unstructured): Partial<Pod> {
  return object as Partial<Pod>;
}
