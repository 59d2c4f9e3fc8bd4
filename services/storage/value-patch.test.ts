import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeLogRecord, encodeLogRecord } from './log-record-codec.ts';
import { patched, patchOf } from './value-patch.ts';

describe('a patch of a value', () => {
  test('makes the new value out of the old one', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
    const changes = fc.array(fc.tuple(fc.nat(299), fc.integer({ min: 0, max: 255 })), { maxLength: 8 });
    fc.assert(
      fc.property(bytes, changes, (before, changed) => {
        const after = Uint8Array.from(before);
        for (const [at, value] of changed) after[at % after.length] = value;
        const patch = patchOf(before, after);
        if (patch) expect(patched(before, patch)).toEqual(Buffer.from(after));
      }),
    );
  });

  test('is short where little differs, and not made where much does', () => {
    const before = Buffer.from('{"renewTime":"2026-11-21T18:35:29.123456Z","holder":"one","resourceVersion":"1234"}');
    const after = Buffer.from('{"renewTime":"2026-11-21T18:35:39.223456Z","holder":"one","resourceVersion":"1299"}');
    expect(patchOf(before, after)?.length).toBe(8 + 4 + 8 + 2);
    expect(patchOf(before, before)).toHaveLength(0);
    expect(patchOf(before, Buffer.from(before).fill(0))).toBeUndefined();
    expect(patchOf(before, Buffer.concat([before, before]))).toBeUndefined();
  });

  test('stands for the value in the log', () => {
    const previous = Buffer.from('{"a":"a value that stays as it is","b":1}');
    const value = Buffer.from('{"a":"a value that stays as it is","b":2}');
    const record = { type: 'put', key: '/core/x//y', value, previous, revision: 7, createRevision: 3 } as const;
    const bytes = Buffer.concat(encodeLogRecord({ ...record, previousModRevision: 5 }));
    expect(bytes.length).toBeLessThan(previous.length + value.length + 23);
    expect(decodeLogRecord(7, bytes)).toEqual({ ...record, previousModRevision: 5 });
  });
});
