import { expect, test } from 'vitest';
import type { Entry } from './backend.ts';
import type { LoggedChange } from './log-record-codec.ts';
import { changesOf, entryBefore } from './logged-history.ts';
import { DamagedValueError } from './storage-errors.ts';
import { differenceOf } from './value-difference.ts';

const text = (n: number) => `{"kind":"Lease","renewals":${n},"seconds":40}`;
const put = (revision: number, n: number, previousModRevision: number): LoggedChange => {
  const head = { type: 'put', key: '/a', revision, createRevision: 2, previousModRevision } as const;
  const difference = differenceOf(Buffer.from(text(n - 1)), Buffer.from(text(n)));
  if (!difference) throw new Error('nothing in common');
  return previousModRevision === 0 ? { ...head, value: Buffer.from(text(n)) } : { ...head, difference };
};

function historyOf(log: LoggedChange[], current: Partial<Entry> = {}) {
  const entry = { key: '/a', value: Buffer.from(text(12)), modRevision: 5, createRevision: 2, ...current };
  const changes = (revisions: readonly number[]) =>
    revisions.flatMap((revision) => log.filter((change) => change.revision === revision));
  const after = (revision: number) => log.map((change) => change.revision).filter((each) => each > revision);
  return { changes, after, current: () => entry };
}

const heldAt = (history: ReturnType<typeof historyOf>, revision: number) =>
  entryBefore(history, history.after(revision));
const shown = (value: Uint8Array | undefined) => value && Buffer.from(value).toString();

test('changes are told with their values, from whichever revision', () => {
  const log = [put(2, 9, 0), put(3, 10, 2), put(4, 11, 3), put(5, 12, 4)];
  const told = (from: number) =>
    [...changesOf(historyOf(log), historyOf(log).after(from))].map((c) => [
      c.revision,
      shown(c.previous),
      shown(c.value),
    ]);
  const all = [2, 3, 4, 5].map((r) => [r, r === 2 ? undefined : text(r + 6), text(r + 7)]);
  for (const from of [1, 2, 3, 4, 5]) expect(told(from)).toEqual(all.slice(from - 1));
  expect(shown(heldAt(historyOf(log), 3)?.value)).toBe(text(10));
  expect(heldAt(historyOf(log), 3)).toMatchObject({ modRevision: 3, createRevision: 2 });
  expect(heldAt(historyOf(log), 1)).toBeUndefined();
});

test.each([
  ['a change is missing', historyOf([put(3, 10, 2), put(5, 12, 4)])],
  ['the current value is of another revision', historyOf([put(5, 12, 4)], { modRevision: 6 })],
  ['the current value is another one', historyOf([put(5, 12, 4)], { value: Buffer.from('{}') })],
])('nothing is made up where %s', (_what, history) => {
  expect(() => [...changesOf(history, history.after(2))]).toThrow(DamagedValueError);
  expect(() => heldAt(history, 2)).toThrow(DamagedValueError);
});
