import { afterEach, beforeEach, expect, test } from 'vitest';
import { isForbidden } from '../../shared/apis/meta/status-error.ts';
import type { AdmissionContext } from '../apiserver/registry/registry.ts';
import type { Storage } from '../storage/backend.ts';
import { newMemoryStorage } from '../storage/memory-backend.ts';
import { newOpenRequestLimit, type OpenRequestLimit } from './open-requests.ts';

const TOKEN = 'system:bootstrap:abcdef';
const BOUNDS = { open: 3000, issued: 5000 };
const joiner = { name: TOKEN, groups: ['system:bootstrappers', 'system:authenticated'] };

let storage: Storage;
let limit: OpenRequestLimit;

beforeEach(() => {
  storage = newMemoryStorage();
  limit = newOpenRequestLimit(storage, BOUNDS);
});
afterEach(() => limit.close());

const keyOf = (name: string) => `/certificates.k8s.io/certificatesigningrequests//${name}`;

async function put(name: string, status: object = {}, username = TOKEN): Promise<void> {
  const spec = { username, request: 'x'.repeat(1000) };
  const value = Buffer.from(JSON.stringify({ metadata: { name }, spec, status }));
  await storage.put(keyOf(name), storage.get(keyOf(name))?.modRevision ?? 0, () => value);
}

function mayAsk(user = joiner, more: object = {}): boolean {
  const definition = { group: 'certificates.k8s.io', plural: 'certificatesigningrequests' };
  const context = { definition, operation: 'CREATE', subresource: '', user, name: 'n', ...more };
  try {
    void limit.check(context as unknown as AdmissionContext, undefined, undefined);
    return true;
  } catch (error) {
    if (isForbidden(error)) return false;
    throw error;
  }
}

test('who has much open makes no more requests until some are issued or gone', async () => {
  await put('a');
  await put('b', { conditions: [{ type: 'Denied' }] });
  expect(mayAsk()).toBe(true);
  await put('c');
  await put('d', { certificate: 'PEM' });
  expect(mayAsk()).toBe(false);
  await put('a', { certificate: 'PEM' });
  expect(mayAsk()).toBe(true);
  await put('e');
  expect(mayAsk()).toBe(false);
  await storage.delete(keyOf('b'), storage.get(keyOf('b'))?.modRevision ?? 0, () => Buffer.from('{}'));
  expect(mayAsk()).toBe(true);
});

test('who has many that are issued makes no more requests until some are gone', async () => {
  for (const name of ['a', 'b', 'c', 'd']) await put(name, { certificate: 'PEM' });
  expect(mayAsk()).toBe(true);
  await put('e', { certificate: 'PEM' });
  expect(mayAsk()).toBe(false);
  await storage.delete(keyOf('a'), storage.get(keyOf('a'))?.modRevision ?? 0, () => Buffer.from('{}'));
  expect(mayAsk()).toBe(true);
});

test("others' requests count for them alone, and only joiners and agents are held to it", async () => {
  for (const name of ['a', 'b', 'c']) await put(name);
  for (const name of ['d', 'e', 'f']) await put(name, {}, 'admin');
  expect(mayAsk({ ...joiner, name: 'system:bootstrap:ffffff' })).toBe(true);
  expect(mayAsk({ name: 'admin', groups: ['system:masters'] })).toBe(true);
  expect(mayAsk(joiner, { operation: 'UPDATE' })).toBe(true);
  expect(mayAsk(joiner, { definition: { group: '', plural: 'events' } })).toBe(true);
  expect(mayAsk()).toBe(false);
});

test('what is there at the start counts', async () => {
  for (const name of ['a', 'b', 'c']) await put(name);
  limit.close();
  limit = newOpenRequestLimit(storage, BOUNDS);
  expect(mayAsk()).toBe(false);
});
