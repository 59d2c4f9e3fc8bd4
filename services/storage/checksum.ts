import { crc32 } from 'node:zlib';
import { DamagedValueError } from './storage-errors.ts';

/**
 * Every stored value has a CRC-32 before it (4 bytes, big-endian) over its key and its bytes, so that a value that changed on the disk, or that stands under
 * another key than its own, is refused instead of served. It finds accidents, not forgery.
 */
export const CHECKSUM_BYTES = 4;

/** In place of the checksum, until it is known. */
const NO_CHECKSUM = Buffer.alloc(CHECKSUM_BYTES);

/** One value out of its parts, with its checksum. */
export function withChecksum(key: string, parts: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.concat([NO_CHECKSUM, ...parts]);
  bytes.writeUInt32BE(checksum(key, bytes.subarray(CHECKSUM_BYTES)), 0);
  return bytes;
}

/** The value without its checksum, not copied. Throws `DamagedValueError`. */
export function checked(key: string, bytes: Buffer): Buffer {
  const value = bytes.subarray(CHECKSUM_BYTES);
  if (bytes.length < CHECKSUM_BYTES || bytes.readUInt32BE(0) !== checksum(key, value)) throw new DamagedValueError(key);
  return value;
}

const checksum = (key: string, value: Uint8Array): number => crc32(value, crc32(key));
