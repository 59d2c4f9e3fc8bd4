import { beforeEach, describe, expect, test } from 'vitest';
import { newPathNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { newWorkStates } from './delivery.ts';
import { type FakeApi, type FakeClock, newFakeApi, newFakeClock } from './fake-world.ts';
import type { Observed } from './observed.ts';
import { freshest, type StatusWriterDeps, writeStatus } from './status-writer.ts';

const KEY = 'karmada-es-m1/w';
const { signal } = new AbortController();

let hub: FakeApi;
let deps: StatusWriterDeps;
let clock: FakeClock;

const getWork = (): Work => hub.get('works', KEY) as unknown as Work;

function put(metadata: object = {}): void {
  const names = { name: 'w', namespace: 'karmada-es-m1' };
  const work = { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata: { ...names, ...metadata }, spec: {} };
  hub.put('works', work as Unstructured);
}

beforeEach(() => {
  hub = newFakeApi();
  put();
  clock = newFakeClock();
  deps = {
    hub: hub.client,
    clock,
    states: newWorkStates(),
    getWork,
    look: () => ({ object: undefined, upTo: undefined }),
  };
});

test('a Work that is only half delivered is not told to be applied', async () => {
  const state = deps.states.of(KEY, getWork());
  await writeStatus(deps, KEY, signal);
  expect(hub.requests).toEqual([]);
  state.isSettled = true;
  await writeStatus(deps, KEY, signal);
  expect(hub.requests).toEqual([`update/status works ${KEY}`]);
});

test('another Work of the same name, made the moment before, is not told what became of the first', async () => {
  deps.states.of(KEY, getWork()).isSettled = true;
  let isMade = false;
  hub.intercept((request) => {
    if (isMade || !request.startsWith('update/status')) return;
    isMade = true;
    hub.forget('works', KEY);
    put({ uid: 'another' });
  });
  await writeStatus(deps, KEY, signal);
  expect(hub.requests).toEqual([`update/status works ${KEY}`, `get works ${KEY}`]);
  expect([getWork().metadata.uid, getWork().status]).toEqual(['another', undefined]);
});

test('what a proxy before the hub did not pass on is told again; of a Work that is gone nothing', async () => {
  deps.states.of(KEY, getWork()).isSettled = true;
  hub.intercept(() => {
    throw newPathNotFound();
  });
  await expect(writeStatus(deps, KEY, signal)).rejects.toThrow('could not find the requested resource');
  hub.intercept(() => hub.forget('works', KEY));
  clock.advance(1000);
  expect(await writeStatus(deps, KEY, signal)).toBeUndefined();
  expect(hub.requests).toEqual(Array(2).fill(`update/status works ${KEY}`));
});

test('nothing of the first is said of another Work of the same name, whoever looks', () => {
  const state = deps.states.of(KEY, getWork());
  expect(freshest(getWork(), state)).toBeDefined();
  expect(freshest({ ...getWork(), metadata: { name: 'w', uid: 'another' } }, state)).toBeUndefined();
});

test('a Work that is gone by the time that it is told of is no failure', async () => {
  deps.states.of(KEY, getWork()).isSettled = true;
  hub.intercept((request) => {
    if (request.startsWith('update/status')) hub.forget('works', KEY);
  });
  await expect(writeStatus(deps, KEY, signal)).resolves.toBeUndefined();
});

test('the status of a Work that is nested too deep to be delivered is told', async () => {
  const deep: unknown = JSON.parse(`${'{"a":'.repeat(9900)}1${'}'.repeat(9900)}`);
  const work = { ...getWork(), spec: { workload: { manifests: [deep] } } } as unknown as Work;
  deps.states.of(KEY, work).isSettled = true;
  await writeStatus({ ...deps, getWork: () => work }, KEY, signal);
  expect(hub.requests).toEqual([`update/status works ${KEY}`]);
});

test('a status write holds the status alone, and at which version of the Work it is meant', async () => {
  put({ labels: { app: 'w' }, finalizers: ['example.com/hold'] });
  deps.states.of(KEY, getWork()).isSettled = true;
  const sent: object[] = [];
  const update = (async (type, work, options) => {
    sent.push(work.metadata, (work as unknown as Work).spec);
    return hub.client.update(type, work, options);
  }) as typeof hub.client.update;
  const { uid, resourceVersion } = getWork().metadata;
  await writeStatus({ ...deps, hub: { ...hub.client, update } }, KEY, signal);
  expect(sent).toEqual([{ name: 'w', namespace: 'karmada-es-m1', uid, resourceVersion }, {}]);
  expect(getWork().metadata.labels).toEqual({ app: 'w' });
});

describe('a watch that has not caught up with our own last write', () => {
  let stored: Work;
  let state: ReturnType<typeof deps.states.of>;

  beforeEach(async () => {
    stored = getWork();
    deps = { ...deps, getWork: () => stored };
    state = deps.states.of(KEY, stored);
    state.isSettled = true;
    await writeStatus(deps, KEY, signal);
    hub.requests.length = 0;
  });

  test('does not make it be written once more', async () => {
    await writeStatus(deps, KEY, signal);
    expect(hub.requests).toEqual([]);
  });

  test('costs what is new no conflict', async () => {
    state.isSuspended = true;
    clock.advance(1000);
    await writeStatus(deps, KEY, signal);
    expect(hub.requests).toEqual([`update/status works ${KEY}`]);
  });
});

test('what the hub refuses for another reason than a conflict is asked once', async () => {
  deps.states.of(KEY, getWork()).isSettled = true;
  hub.intercept(() => {
    throw new Error('overloaded');
  });
  await expect(writeStatus(deps, KEY, signal)).rejects.toThrow('overloaded');
  expect(hub.requests).toEqual([`update/status works ${KEY}`]);
});

test('numbers that move after a quiet time are told at once, as after none', async () => {
  const state = deps.states.of(KEY, getWork());
  Object.assign(state, { isSettled: true, numberWrites: 5, statusWrittenAt: clock.now() });
  clock.advance(19_000);
  const identifier = { ordinal: 0, version: 'v1', kind: 'ConfigMap', resource: '', name: 'a' };
  const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, digest: '', isApplied: true };
  const observed = { ...applied, isKarmadaAgents: false, health: 'Healthy', statusBody: { ready: 1 } } as Observed;
  const delivery = { identifier, id: 'a', hash: '', isGone: false, corrections: [], contests: [], applied: observed };
  state.deliveries.set('a', delivery);
  await writeStatus(deps, KEY, signal);
  clock.advance(20_000);
  delivery.applied = { ...observed, statusBody: { ready: 2 } };
  await writeStatus(deps, KEY, signal);
  clock.advance(500);
  delivery.applied = { ...observed, statusBody: { ready: 3 } };
  expect(await writeStatus(deps, KEY, signal)).toBeUndefined();
  expect(getWork().status?.manifestStatuses?.[0]?.status).toEqual({ ready: 3 });
});
