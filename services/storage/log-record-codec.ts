import type { LogHead, LogRecord } from './tables.ts';
import { differenceOf } from './value-difference.ts';
import { patched } from './value-patch.ts';

/**
 * The bytes of a logged change: type (1 byte), key length (2), create revision, previous modRevision (8 each, as doubles), length of the
 * previous value plus one or 0 for none (4), key, previous value, value. Big-endian. The revision is the record's key in the log.
 * Of a value that differs little from the previous one, as with every heartbeat, only the difference is kept, in place of both values: a tenth of the room.
 */
const HEADER_BYTES = 23;
/** Patches of a value beside the whole previous one were written by earlier builds. */
const TYPES = { put: 1, delete: 2, putOfPatch: 3, putOfDifference: 4 } as const;

/** A change as the log keeps it. */
export type LoggedChange = LogRecord | LoggedDifference;

/** A put of which `difference` makes either value out of the other. */
export interface LoggedDifference extends Omit<LogRecord, 'value' | 'previous'> {
  difference: Buffer;
}

/** In parts, to be put together. */
export function encodeLogRecord(record: LogRecord): Uint8Array[] {
  const { type, previous, value } = record;
  const difference = type === 'put' && previous ? differenceOf(previous, value) : undefined;
  if (difference) return [...headOf(record, TYPES.putOfDifference, 0), difference];
  const sizeField = previous === undefined ? 0 : previous.length + 1;
  return [...headOf(record, TYPES[type], sizeField), ...(previous ? [previous] : []), value];
}

function headOf({ key, createRevision, previousModRevision }: LogRecord, type: number, sizeField: number) {
  const keyBytes = Buffer.from(key);
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt8(type, 0);
  header.writeUInt16BE(keyBytes.length, 1);
  header.writeDoubleBE(createRevision, 3);
  header.writeDoubleBE(previousModRevision, 11);
  header.writeUInt32BE(sizeField, 19);
  return [header, keyBytes];
}

/** Only the key. */
export function keyOfLogRecord(bytes: Buffer): string {
  return bytes.toString('utf8', HEADER_BYTES, HEADER_BYTES + bytes.readUInt16BE(1));
}

/** All but the revision, and the values. */
export function headOfLogRecord(bytes: Buffer): Omit<LogHead, 'revision'> {
  const type = bytes.readUInt8(0) === TYPES.delete ? 'delete' : 'put';
  return { type, key: keyOfLogRecord(bytes), previousModRevision: bytes.readDoubleBE(11) };
}

export function decodeLogRecord(revision: number, bytes: Buffer): LoggedChange {
  const type = bytes.readUInt8(0);
  const head = { ...headOfLogRecord(bytes), revision, createRevision: bytes.readDoubleBE(3) };
  const previousAt = HEADER_BYTES + bytes.readUInt16BE(1);
  if (type === TYPES.putOfDifference) return { ...head, difference: bytes.subarray(previousAt) };
  const previousSize = bytes.readUInt32BE(19);
  const valueAt = previousAt + Math.max(0, previousSize - 1);
  const previous = bytes.subarray(previousAt, valueAt);
  const rest = bytes.subarray(valueAt);
  const value = type === TYPES.putOfPatch ? patched(previous, rest) : rest;
  return { ...head, value, ...(previousSize > 0 ? { previous } : {}) };
}
