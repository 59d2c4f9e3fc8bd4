import { expect, test } from 'vitest';
import { markedForDeletion } from './deletion.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

test('finalizers keep their order, however many there are, unless the policy changes them', () => {
  const finalizers = Array.from({ length: 500_000 }, (_, n) => `example.com/f${n}`);
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x', finalizers: ['orphan', ...finalizers] },
  };
  const marked = (policy: 'Orphan' | 'Background') =>
    markedForDeletion(object, { policy, graceSeconds: undefined, nowMs: NOW }).metadata.finalizers;
  expect(marked('Orphan')?.[0]).toBe('orphan');
  expect(marked('Background')).toHaveLength(500_000);
});

test('a grace period beyond the year 9999 ends with it', () => {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } };
  for (const graceSeconds of [3e11, 1e15])
    expect(markedForDeletion(object, { policy: undefined, graceSeconds, nowMs: NOW }).metadata).toMatchObject({
      deletionTimestamp: '9999-12-31T23:59:59Z',
      deletionGracePeriodSeconds: graceSeconds,
    });
});
