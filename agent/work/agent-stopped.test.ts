import { expect, test } from 'vitest';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { configMap, newDeliveryWorld, putWork, setHub, settle, startDelivery, workOf } from './delivery-fixture.ts';
import { decodeShard, shardOf } from './known-state.ts';
import { newSecretStateStore } from './secret-state-store.ts';

/** An agent that is told to stop: what it has done is written down before it ends. */

test('what was delivered just before stands in the inventory, by its uid, when the agent has ended', async () => {
  const world = newDeliveryWorld();
  setHub(world, 'hub-1');
  const stop = new AbortController();
  const isStopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  const { newController } = world.controllers;
  const kept = newSecretStateStore({ member: world.member.client, namespace: 'karmada-system', log: silentLogger });
  const ended = startDelivery(
    world,
    {
      newController: (options) => {
        const controller = newController(options);
        const run = (signal: AbortSignal): Promise<void> => controller.run(signal).then(() => isStopped);
        return options.name === 'inventory' ? { ...controller, run } : controller;
      },
      state: {
        ...kept,
        save: (name, bytes, signal) =>
          signal.aborted ? Promise.reject(signal.reason) : kept.save(name, bytes, signal),
      },
    },
    stop,
  );
  putWork(world, [configMap('a')]);
  const uidOf = (): string | undefined => world.member.get('configmaps', 'default/a')?.metadata.uid;
  await expect.poll(() => settle(world, 0).then(uidOf), { timeout: 30_000 }).toBeDefined();
  const uid = workOf(world)?.metadata.uid ?? '';
  const keptUids = async (): Promise<string[] | undefined> => {
    const secret = world.member.get('secrets', `karmada-system/pullet-state-${shardOf(uid)}`);
    const { data = '' } = (secret?.['data'] ?? {}) as { data?: string };
    const shard = await decodeShard(Buffer.from(data, 'base64'));
    return shard?.[uid]?.record.objects.map((object) => object.uid);
  };
  expect(await keptUids()).toBeUndefined();
  stop.abort();
  await ended;
  expect(await keptUids()).toEqual([uidOf()]);
});
