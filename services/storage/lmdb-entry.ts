import { type Entry, isReadableKey } from './backend.ts';
import { CHECKSUM_BYTES, checked, withChecksum } from './checksum.ts';

/** An entry's bytes in LMDB: create revision and modRevision (8 bytes each, as doubles) and the value, behind a checksum. */
const NUMBERS_BYTES = 16;

export function encodeEntry(entry: Entry): Buffer {
  const numbers = Buffer.allocUnsafe(NUMBERS_BYTES);
  numbers.writeDoubleBE(entry.createRevision, 0);
  numbers.writeDoubleBE(entry.modRevision, 8);
  return withChecksum(entry.key, [numbers, entry.value]);
}

/** Of the key that was asked for. Throws `DamagedValueError`. */
export function decodeEntry(key: string, stored: Buffer): Entry {
  const bytes = checked(key, stored);
  const value = bytes.subarray(NUMBERS_BYTES);
  return { key, value, createRevision: bytes.readDoubleBE(0), modRevision: bytes.readDoubleBE(8) };
}

/**
 * Of a key as LMDB reads it. Earlier builds stored names that it does not read back (`isReadableKey`): of long ones it leaves such characters out, or gives
 * the parts between them. The object knows its name, and the checksum whether the entry was written under it. Throws `DamagedValueError`.
 */
export function decodeFoundEntry(found: unknown, stored: Buffer): Entry {
  const [first] = [found].flat();
  const read = String(first);
  try {
    return decodeEntry(read, stored);
  } catch (error) {
    const key = read.slice(0, read.lastIndexOf('/') + 1) + nameIn(stored.subarray(CHECKSUM_BYTES + NUMBERS_BYTES));
    if (isReadableKey(key)) throw error;
    return decodeEntry(key, stored);
  }
}

function nameIn(value: Uint8Array): string {
  try {
    return JSON.parse(Buffer.from(value).toString()).metadata.name;
  } catch {
    return '';
  }
}
