import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { invalid } from '../types/field-error.ts';
import { notNegative } from './pod-spec/field-rules.ts';

/** What the status of a workload counts: nothing below zero, and no more of a part than of the whole. Source: apps/validation. */
export interface CountRules {
  /** Fields of the status that can't be negative. */
  counts: readonly string[];
  /** A field with another that it can't exceed, and how upstream says so. */
  limits: readonly (readonly [field: string, limit: string, text: string])[];
}

const countsOf = (object: Unstructured): Record<string, number | undefined> =>
  (object['status'] ?? {}) as Record<string, number | undefined>;

export function validateCounts(object: Unstructured, { counts, limits }: CountRules): StatusCause[] {
  const status = countsOf(object);
  return [
    ...counts.flatMap((name) => notNegative(`status.${name}`, status[name])),
    ...limits.flatMap(([name, limit, text]) => {
      const count = status[name] ?? 0;
      return count > (status[limit] ?? 0) ? [invalid(`status.${name}`, count, text)] : [];
    }),
  ];
}

/** How often names of a template's revisions have met: never less. */
export function collisionChange(object: Unstructured, old: Unstructured): StatusCause[] {
  const [{ collisionCount: next }, { collisionCount: before }] = [countsOf(object), countsOf(old)];
  const isLess = before !== undefined && (next === undefined || next < before);
  return isLess ? [invalid('status.collisionCount', next ?? 0, 'cannot be decremented')] : [];
}

export const OF_ALL = 'cannot be greater than status.replicas';

/** Of each of these there are no more than replicas. */
export const withinReplicas = (...names: string[]): CountRules['limits'] =>
  names.map((name) => [name, 'replicas', OF_ALL] as const);

export const AVAILABLE_ARE_READY = [
  'availableReplicas',
  'readyReplicas',
  'cannot be greater than readyReplicas',
] as const;
