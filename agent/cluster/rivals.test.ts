import { expect, test } from 'vitest';
import { AGENT_INSTANCE_ANNOTATION } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Lease } from '../../shared/apis/coordination/v1.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { newRivals, type Rivals } from './rivals.ts';

/** Whether another agent is told to be that of the same cluster. */

const leaseOf = (instance: string): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { annotations: { [AGENT_INSTANCE_ANNOTATION]: instance } },
});

function newScene(own: string, other: string) {
  const warnings: string[] = [];
  const rivals: Rivals = newRivals({ ...silentLogger, warn: (_fields, message) => void warnings.push(message) });
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
    beat(5, false);
    expect(rivals.condition([])).toBeUndefined();
    beat(2, true);
    beat(1, false); // renewed twice in a row, as it may come
    beat(2, true);
    expect(rivals.condition([])).toMatchObject({ status: 'True', reason: 'AgentsTakeTurns' });
    beat(20, true);
    expect(warnings).toHaveLength(1);
  }
  expect(one.rivals.condition([])).toEqual(two.rivals.condition([]));
});

test('one that is gone is told to be', () => {
  const { beat, rivals } = newScene('a', 'b');
  beat(20, true);
  const told = rivals.condition([]);
  beat(6, false);
  const before = told ? [{ ...told, lastTransitionTime: '2026-01-01T00:00:00Z' }] : [];
  expect(rivals.condition(before)).toMatchObject({ status: 'False', reason: 'OneAgent' });
});
