import { expect, test } from 'vitest';
import { removeCondition, setCondition } from './conditions.ts';
import { newFakeClock } from './fake-clock.ts';

const clock = newFakeClock(Date.parse('2026-01-02T03:04:05.678Z'));
const before = {
  type: 'Ready',
  status: 'True',
  reason: 'Ok',
  message: 'fine',
  lastTransitionTime: '2025-01-01T00:00:00Z',
} as const;

test('a new condition gets the time, in whole seconds', () => {
  const { lastTransitionTime: _, ...wanted } = before;
  expect(setCondition(undefined, wanted, clock)).toEqual([{ ...wanted, lastTransitionTime: '2026-01-02T03:04:05Z' }]);
});

test('the time moves only when the status changes', () => {
  const reworded = setCondition([before], { type: 'Ready', status: 'True', reason: 'Other', message: 'm' }, clock);
  expect(reworded[0]).toMatchObject({ reason: 'Other', lastTransitionTime: before.lastTransitionTime });
  const changed = setCondition([before], { type: 'Ready', status: 'False', reason: 'Bad', message: 'm' }, clock);
  expect(changed[0]).toMatchObject({ status: 'False', lastTransitionTime: '2026-01-02T03:04:05Z' });
});

test('a condition that is set as it was gives the same list, and the order stays', () => {
  const other = { ...before, type: 'Other' };
  const list = [before, other];
  expect(setCondition(list, before, clock)).toBe(list);
  const next = setCondition(list, { ...before, message: 'm' }, clock);
  expect(next.map(({ type }) => type)).toEqual(['Ready', 'Other']);
  expect(removeCondition(list, 'Ready')).toEqual([other]);
});
