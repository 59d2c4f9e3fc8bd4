import { afterEach, beforeEach, expect, test } from 'vitest';
import { isForbidden } from '../../shared/apis/meta/status-error.ts';
import type { AdmissionContext } from '../apiserver/registry/registry.ts';
import type { Storage } from '../storage/backend.ts';
import { newMemoryStorage } from '../storage/memory-backend.ts';
import { DamagedValueError } from '../storage/storage-errors.ts';
import { type AgentSpaceLimit, newAgentSpaceLimit } from './agent-space.ts';

const agent = { name: 'system:karmada:agent:m1', groups: ['system:karmada:agents'] };
const MAX_BYTES = 3000;

let storage: Storage;
let limit: AgentSpaceLimit;

beforeEach(() => {
  storage = newMemoryStorage();
  limit = newAgentSpaceLimit(storage, MAX_BYTES);
});
afterEach(() => limit.close());

const workOf = (cluster: string, name: string) => `/work.karmada.io/works/karmada-es-${cluster}/${name}`;
const revisionOf = (key: string): number => storage.get(key)?.modRevision ?? 0;

async function put(key: string, bytes = 1000, object: object = {}): Promise<void> {
  const text = JSON.stringify({ ...object, text: '' });
  const value = Buffer.from(JSON.stringify({ ...object, text: 'x'.repeat(bytes - text.length) }));
  await storage.put(key, revisionOf(key), () => value);
}

const remove = (key: string) => storage.delete(key, revisionOf(key), () => Buffer.from('{}'));

const WORKS = { group: 'work.karmada.io', plural: 'works' };
const EVENTS = { group: '', plural: 'events' };

interface Write {
  user?: typeof agent;
  definition?: object;
  /** How long the object is, and was. */
  length?: number;
  former?: number;
}

function mayWrite({ user = agent, definition = WORKS, length = 10, former }: Write = {}): boolean {
  const newObject = (characters: number) => ({
    apiVersion: '',
    kind: '',
    metadata: { name: 'n' },
    text: 'x'.repeat(characters),
  });
  const context = { definition, user, name: 'n' } as unknown as AdmissionContext;
  try {
    void limit.check(context, newObject(length), former === undefined ? undefined : newObject(former));
    return true;
  } catch (error) {
    if (isForbidden(error)) return false;
    throw error;
  }
}

test('an agent adds nothing to an execution space that is full, until something in it is gone', async () => {
  await put(workOf('m1', 'a'));
  expect(mayWrite()).toBe(true);
  await put(workOf('m1', 'b'));
  await put(workOf('m2', 'c'));
  expect(mayWrite()).toBe(true);
  await put(workOf('m1', 'b'), 2000);
  expect(mayWrite()).toBe(false);
  expect(mayWrite({ definition: EVENTS })).toBe(false);
  expect(mayWrite({ former: 9 })).toBe(false);
  await remove(workOf('m1', 'a'));
  expect(mayWrite()).toBe(true);
});

test('its Events count, those of its Cluster too, and no others', async () => {
  await put('/core/events/karmada-es-m1/a');
  await put('/core/events/default/b', 1000, { involvedObject: { kind: 'Cluster', name: 'm1' } });
  await put('/core/events/default/c', 1000, { involvedObject: { kind: 'Cluster', name: 'm2' } });
  await put('/core/events/default/d', 1000, { involvedObject: { kind: 'Pod', name: 'm1' } });
  expect(mayWrite({ definition: EVENTS })).toBe(true);
  await put('/core/events/default/e', 1000, { involvedObject: { kind: 'Cluster', name: 'm1' } });
  expect(mayWrite({ definition: EVENTS })).toBe(false);
  await remove('/core/events/default/b');
  expect(mayWrite({ definition: EVENTS })).toBe(true);
});

test('what gets no longer, other kinds and other users are not held to it', async () => {
  await put(workOf('m1', 'a'), 5000);
  expect(mayWrite({ former: 10 })).toBe(true);
  expect(mayWrite({ former: 11 })).toBe(true);
  expect(mayWrite({ definition: { group: 'coordination.k8s.io', plural: 'leases' } })).toBe(true);
  expect(mayWrite({ user: { ...agent, name: 'system:karmada:agent:m2' } })).toBe(true);
  expect(mayWrite({ user: { name: 'admin', groups: ['system:masters'] } })).toBe(true);
  expect(mayWrite()).toBe(false);
});

test('what is there at the start counts', async () => {
  await put(workOf('m1', 'a'), 5000);
  limit.close();
  limit = newAgentSpaceLimit(storage, MAX_BYTES);
  expect(mayWrite()).toBe(false);
});

test('a damaged Event is no reason to refuse all agents, and is not read again for each of their writes', async () => {
  await put(workOf('m1', 'a'), 5000);
  let nowMs = 0;
  let looks = 0;
  let isDamaged = true;
  const { list } = storage;
  storage.list = (request) => {
    if (request.prefix !== '/core/events/default/') return list(request);
    looks += 1;
    if (isDamaged) throw new DamagedValueError('/core/events/default/a');
    return list(request);
  };
  limit.close();
  limit = newAgentSpaceLimit(storage, MAX_BYTES, () => nowMs);
  expect([mayWrite(), mayWrite(), looks]).toEqual([true, true, 1]);
  nowMs = 60_000;
  expect([mayWrite(), looks]).toEqual([true, 2]);
  isDamaged = false;
  expect(mayWrite()).toBe(true);
  nowMs = 120_000;
  expect(mayWrite()).toBe(false);
});
