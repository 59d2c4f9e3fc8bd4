import { expect, test } from 'vitest';
import type { Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { podColumns } from './pods.ts';

/** So many that looking for each among all would never end. */
const MANY = 300_000;
const numbered = <T>(part: (name: string) => T): T[] => Array.from({ length: MANY }, (_, n) => part(`n${n}`));

const pod: Unstructured = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'x' },
  spec: {
    containers: [],
    readinessGates: numbered((conditionType) => ({ conditionType })),
    initContainers: numbered((name) => ({ name, restartPolicy: 'Always' })),
  },
  status: {
    conditions: numbered((type) => ({ type, status: type === 'n0' ? 'False' : 'True' })).toReversed(),
    initContainerStatuses: numbered((name) => ({ name, ready: true, started: true })).toReversed(),
  },
};

const cellOf = (name: string) => podColumns.find((column) => column.name === name)?.cell(pod, 0);

test('a pod with any number of gates and sidecars is summed up', () => {
  expect(cellOf('Readiness Gates')).toBe(`${MANY - 1}/${MANY}`);
  expect(cellOf('Ready')).toBe(`${MANY}/${MANY}`);
});
