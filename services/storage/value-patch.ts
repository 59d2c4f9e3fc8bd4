/**
 * As earlier builds wrote it, what differs between two values of the same length: for each stretch where it begins (4 bytes), how long it is (4), and the new
 * bytes. Big-endian.
 */
const HEAD_BYTES = 8;

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
