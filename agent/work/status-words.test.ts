import { expect, test } from 'vitest';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { type Delivery, newWorkStates, type WorkState } from './delivery.ts';
import { newFakeClock } from './fake-world.ts';
import type { Observed } from './observed.ts';
import { workStatus } from './work-status.ts';

/** What a status says of what is known, without anything around it. */

const told: Condition = {
  type: 'Progressing',
  status: 'True',
  reason: 'Theirs',
  message: '',
  lastTransitionTime: '2020-01-01T00:00:00Z',
};
const work: Work = {
  apiVersion: 'work.karmada.io/v1alpha1',
  kind: 'Work',
  metadata: { name: 'w', namespace: 'karmada-es-m1', generation: 1 },
  spec: {},
  status: { conditions: [told] },
};

function observed(version: string): Observed {
  const metadata = { name: 'a', resourceVersion: version };
  const seen = { apiVersion: 'v1', kind: 'ConfigMap', metadata, digest: '', isApplied: true, isKarmadaAgents: false };
  return { ...seen, health: 'Healthy', statusBody: { version } };
}

function delivery(ordinal: number, more: Partial<Delivery> = {}): Delivery {
  const identifier = { ordinal, group: '', version: 'v1', kind: 'ConfigMap', resource: '', name: `c${ordinal}` };
  const known = { identifier, id: `c${ordinal}`, hash: '', isGone: false, corrections: [], contests: [] };
  return { ...known, applied: observed('5'), ...more };
}

function stateOf(deliveries: Delivery[]): WorkState {
  const state = newWorkStates().of('w', work);
  for (const one of deliveries) state.deliveries.set(one.id, one);
  return state;
}

const statusOf = (state: WorkState, object?: Observed, upTo = object?.metadata.resourceVersion) =>
  workStatus(work, state, () => ({ object, upTo }), newFakeClock());

test.each<[string, Partial<Delivery>, string | undefined, object]>([
  ['as it was applied, before the watch has it', {}, undefined, { health: 'Healthy', status: { version: '5' } }],
  ['as it was applied, where the watch is late', {}, '4', { health: 'Healthy', status: { version: '5' } }],
  ['as the watch has it', {}, '6', { health: 'Healthy', status: { version: '6' } }],
  ['as unknown, where it has gone', { isGone: true }, undefined, { health: 'Unknown' }],
])('an object is told of %s', (_what, more, version, wanted) => {
  const status = statusOf(stateOf([delivery(0, more)]), version ? observed(version) : undefined);
  expect(status.manifestStatuses).toEqual([{ identifier: delivery(0).identifier, ...wanted }]);
});

test('manifests are told of in their order, not in that in which they were applied', () => {
  const status = statusOf(stateOf([delivery(1), delivery(0)]));
  expect(status.manifestStatuses?.map(({ identifier }) => identifier.ordinal)).toEqual([0, 1]);
});

test("somebody else's word on progress stays", () => {
  expect(statusOf(stateOf([delivery(0)])).conditions).toContainEqual(told);
});

test('of a suspended Work what was told of its manifests stays', () => {
  const manifestStatuses = [{ identifier: delivery(0).identifier, health: 'Healthy' as const }];
  const state = Object.assign(stateOf([]), { isSuspended: true });
  const before = { ...work, status: { conditions: [], manifestStatuses } };
  const status = workStatus(before, state, () => ({ object: undefined, upTo: undefined }), newFakeClock());
  expect(status.manifestStatuses).toBe(manifestStatuses);
  expect(status.conditions?.map(({ type }) => type)).toEqual(['Dispatching']);
});
