import { expect, test, vi } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import {
  configMap,
  type DeliveryWorld,
  newDeliveryWorld,
  putWork,
  SPACE,
  setHub,
  settle,
  startDelivery,
  workOf,
} from './delivery-fixture.ts';

/** An agent that is killed before any one of its requests, and the next one, which goes on. */

vi.setConfig({ testTimeout: 60_000 }); // many rounds, on whatever machine

const LONG_MS = 6000;

/** From now on, after so many requests, nothing reaches hub or member any more. Says whether it came to that. */
function killAfter({ hub, member }: DeliveryWorld, requests: number): () => boolean {
  let left = requests;
  const count = (): void => {
    left -= 1;
    if (left < 0) throw new Error('killed');
  };
  hub.intercept(count);
  member.intercept(count);
  return () => left < 0;
}

async function restart(before: DeliveryWorld): Promise<DeliveryWorld> {
  before.hub.intercept(() => {});
  before.member.intercept(() => {});
  const world = newDeliveryWorld(before);
  await startDelivery(world);
  await settle(world, LONG_MS);
  return world;
}

const configMapsOf = ({ member }: DeliveryWorld): string[] =>
  member.list('configmaps').map(({ metadata }) => metadata.name ?? '');

/** What the Work is, one after the other, until the agent is killed. */
async function live(world: DeliveryWorld): Promise<void> {
  await startDelivery(world);
  putWork(world, [configMap('a'), configMap('b')]);
  await settle(world, LONG_MS);
  putWork(world, [configMap('a'), configMap('c')]);
  await settle(world, LONG_MS);
}

test.each<[string, (world: DeliveryWorld) => void, string[]]>([
  ['its Work is another by then', (world) => void putWork(world, [configMap('a'), configMap('d')]), ['a', 'd']],
  ['its Work is deleted by then', ({ hub }) => hub.remove('works', `${SPACE}/w`), []],
])('leaves nothing behind, and no orphans, though %s', async (_name, change, expected) => {
  for (let requests = 0; ; requests += 1) {
    const world = newDeliveryWorld();
    setHub(world, 'hub-1');
    const wasKilled = killAfter(world, requests);
    await live(world).catch(() => {});
    if (!wasKilled()) {
      expect(requests).toBeGreaterThan(15);
      return;
    }
    change(world);
    const next = await restart(world);
    expect(configMapsOf(next), `killed after ${requests} requests`).toEqual(expected);
    expect(workOf(next, 'pullet-orphans'), `killed after ${requests} requests`).toBeUndefined();
  }
});

test('what another agent had delivered, and it was about to take over, goes with the Work all the same', async () => {
  const world = newDeliveryWorld();
  setHub(world, 'hub-1');
  const annotations = { 'work.karmada.io/name': 'w', 'work.karmada.io/namespace': SPACE };
  const { metadata, ...rest } = configMap('a') as Unstructured;
  const marks = { labels: { 'karmada.io/managed': 'true' }, annotations };
  world.member.put('configmaps', { ...rest, metadata: { ...metadata, ...marks } });
  world.member.intercept((request) => {
    if (request.startsWith('apply configmaps')) throw new Error('killed');
  });
  await startDelivery(world);
  putWork(world, [configMap('a')]);
  await settle(world, LONG_MS);
  world.hub.remove('works', `${SPACE}/w`);
  const next = await restart(world);
  expect([configMapsOf(next), workOf(next)]).toEqual([[], undefined]);
});
