import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSecretStateStore } from '../../agent/work/secret-state-store.ts';
import { secrets } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { startTestMember } from '../framework/start-member.ts';
import { newWorld, type World } from '../framework/world.ts';

/** What a real API tells of the Secrets in which an agent keeps its state. */

const { signal } = new AbortController();
const NAMESPACE = 'kept-here';
let world: World;
let member: KubeClient;

beforeAll(async () => {
  world = await newWorld();
  ({ client: member } = await startTestMember(world, 'm1'));
});

afterAll(() => world.stop());

test('what somebody deletes or changes is noticed, and nothing else', async () => {
  const store = newSecretStateStore({ member, namespace: NAMESPACE, log: silentLogger, maxBytes: 1000 });
  const large = randomBytes(2500);
  await store.save('head', Buffer.from('one'), signal);
  await store.save('3', large, signal);
  expect(await store.altered(signal)).toEqual([]);
  expect((await store.load(signal)).get('3')?.equals(large)).toBe(true);
  expect(await store.altered(signal)).toEqual([]);
  const patch = { data: { data: Buffer.from('another').toString('base64') } };
  await member.patch(secrets, { namespace: NAMESPACE, name: 'pullet-state-head' }, { type: 'merge', patch });
  expect(await store.altered(signal)).toEqual(['head']);
  await store.save('head', Buffer.from('one'), signal);
  const { items } = await member.list(secrets, { namespace: NAMESPACE });
  const part = items.map(({ metadata: { name = '' } }) => name).find((name) => name.startsWith('pullet-state-3-'));
  await member.delete(secrets, { namespace: NAMESPACE, name: part ?? '' });
  expect(await store.altered(signal)).toEqual(['3']);
  await store.save('3', large, signal);
  expect(await store.altered(signal)).toEqual([]);
  expect((await store.load(signal)).get('3')?.equals(large)).toBe(true);
});
