import type { Condition } from '../apis/meta/v1.ts';
import type { Clock } from './clock.ts';

/** What a caller says of a condition; the rest follows. */
export type NewCondition = Omit<Condition, 'lastTransitionTime'>;

export function findCondition(conditions: Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/**
 * The list with the condition set, in its place; `lastTransitionTime` moves only when the status changes (meta/v1 Condition). The same list
 * comes back when nothing changed.
 */
export function setCondition(conditions: Condition[] | undefined, wanted: NewCondition, clock: Clock): Condition[] {
  const before = conditions ?? [];
  const current = findCondition(before, wanted.type);
  const lastTransitionTime = current?.status === wanted.status ? current.lastTransitionTime : rfc3339(clock.now());
  const next: Condition = { ...wanted, lastTransitionTime };
  if (!current) return [...before, next];
  if (isSame(current, next)) return before;
  return before.map((condition) => (condition === current ? next : condition));
}

export function removeCondition(conditions: Condition[] | undefined, type: string): Condition[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}

/** A time as Kubernetes writes it: in UTC, whole seconds. */
export function rfc3339(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

function isSame(a: Condition, b: Condition): boolean {
  return (
    a.status === b.status &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.lastTransitionTime === b.lastTransitionTime &&
    a.observedGeneration === b.observedGeneration
  );
}
