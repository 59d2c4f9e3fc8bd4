import type { LogRecord } from './tables.ts';
import { patched, patchOf } from './value-patch.ts';

/**
 * The bytes of a logged change: type (1 byte), key length (2), create revision, previous modRevision (8 each, as doubles), length of the
 * previous value plus one or 0 for none (4), key, previous value, value. Big-endian. The revision is the record's key in the log.
 * A value that differs little from the previous one, as with every heartbeat, is kept as what differs: half of the history's room.
 */
const HEADER_BYTES = 23;
const TYPES = { put: 1, delete: 2, putOfPatch: 3 } as const;

/** In parts, to be put together. */
export function encodeLogRecord(record: LogRecord): Uint8Array[] {
  const key = Buffer.from(record.key);
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  const patch = record.type === 'put' && record.previous ? patchOf(record.previous, record.value) : undefined;
  header.writeUInt8(patch ? TYPES.putOfPatch : TYPES[record.type], 0);
  header.writeUInt16BE(key.length, 1);
  header.writeDoubleBE(record.createRevision, 3);
  header.writeDoubleBE(record.previousModRevision, 11);
  header.writeUInt32BE(record.previous === undefined ? 0 : record.previous.length + 1, 19);
  return [header, key, ...(record.previous ? [record.previous] : []), patch ?? record.value];
}

export function decodeLogRecord(revision: number, bytes: Buffer): LogRecord {
  const previousAt = HEADER_BYTES + bytes.readUInt16BE(1);
  const previousSize = bytes.readUInt32BE(19);
  const valueAt = previousAt + Math.max(0, previousSize - 1);
  const type = bytes.readUInt8(0);
  const previous = bytes.subarray(previousAt, valueAt);
  const rest = bytes.subarray(valueAt);
  return {
    type: type === TYPES.delete ? 'delete' : 'put',
    key: bytes.toString('utf8', HEADER_BYTES, previousAt),
    revision,
    createRevision: bytes.readDoubleBE(3),
    previousModRevision: bytes.readDoubleBE(11),
    value: type === TYPES.putOfPatch ? patched(previous, rest) : rest,
    ...(previousSize > 0 ? { previous } : {}),
  };
}
