/**
 * What differs between two values, so that each of them can be made out of the other. An object that is written again and again differs in a few numbers and
 * times. For each stretch: how many bytes before it are the same in both, how long it is in the one and in the other, as numbers of seven bits a byte, least
 * first (LEB128); then its bytes in the one, and in the other.
 */

/** Stretches with fewer equal bytes between them are one: each has a head of its own. */
const NEAR_BYTES = 8;
/** Where the values meet again is looked for so far ahead. */
const LOOK_AHEAD_BYTES = 32;
/** The last one reaches to where the values end alike, so that two that have little in common do not cost much. */
const MOST_STRETCHES = 64;
/** What is not shorter than this part of both values is not worth its making. */
const LARGEST_PART = 0.5;

interface Stretch {
  /** Bytes that are the same, before the stretch. */
  same: number;
  removed: number;
  added: number;
}

/** Undefined where it would not be much shorter than the values. */
export function differenceOf(before: Uint8Array, after: Uint8Array): Buffer | undefined {
  const stretches: Stretch[] = [];
  let room = (before.length + after.length) * LARGEST_PART;
  let [b, a] = [0, 0];
  while (room >= 0) {
    const same = equalBytes(before, b, after, a);
    b += same;
    a += same;
    if (b === before.length && a === after.length) return encoded(stretches, before, after);
    const found = stretches.length < MOST_STRETCHES ? stretchAt(before, b, after, a) : undefined;
    const { removed, added } = found ?? restOf(before, b, after, a);
    stretches.push({ same, removed, added });
    b += removed;
    a += added;
    room -= removed + added;
  }
  return undefined;
}

/** The newer value, out of the older one, which is overwritten if both are of one length. Throws a RangeError if the difference is of another value. */
export const redone = (before: Uint8Array, difference: Buffer): Uint8Array =>
  replaced(before, replacementsOf(difference, false), difference);

/** The older value, out of the newer one, which is overwritten if both are of one length. Throws a RangeError if the difference is of another value. */
export const undone = (after: Uint8Array, difference: Buffer): Uint8Array =>
  replaced(after, replacementsOf(difference, true), difference);

function replaced(value: Uint8Array, all: readonly Replacement[], difference: Buffer): Uint8Array {
  if (all.every(({ taken, put }) => taken === put)) {
    overwrite(value, all, difference);
    return value;
  }
  const parts: Uint8Array[] = [];
  let read = 0;
  for (const { same, taken, put, at } of all) {
    parts.push(value.subarray(read, read + same), difference.subarray(at, at + put));
    read += same + taken;
  }
  if (read > value.length) throw new RangeError(WRONG_VALUE);
  return Buffer.concat([...parts, value.subarray(read)]);
}

function overwrite(value: Uint8Array, all: readonly Replacement[], difference: Buffer): void {
  let written = 0;
  for (const { same, put, at } of all) {
    written += same;
    if (written + put > value.length) throw new RangeError(WRONG_VALUE);
    for (let index = 0; index < put; index++) value[written + index] = difference[at + index] ?? 0;
    written += put;
  }
}

const WRONG_VALUE = 'the difference is of another value';

interface Replacement {
  same: number;
  /** Bytes that go. */
  taken: number;
  /** Bytes that come, and where in the difference they begin. */
  put: number;
  at: number;
}

function replacementsOf(difference: Buffer, isBackwards: boolean): Replacement[] {
  const replacements: Replacement[] = [];
  let at = 0;
  const next = (): number => {
    let number = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = difference.readUInt8(at++);
      number += (byte % 128) * scale;
      if (byte < 128) return number;
    }
  };
  while (at < difference.length) {
    const same = next();
    const removed = next();
    const added = next();
    if (isBackwards) replacements.push({ same, taken: added, put: removed, at });
    else replacements.push({ same, taken: removed, put: added, at: at + removed });
    at += removed + added;
  }
  return replacements;
}

/** How many bytes are the same from there on. */
function equalBytes(before: Uint8Array, b: number, after: Uint8Array, a: number): number {
  const most = Math.min(before.length - b, after.length - a);
  let count = 0;
  while (count < most && before[b + count] === after[a + count]) count++;
  return count;
}

/** A short stretch after which the values meet again; undefined if they don't, as far as is looked. Where as much is left of both, most likely nothing has moved. */
function stretchAt(before: Uint8Array, b: number, after: Uint8Array, a: number): Omit<Stretch, 'same'> | undefined {
  if (before.length - b === after.length - a)
    for (let both = 1; both <= LOOK_AHEAD_BYTES; both++)
      if (meet(before, b + both, after, a + both)) return { removed: both, added: both };
  for (let longer = 1; longer <= LOOK_AHEAD_BYTES; longer++)
    for (let shorter = longer; shorter >= 0; shorter--) {
      if (meet(before, b + longer, after, a + shorter)) return { removed: longer, added: shorter };
      if (meet(before, b + shorter, after, a + longer)) return { removed: shorter, added: longer };
    }
  return undefined;
}

/** Whether there are equal bytes, or the end of both. */
function meet(before: Uint8Array, b: number, after: Uint8Array, a: number): boolean {
  const [leftBefore, leftAfter] = [before.length - b, after.length - a];
  if (leftBefore < 0 || leftAfter < 0) return false;
  if (leftBefore !== leftAfter && Math.min(leftBefore, leftAfter) < NEAR_BYTES) return false;
  const most = Math.min(leftBefore, NEAR_BYTES);
  for (let index = 0; index < most; index++) if (before[b + index] !== after[a + index]) return false;
  return true;
}

/** Up to where both end alike. */
function restOf(before: Uint8Array, b: number, after: Uint8Array, a: number): Omit<Stretch, 'same'> {
  let [removed, added] = [before.length - b, after.length - a];
  while (removed > 0 && added > 0 && before[b + removed - 1] === after[a + added - 1]) {
    removed--;
    added--;
  }
  return { removed, added };
}

function encoded(stretches: readonly Stretch[], before: Uint8Array, after: Uint8Array): Buffer {
  const most = stretches.reduce((sum, { removed, added }) => sum + MOST_HEAD_BYTES + removed + added, 0);
  const bytes = Buffer.allocUnsafe(most);
  let [at, b, a] = [0, 0, 0];
  for (const { same, removed, added } of stretches) {
    for (const number of [same, removed, added]) at = writeNumber(bytes, at, number);
    b += same;
    a += same;
    for (let index = 0; index < removed; index++) bytes[at++] = before[b++] ?? 0;
    for (let index = 0; index < added; index++) bytes[at++] = after[a++] ?? 0;
  }
  return bytes.subarray(0, at);
}

/** Three numbers below 2 ** 35. */
const MOST_HEAD_BYTES = 15;

/** Where the next one goes. */
function writeNumber(bytes: Buffer, at: number, number: number): number {
  let [end, rest] = [at, number];
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[end++] = 128 + (rest % 128);
  bytes[end++] = rest;
  return end;
}
