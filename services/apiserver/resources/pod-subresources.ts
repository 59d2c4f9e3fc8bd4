import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { copyField } from '../registry/subresource-rules.ts';
import { forbidden } from '../types/field-error.ts';

/** `pods/ephemeralcontainers` and `pods/resize`: what of a pod each lets through. */

interface Container {
  name?: string;
  resources?: unknown;
  resizePolicy?: unknown;
}

interface Spec {
  containers?: Container[] | null;
  initContainers?: Container[] | null;
  ephemeralContainers?: Container[] | null;
  resources?: unknown;
}

const specOf = (pod: Unstructured): Spec => ({ ...(pod['spec'] as Spec | undefined) });

export const podSubresources: NonNullable<Strategy['subresources']> = {
  ephemeralcontainers: (pod, old) => keepBut(pod, old, ({ ephemeralContainers }) => ({ ephemeralContainers })),
  resize: (pod, old) =>
    keepBut(pod, old, ({ containers, initContainers, resources }) => ({
      containers: resized(containers ?? [], specOf(old).containers ?? []),
      initContainers: resized(initContainers ?? [], specOf(old).initContainers ?? []),
      resources,
    })),
};

/** Metadata, status and all of the spec but some parts stay as they were. */
function keepBut(
  pod: Unstructured,
  old: Unstructured,
  partsOf: (spec: Spec) => { [name in keyof Spec]: Spec[name] | undefined },
): void {
  const parts = partsOf(specOf(pod));
  const kept = Object.entries({ ...structuredClone(specOf(old)), ...parts });
  const { managedFields } = pod.metadata;
  pod.metadata = { ...structuredClone(old.metadata), ...(managedFields ? { managedFields } : {}) };
  copyField(pod, old, 'status');
  pod['spec'] = Object.fromEntries(kept.filter(([, value]) => value !== undefined && !isEmpty(value)));
}

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** Containers are not added, removed, moved or renamed. */
function resized(next: Container[], old: Container[]): Container[] {
  return structuredClone(old).map((container, index) => {
    const { name, resources, resizePolicy } = next[index] ?? {};
    if (name !== container.name) return container;
    return { ...container, ...(resources ? { resources } : {}), ...(resizePolicy ? { resizePolicy } : {}) };
  });
}

/** An ephemeral container that was added stays as it is. */
export function validatePodSubresource(pod: Unstructured, old: Unstructured, subresource: string): StatusCause[] {
  if (subresource !== 'ephemeralcontainers') return [];
  const next = specOf(pod).ephemeralContainers ?? [];
  return (specOf(old).ephemeralContainers ?? []).flatMap((before) => {
    const after = next.find(({ name }) => name === before.name);
    if (after && isDeepStrictEqual(after, before)) return [];
    const what = after ? 'may not be changed' : 'may not be removed';
    return [forbidden('spec.ephemeralContainers', `existing ephemeral containers "${before.name}" ${what}\n`)];
  });
}
