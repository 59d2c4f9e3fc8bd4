import { describe, expect, test } from 'vitest';
import { decodeLogRecord, encodeLogRecord, keyOfLogRecord } from './log-record-codec.ts';
import { redone, undone } from './value-difference.ts';

const key = '/core/x//y';
const previous = Buffer.from('{"a":"a value that stays as it is","b":1}');
const value = Buffer.from('{"a":"a value that stays as it is","b":2}');
const head = { key, revision: 7, createRevision: 3, previousModRevision: 5 };

describe('a logged change', () => {
  test.each([
    ['that makes a key', { type: 'put', ...head, value }],
    ['that leaves little as it was', { type: 'put', ...head, value, previous: Buffer.from('{}') }],
    ['that deletes', { type: 'delete', ...head, value, previous }],
  ] as const)('%s is kept with its values', (_what, record) => {
    const bytes = Buffer.concat(encodeLogRecord(record));
    expect(keyOfLogRecord(bytes)).toBe(key);
    expect(decodeLogRecord(7, bytes)).toEqual(record);
  });

  test('that leaves most as it was is kept as what differs', () => {
    const bytes = Buffer.concat(encodeLogRecord({ type: 'put', ...head, value, previous }));
    expect(bytes.length).toBe(23 + key.length + 3 + 2);
    const change = decodeLogRecord(7, bytes);
    expect(change).toMatchObject({ type: 'put', ...head });
    const difference = 'difference' in change ? change.difference : Buffer.alloc(0);
    expect(redone(Buffer.from(previous), difference)).toEqual(value);
    expect(undone(Buffer.from(value), difference)).toEqual(previous);
  });

  test('of an earlier build, with a patch beside the whole previous value, is read', () => {
    const header = Buffer.alloc(23);
    header.writeUInt8(3, 0);
    header.writeUInt16BE(key.length, 1);
    header.writeDoubleBE(3, 3);
    header.writeDoubleBE(5, 11);
    header.writeUInt32BE(previous.length + 1, 19);
    const patch = Buffer.concat([Buffer.from([0, 0, 0, 39, 0, 0, 0, 1]), Buffer.from('2')]);
    const bytes = Buffer.concat([header, Buffer.from(key), previous, patch]);
    expect(decodeLogRecord(7, bytes)).toEqual({ type: 'put', ...head, value, previous });
  });
});
