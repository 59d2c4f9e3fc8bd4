import { expect, test } from 'vitest';
import type { ManifestStatus } from '../../shared/apis/work/v1alpha1.ts';
import { fitted } from './dry-run-room.ts';

const MIB = 1024 * 1024;

const answer = (ordinal: number, status: Record<string, unknown>): ManifestStatus => ({
  identifier: { ordinal, version: 'v1', kind: 'ConfigMap', resource: '', name: `c${ordinal}` },
  health: 'Unknown',
  status,
});

/** As many manifests as that, each with changes of 100 KiB. */
const answers = (count: number): ManifestStatus[] =>
  Array.from({ length: count }, (_, ordinal) =>
    answer(ordinal, { result: 'Changed', changes: [{ field: '.data', after: 'x'.repeat(100 * 1024) }] }),
  );

const size = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

test('an answer that the hub has room for is told whole', () => {
  const all = [answer(0, { result: 'Refused', message: 'no' }), ...answers(3)];
  expect(fitted(all, {})).toEqual({ statuses: all, missing: 0 });
});

test.each([
  ['nothing', 0],
  ['a MiB', MIB],
])('beside a question of %s there is room for it in etcd, and each manifest has a word', (_name, questionSize) => {
  const { statuses, missing } = fitted(answers(100), 'x'.repeat(questionSize));
  expect(size(statuses) + questionSize).toBeLessThan(1.3 * MIB);
  expect([statuses.length, missing]).toEqual([100, 0]);
  expect(statuses[0]?.status?.['changes']).toBeDefined();
  expect(statuses[99]?.status).toMatchObject({ result: 'Changed', message: expect.stringContaining('too many') });
});

test('where there is no room for a word about each, it says how many are missing', () => {
  const many = Array.from({ length: 20_000 }, (_, ordinal) => answer(ordinal, { result: 'Created' }));
  const { statuses, missing } = fitted(many, {});
  expect(size(statuses)).toBeLessThan(1.1 * MIB);
  expect([missing > 0, statuses.length + missing]).toEqual([true, 20_000]);
});

test('long words of the member are shortened', () => {
  const { statuses } = fitted([answer(0, { result: 'Refused', message: 'x'.repeat(MIB) })], {});
  expect(String(statuses[0]?.status?.['message']).length).toBeLessThan(3000);
});
