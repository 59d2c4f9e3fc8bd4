/**
 * What differs between two values of the same length: for each stretch where it begins (4 bytes), how long it is (4), and the new bytes. Big-endian.
 * An object that is written again and again differs in a few numbers and times.
 */
const HEAD_BYTES = 8;
/** Stretches that are closer than this are one: each has a head of its own. */
const NEAR_BYTES = 8;
/** A patch that is not shorter than this part of the value is not worth its making. */
const LARGEST_PART = 0.5;

/** Undefined where a patch would not be much shorter than the value. */
export function patchOf(before: Uint8Array, after: Uint8Array): Buffer | undefined {
  if (before.length !== after.length) return undefined;
  const parts: Uint8Array[] = [];
  let room = after.length * LARGEST_PART;
  for (let start = nextDifference(before, after, 0); start < after.length; ) {
    const { end, next } = stretchFrom(before, after, start);
    room -= HEAD_BYTES + end - start;
    if (room < 0) return undefined;
    parts.push(headOf(start, end - start), after.subarray(start, end));
    start = next;
  }
  return Buffer.concat(parts);
}

/** The value that the patch was made for. Throws a RangeError for one that was not made for this value. */
export function patched(before: Uint8Array, patch: Buffer): Buffer {
  const after = Buffer.from(before);
  for (let at = 0; at < patch.length; ) {
    const length = patch.readUInt32BE(at + 4);
    after.set(patch.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length), patch.readUInt32BE(at));
    at += HEAD_BYTES + length;
  }
  return after;
}

function headOf(start: number, length: number): Buffer {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head.writeUInt32BE(start, 0);
  head.writeUInt32BE(length, 4);
  return head;
}

/** Where the stretch ends, and where the next one begins. */
function stretchFrom(before: Uint8Array, after: Uint8Array, start: number): { end: number; next: number } {
  let end = start + 1;
  let next = nextDifference(before, after, end);
  while (next < after.length && next - end < NEAR_BYTES) {
    end = next + 1;
    next = nextDifference(before, after, end);
  }
  return { end, next };
}

/** The length of both where there is none. */
function nextDifference(before: Uint8Array, after: Uint8Array, from: number): number {
  let at = from;
  while (at < after.length && before[at] === after[at]) at += 1;
  return at;
}
