import { expect, test } from 'vitest';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { Informer, InformerOptions } from '../../shared/controller/informer.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import {
  configMap,
  type DeliveryWorld,
  newDeliveryWorld,
  putWork,
  setHub,
  settle,
  startDelivery,
  workOf,
} from './delivery-fixture.ts';
import { LONG_MS } from './delivery-scene.ts';
import { newFakeInformer } from './fake-informer.ts';
import { decodeHead, decodeShard, HEAD, shardOf } from './known-state.ts';
import { newSecretStateStore } from './secret-state-store.ts';

/** An agent that is told to stop: what it has done is written down before it ends. */

const uidOf = ({ member }: DeliveryWorld): string | undefined => member.get('configmaps', 'default/a')?.metadata.uid;

async function untilDelivered(world: DeliveryWorld): Promise<void> {
  await expect.poll(() => settle(world, 0).then(() => uidOf(world)), { timeout: 30_000 }).toBeDefined();
}

/** Of what is kept. */
function blobOf({ member }: DeliveryWorld, name: string): Buffer {
  const { data = '' } = (member.get('secrets', `karmada-system/pullet-state-${name}`)?.['data'] ?? {}) as {
    data?: string;
  };
  return Buffer.from(data, 'base64');
}

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
  await untilDelivered(world);
  const uid = workOf(world)?.metadata.uid ?? '';
  const keptUids = async (): Promise<string[] | undefined> => {
    const shard = await decodeShard(blobOf(world, shardOf(uid)));
    return shard?.[uid]?.record.objects.map((object) => object.uid);
  };
  const keptIntentions = async (): Promise<string[]> =>
    Object.keys((await decodeHead(blobOf(world, HEAD)))?.intentions ?? {});
  expect([await keptUids(), await keptIntentions()]).toEqual([undefined, [uid]]);
  stop.abort();
  await ended;
  expect([await keptUids(), await keptIntentions()]).toEqual([[uidOf(world)], []]);
});

test('it has ended only when its watches in the member have, which would ask the member for more', async () => {
  const world = newDeliveryWorld();
  setHub(world, 'hub-1');
  const stop = new AbortController();
  let endWatch: () => void = () => {};
  const watchEnded = new Promise<void>((resolve) => {
    endWatch = resolve;
  });
  const newWatch = newFakeInformer(world.member);
  const newInformer = <T extends KubeObject>(options: InformerOptions<T>): Informer<T> =>
    options.client === world.hub.client
      ? newFakeInformer(world.hub)(options)
      : { ...newWatch(options), run: () => watchEnded };
  const { newController } = world.controllers;
  const isStopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  let hasEnded = false;
  const ended = startDelivery(
    world,
    {
      newInformer,
      newController: (options) => {
        const controller = newController(options);
        return { ...controller, run: (signal) => controller.run(signal).then(() => isStopped) };
      },
    },
    stop,
  ).then(() => {
    hasEnded = true;
  });
  putWork(world, [configMap('a')]);
  await untilDelivered(world);
  await settle(world, LONG_MS); // then there is nothing left to write
  stop.abort();
  for (let turn = 0; turn < 10; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  expect(hasEnded).toBe(false);
  endWatch();
  await ended;
});

test('where a part of it fails the others are told to end', async () => {
  const world = newDeliveryWorld();
  setHub(world, 'hub-1');
  const { newController } = world.controllers;
  const signals: AbortSignal[] = [];
  const running = startDelivery(world, {
    newController: (options) => {
      const controller = newController(options);
      const run = async (signal: AbortSignal): Promise<void> => {
        signals.push(signal);
        if (options.name === 'orphans') throw new Error('broken');
        await controller.run(signal);
      };
      return { ...controller, run };
    },
  });
  await expect(running).rejects.toThrow('broken');
  expect(signals.length).toBeGreaterThan(1);
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});

test('it is told of new kinds no longer when it has ended', async () => {
  const world = newDeliveryWorld();
  setHub(world, 'hub-1');
  const stop = new AbortController();
  let isTold = false;
  const onNewKind = (): (() => void) => {
    isTold = true;
    return () => {
      isTold = false;
    };
  };
  await startDelivery(world, { onNewKind }, stop);
  expect(isTold).toBe(true);
  stop.abort();
  expect(isTold).toBe(false);
});
