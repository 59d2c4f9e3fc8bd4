import type { Pod } from '../../../shared/apis/core/v1.ts';
import { newForbidden } from '../../../shared/apis/meta/status-error.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isEqual } from '../merge/json-value.ts';
import { timestamp } from '../registry/registry.ts';
import type { Strategy } from '../registry/strategy.ts';
import { forbidden, invalid, required } from '../types/field-error.ts';
import { podSpecWarnings } from './pod-spec/warnings.ts';
import { podSubresources, validatePodSubresource } from './pod-subresources.ts';
import { qosClassOf } from './qos-class.ts';
import { changesFixedPart, type PodSpec, type Toleration, validatePodSpec } from './validate-pod-spec.ts';

/** Pods are stored; nothing here runs them. One that a node has taken is deleted in two steps, so that the node can stop it. */

const DEFAULT_GRACE_SECONDS = 30;

export const podStrategy: Strategy = {
  returnsDeletedObject: true,
  fixedInStatus: ['ownerReferences'],
  prepareForCreate(object, { nowMs }) {
    checkPriority(object);
    object['status'] = { phase: 'Pending', ...gating(specOf(object), nowMs), qosClass: qosClassOf(specOf(object)) };
    object['spec'] = { ...podOf(object).spec, ...PRIORITY, tolerations: tolerationsOf(podOf(object).spec) };
  },
  prepareForUpdate(object) {
    object['spec'] = { ...podOf(object).spec, tolerations: tolerationsOf(podOf(object).spec) };
  },
  validate: (object) => validatePodSpec(specOf(object), 'spec', { isPod: true }),
  validateCreate: (object) => newPodCauses(specOf(object)),
  warningsOf: (object) => podSpecWarnings(specOf(object), 'spec'),
  validateUpdate(object, old) {
    const [next, before] = [specOf(object), specOf(old)];
    if (hasOtherContainers(next, before))
      return [forbidden('spec.containers', 'pod updates may not add or remove containers')];
    const later = isLaterDeadline(next, before);
    const causes = [...missingImages(next), ...deadlineCauses(next, before)];
    if (later) return causes;
    return [
      ...causes,
      ...lostTolerations(next, before),
      ...(changesFixedPart(next, before) ? [forbidden('spec', FIXED)] : []),
    ];
  },
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

function newPodCauses({ ephemeralContainers, nodeName, schedulingGates }: PodSpec): StatusCause[] {
  const early = 'cannot be set until all schedulingGates have been cleared';
  return [
    ...(ephemeralContainers?.length ? [forbidden('spec.ephemeralContainers', 'cannot be set on create')] : []),
    ...(nodeName && schedulingGates?.length ? [forbidden('spec.nodeName', early)] : []),
  ];
}

const FIXED =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function specOf(object: Unstructured): PodSpec {
  return { ...(object['spec'] as PodSpec | undefined) };
}

function hasOtherContainers(next: PodSpec, old: PodSpec): boolean {
  return (next.containers?.length ?? 0) !== (old.containers?.length ?? 0);
}

const isLaterDeadline = (next: PodSpec, old: PodSpec): boolean =>
  next.activeDeadlineSeconds !== undefined &&
  old.activeDeadlineSeconds !== undefined &&
  next.activeDeadlineSeconds > old.activeDeadlineSeconds;

/** A deadline can only come nearer. */
function deadlineCauses(next: PodSpec, old: PodSpec): StatusCause[] {
  const [field, seconds] = ['spec.activeDeadlineSeconds', next.activeDeadlineSeconds];
  if (isLaterDeadline(next, old)) return [invalid(field, seconds, 'must be less than or equal to previous value')];
  if (old.activeDeadlineSeconds === undefined || seconds !== undefined) return [];
  return [invalid(field, null, 'must not update from a positive integer to nil value')];
}

function lostTolerations({ tolerations = [] }: PodSpec, old: PodSpec): StatusCause[] {
  const bare = ({ tolerationSeconds: _, ...toleration }: Toleration) => toleration;
  const isKept = (one: Toleration): boolean => tolerations.some((other) => isEqual(bare(one), bare(other)));
  const text = 'existing toleration can not be modified except its tolerationSeconds';
  return (old.tolerations ?? []).every(isKept) ? [] : [forbidden('spec.tolerations', text)];
}

/** Images may change, and so are looked at once more. */
function missingImages({ containers, initContainers }: PodSpec): StatusCause[] {
  return Object.entries({ containers, initContainers }).flatMap(([list, items]) =>
    (items ?? []).flatMap(({ image }, index) => (image ? [] : [required(`spec.${list}[${index}].image`)])),
  );
}

/** A pod that waits to be let to the scheduler says so. */
function gating({ schedulingGates }: PodSpec, nowMs: number): object {
  if (!Array.isArray(schedulingGates) || schedulingGates.length === 0) return {};
  const message = 'Scheduling is blocked due to non-empty scheduling gates';
  const condition = { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message };
  return { conditions: [{ ...condition, lastProbeTime: null, lastTransitionTime: timestamp(nowMs) }] };
}

function checkPriority(object: Unstructured): void {
  const { priority } = specOf(object);
  if (typeof priority !== 'number' || priority === PRIORITY.priority) return;
  throw newForbidden(
    { resource: 'pods', name: object.metadata.name ?? '' },
    `the integer value of priority (${priority}) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name`,
  );
}

/** What upstream's admission gives every pod: no priority class, and five minutes on a node that is lost. */
const PRIORITY = { priority: 0, preemptionPolicy: 'PreemptLowerPriority' };
const LOST_NODE_KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

function tolerationsOf(spec: Pod['spec']): unknown[] {
  const own = (spec?.['tolerations'] ?? []) as Toleration[];
  const missing = LOST_NODE_KEYS.filter(
    (key) => !own.some((one) => one.key === key || (!one.key && one.operator === 'Exists')),
  );
  return [...own, ...missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))];
}

function podOf(object: Unstructured): Partial<Pod> {
  return object as Partial<Pod>;
}
