import { expect, test, vi } from 'vitest';
import { newMemoryStorage } from '../../storage/memory-backend.ts';
import { newAllocator } from './service-allocator.ts';

const service = (uid: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: uid, uid } });

async function storageWith(spec: object) {
  const storage = newMemoryStorage();
  const value = Buffer.from(JSON.stringify({ spec }));
  await storage.put('/core/services/default/first', 0, () => value);
  return storage;
}

test('the services that are stored are read once, however many ports one has', async () => {
  const storage = await storageWith({ clusterIPs: ['10.96.1.1'], ports: [{ nodePort: 30_500 }] });
  const list = vi.spyOn(storage, 'list');
  const allocator = newAllocator(service('u1'), { storage, nowMs: 0, isDryRun: false, whenDone: () => {} });
  const ports = Array.from({ length: 200 }, (_, index) => allocator.nextPort(`port ${index}`));
  expect(new Set(ports).size).toBe(200);
  expect(ports).not.toContain(30_500);
  expect(allocator.claimPort(30_500)).toBe('provided port is already allocated');
  expect(allocator.claimAddress('10.96.1.1')).toBe('provided IP is already allocated');
  expect(list).toHaveBeenCalledTimes(1);
});

test('what one service has claimed or was given is nobody else’s', async () => {
  const storage = await storageWith({});
  const first = newAllocator(service('u1'), { storage, nowMs: 0, isDryRun: false, whenDone: () => {} });
  const given = first.nextAddress('address');
  expect(first.claimPort(31_000)).toBeUndefined();
  expect(first.claimPort(31_000)).toBe('provided port is already allocated');
  const second = newAllocator(service('u2'), { storage, nowMs: 1000, isDryRun: false, whenDone: () => {} });
  const addresses = Array.from({ length: 50 }, (_, index) => second.nextAddress(`address ${index}`));
  expect(addresses).not.toContain(given);
});

test('what is asked for is held until the write has ended, and is free again where nothing was stored', async () => {
  const storage = await storageWith({});
  const ends: (() => void)[] = [];
  const where = { storage, nowMs: 0, isDryRun: false, whenDone: (release: () => void) => void ends.push(release) };
  const first = newAllocator(service('u1'), where);
  expect([first.claimPort(31_000), first.claimAddress('10.96.2.2')]).toEqual([undefined, undefined]);
  const second = newAllocator(service('u2'), where);
  expect(second.claimPort(31_000)).toBe('provided port is already allocated');
  expect(second.claimAddress('10.96.2.2')).toBe('provided IP is already allocated');
  expect(newAllocator(service('u1'), where).claimPort(31_000)).toBeUndefined();
  for (const end of ends) end();
  expect(newAllocator(service('u2'), where).claimPort(31_000)).toBeUndefined();
});

test('a service that gave an address back is given another one', async () => {
  const where = { storage: await storageWith({}), nowMs: 0, isDryRun: false, whenDone: () => {} };
  const at = (resourceVersion: string) => ({ ...service('u1'), metadata: { name: 'u1', uid: 'u1', resourceVersion } });
  const first = newAllocator(at('1'), where).nextAddress('address');
  expect(newAllocator(at('1'), where).nextAddress('address')).toBe(first);
  expect(newAllocator(at('2'), where).nextAddress('address')).not.toBe(first);
});
