/**
 * Whether each value of a list stood in it before, also where it is undefined. A client's list has as many items as a body has room for, so that it is never
 * looked through for each of them.
 */
export function repeated(values: readonly unknown[]): boolean[] {
  const seen = new Set<unknown>();
  return values.map((value) => seen.size === seen.add(value).size);
}

/** Values that only repeat others where all of them do. */
export const together = (...values: readonly unknown[]): string => JSON.stringify(values);
