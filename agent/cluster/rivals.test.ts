import { expect, test } from 'vitest';
import { AGENT_INSTANCE_ANNOTATION } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Lease } from '../../shared/apis/coordination/v1.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { newRivals, type Rivals } from './rivals.ts';

/** Whether another agent is told to be that of the same cluster. */

const leaseOf = (instance: string): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { annotations: { [AGENT_INSTANCE_ANNOTATION]: instance } },
});

function newScene(own: string, other: string) {
  const warnings: unknown[] = [];
  const rivals: Rivals = newRivals({ ...silentLogger, warn: (fields) => void warnings.push(fields) });
  const beat = (times: number, isMet: boolean): void => {
    for (let n = 0; n < times; n += 1) {
      if (isMet) rivals.met(leaseOf(other));
      rivals.renewed(leaseOf(own));
    }
  };
  return { beat, rivals, warnings };
}

test('one that takes over is none, one that goes on is told, once in the log and by both alike', () => {
  const [one, two] = [newScene('a', 'b'), newScene('b', 'a')];
  for (const { beat, rivals, warnings } of [one, two]) {
    beat(2, true);
    beat(6, false);
    beat(2, true);
    expect(rivals.condition([])).toBeUndefined();
    beat(1, false); // renewed twice in a row, as it may come
    beat(2, true);
    expect(rivals.condition([])).toMatchObject({ status: 'True', reason: 'AgentsTakeTurns' });
    beat(20, true);
    expect(warnings).toHaveLength(1);
  }
  expect([one.warnings, two.warnings]).toEqual([[{ other: 'b' }], [{ other: 'a' }]]);
  expect(one.rivals.condition([])).toEqual(two.rivals.condition([]));
  expect(one.rivals.condition([])?.message).toContain('a and b both are the agent of this cluster');
});

test('one that is there from the beginning is told at the third meeting', () => {
  const { beat, rivals } = newScene('a', 'b');
  beat(2, true);
  expect(rivals.condition([])).toBeUndefined();
  beat(1, true);
  expect(rivals.condition([])).toMatchObject({ type: 'IdentityShared', status: 'True' });
});

const toldBefore = (): Condition[] => {
  const { beat, rivals } = newScene('a', 'b');
  beat(20, true);
  const told = rivals.condition([]) ?? expect.unreachable();
  return [{ ...told, lastTransitionTime: '2026-01-01T00:00:00Z' }];
};

test('what was told stays until an agent that has just begun knows better', () => {
  const { beat, rivals } = newScene('a', 'b');
  const before = toldBefore();
  expect(rivals.condition(before), 'before its first renewal').toBeUndefined();
  beat(2, true);
  expect(rivals.condition(before), 'where the other was sure first').toBeUndefined();
  beat(5, false);
  expect(rivals.condition(before)).toBeUndefined();
});

test.each([2, 3, 10])('the faster of two is as sure, though it renews %i times as often', (times) => {
  const { beat, rivals, warnings } = newScene('a', 'b');
  const before = toldBefore();
  const rounds = (count: number, expected: string[]): void => {
    for (let round = 0; round < count; round += 1) {
      beat(1, true);
      for (let renewal = 0; renewal < times; renewal += 1) {
        expect(expected).toContain(rivals.condition(before)?.status ?? 'nothing');
        if (renewal > 0) beat(1, false);
      }
    }
  };
  rounds(3, ['nothing', 'True']);
  rounds(20, ['True']);
  expect(warnings).toHaveLength(1);
  beat(6 * times, false);
  expect(rivals.condition(before)).toMatchObject({ status: 'False' });
});

test('one that is gone is told to be, also by an agent that has never met it', () => {
  const met = newScene('a', 'b');
  met.beat(20, true);
  for (const { beat, rivals } of [met, newScene('a', 'b')]) {
    beat(6, false);
    expect(rivals.condition(toldBefore())).toMatchObject({
      type: 'IdentityShared',
      status: 'False',
      reason: 'OneAgent',
    });
    expect(rivals.condition([])).toBeUndefined();
  }
});
