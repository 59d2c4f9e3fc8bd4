import { expect, test } from 'vitest';
import { configMap, newDeliveryWorld, putWork, setHub, settle, startDelivery, workOf } from './delivery-fixture.ts';
import { decodeShard, shardOf } from './known-state.ts';

/** An agent that is told to stop: what it has done is written down before it ends. */

test('what was delivered just before stands in the inventory, by its uid, when the agent has ended', async () => {
  const world = newDeliveryWorld();
  setHub(world, 'hub-1');
  let stop: () => void = () => {};
  const isStopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const { newController } = world.controllers;
  const ended = startDelivery(world, {
    newController: (options) => {
      const controller = newController(options);
      const run = (signal: AbortSignal): Promise<void> => controller.run(signal).then(() => isStopped);
      return options.name === 'inventory' ? { ...controller, run } : controller;
    },
  });
  putWork(world, [configMap('a')]);
  const delivered = async (): Promise<string | undefined> => {
    await settle(world, 0);
    return world.member.get('configmaps', 'default/a')?.metadata.uid;
  };
  await expect.poll(delivered, { timeout: 30_000 }).toBeDefined();
  const uid = workOf(world)?.metadata.uid ?? '';
  const kept = async (): Promise<string[] | undefined> => {
    const secret = world.member.get('secrets', `karmada-system/pullet-state-${shardOf(uid)}`);
    const { data = '' } = (secret?.['data'] ?? {}) as { data?: string };
    const shard = await decodeShard(Buffer.from(data, 'base64'));
    return shard?.[uid]?.record.objects.map((object) => object.uid);
  };
  expect(await kept()).toBeUndefined();
  stop();
  await ended;
  expect(await kept()).toEqual([await delivered()]);
});
