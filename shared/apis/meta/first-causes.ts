import type { StatusCause } from './v1.ts';

/** How many causes an answer has at most, and how long they are together, in characters: each is in it three times. */
const MOST = 1000;
const LONGEST = 1_000_000;

/**
 * As many causes as anybody is told of. A name as long as a body with thousands of wrong values below it would otherwise be spelled out for each of them:
 * no more are taken than are wanted. The first is told however long it is.
 */
export function firstCauses(causes: Iterable<StatusCause>): StatusCause[] {
  return firstToTell(causes, ({ field = '', message = '' }) => field.length + message.length);
}

/** Of anything else that is told of an object, a text each. */
export function firstToTell<T>(all: Iterable<T>, lengthOf: (one: T) => number): T[] {
  const first: T[] = [];
  let length = 0;
  for (const one of all) {
    length += lengthOf(one);
    if (first.length >= MOST || (first.length > 0 && length > LONGEST)) break;
    first.push(one);
  }
  return first;
}

/** What is wrong with the parts of something, which are looked at until enough is. */
export function firstCausesIn<T>(
  parts: readonly T[],
  causesOf: (part: T, index: number) => readonly StatusCause[],
): StatusCause[] {
  return firstCauses(ofEach(parts, causesOf));
}

function* ofEach<T>(
  parts: readonly T[],
  causesOf: (part: T, index: number) => readonly StatusCause[],
): Iterable<StatusCause> {
  for (const [index, part] of parts.entries()) yield* causesOf(part, index);
}
