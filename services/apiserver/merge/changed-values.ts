import { isScalar, type JsonObject } from './json-value.ts';

/** A text, number or boolean that is another one now, and where it is: keys and indices from the outermost value. */
export interface ChangedValue {
  path: readonly Step[];
  before: unknown;
  after: unknown;
}

export type Step = string | number;

/** A comparison of two JSON values, part by part. */
export interface Comparison {
  /** Where it is at. */
  path: Step[];
  /** In the order of the second value. */
  changed: ChangedValue[];
}

/** More are no heartbeat. */
const MOST_VALUES = 64;

/**
 * Whether two values at a step are of one shape, and what differs then, which is added to the comparison. Not of one shape are a key that only one of them has,
 * lists of two lengths, values of two types, nulls that came or went; nor is what differs in more than a few values.
 */
export function isAlikeAt(step: Step, before: unknown, after: unknown, comparison: Comparison): boolean {
  if (before === after) return true;
  comparison.path.push(step);
  const isSo = isAlike(before, after, comparison);
  comparison.path.pop();
  return isSo;
}

function isAlike(before: unknown, after: unknown, comparison: Comparison): boolean {
  if (typeof before !== 'object' || before === null) return isNoted(before, after, comparison);
  if (typeof after !== 'object' || after === null) return false;
  if (Array.isArray(before)) return Array.isArray(after) && hasLikeItems(before, after, comparison);
  return !Array.isArray(after) && hasLikeEntries(before as JsonObject, after as JsonObject, comparison);
}

/** Scalars of one type are noted. */
function isNoted(before: unknown, after: unknown, { path, changed }: Comparison): boolean {
  if (typeof before !== typeof after || !isScalar(after) || changed.length === MOST_VALUES) return false;
  changed.push({ path: [...path], before, after });
  return true;
}

function hasLikeItems(before: unknown[], after: unknown[], comparison: Comparison): boolean {
  if (before.length !== after.length) return false;
  for (let index = 0; index < after.length; index++)
    if (!isAlikeAt(index, before[index], after[index], comparison)) return false;
  return true;
}

function hasLikeEntries(before: JsonObject, after: JsonObject, comparison: Comparison): boolean {
  let surplus = 0;
  for (const key in after) {
    const old = before[key];
    if (key in noProperties || old === undefined || !isAlikeAt(key, old, after[key], comparison)) return false;
    surplus += 1;
  }
  for (const _ in before) surplus -= 1;
  return surplus === 0;
}

/** What every object inherits, `constructor` and `__proto__` among it: an object with such a key is like none. */
const noProperties = {};

/** What is at a path; undefined for nothing. */
export function valueAt(value: unknown, path: readonly Step[]): unknown {
  let at: unknown = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as JsonObject)[step];
  }
  return at;
}
