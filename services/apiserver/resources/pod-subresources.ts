import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { copyField } from '../registry/subresource-rules.ts';
import { forbidden } from '../types/field-error.ts';
import { resizedSpec, validateResize } from './pod-resize.ts';
import { annotationCauses, annotationChangeCauses, MIRROR, type PodLike } from './pod-spec/annotations.ts';
import { prepareStatus, validatePodStatus } from './pod-status.ts';
import { type PodSpec, validatePodSpec } from './validate-pod-spec.ts';

/** The parts of a pod that have endpoints of their own: what of a pod each lets through. */

const specOf = (pod: Unstructured): PodSpec => ({ ...(pod['spec'] as PodSpec | undefined) });

export const podSubresources: NonNullable<Strategy['subresources']> = {
  ephemeralcontainers: (pod, old) => {
    const { ephemeralContainers } = specOf(pod);
    const { ephemeralContainers: _, ...kept } = structuredClone(specOf(old));
    replaceSpec(pod, old, { ...kept, ...(ephemeralContainers?.length ? { ephemeralContainers } : {}) });
  },
  resize: (pod, old) => {
    const spec = resizedSpec(pod, old);
    if (spec) replaceSpec(pod, old, spec);
  },
  status: prepareStatus,
};

/** Metadata and status stay as they were. */
function replaceSpec(pod: Unstructured, old: Unstructured, spec: PodSpec): void {
  const { managedFields } = pod.metadata;
  pod.metadata = { ...structuredClone(old.metadata), ...(managedFields ? { managedFields } : {}) };
  copyField(pod, old, 'status');
  pod['spec'] = spec;
}

export function validatePodSubresource(pod: Unstructured, old: Unstructured, subresource: string): StatusCause[] {
  if (subresource === 'resize') return validateResize(pod, old);
  if (subresource === 'status') return [...annotationUpdateCauses(pod, old), ...validatePodStatus(pod, old)];
  return subresource === 'ephemeralcontainers' ? validateEphemeral(pod, old) : [];
}

/** An ephemeral container that was added stays as it is. */
function validateEphemeral(pod: Unstructured, old: Unstructured): StatusCause[] {
  if (old.metadata.annotations?.[MIRROR] !== undefined)
    return [forbidden('[]', 'static pods do not support ephemeral containers')];
  const next = specOf(pod).ephemeralContainers ?? [];
  const byName = new Map(next.toReversed().map((container) => [container.name, container]));
  const changes = (specOf(old).ephemeralContainers ?? []).flatMap((before) => {
    const after = byName.get(before.name);
    if (after && isDeepStrictEqual(after, before)) return [];
    const what = after ? 'may not be changed' : 'may not be removed';
    return [forbidden('spec.ephemeralContainers', `existing ephemeral containers "${before.name}" ${what}\n`)];
  });
  return [...validatePodSpec(specOf(pod), 'spec', { isPod: true, podName: pod.metadata.name ?? '' }), ...changes];
}

/** Those that mean something, where all annotations may have changed. */
export function annotationUpdateCauses(object: Unstructured, old: Unstructured): StatusCause[] {
  const field = 'metadata.annotations';
  return [
    ...annotationChangeCauses(object.metadata.annotations ?? {}, old.metadata.annotations ?? {}, field),
    ...annotationCauses(object as PodLike, field),
  ];
}
