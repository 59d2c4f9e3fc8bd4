import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type DeliveryWorld,
  deployment,
  loseWork,
  newDeliveryWorld,
  putCluster,
  putWork,
  SPACE,
  setHub,
  settle,
  startDelivery,
  workOf,
} from './delivery-fixture.ts';
import { LONG_MS } from './delivery-scene.ts';

/** An object of a version that its member has stopped serving: it is there in another one. */

vi.setConfig({ testTimeout: 60_000 }); // many rounds, on whatever machine

const old = { ...deployment('d'), apiVersion: 'apps/v1beta1' };
const deployments = { group: 'apps', resource: 'deployments', kind: 'Deployment', namespaced: true };

let world: DeliveryWorld;
let served: string[];

/** As an agent that has nothing in memory. */
async function restart(): Promise<void> {
  world = newDeliveryWorld(world);
  await startDelivery(world, {
    resourceFor: async (apiVersion, kind) => {
      const [group, version = ''] = apiVersion.split('/');
      const isServed = group === 'apps' && kind === 'Deployment' && served.includes(version);
      return isServed ? { ...deployments, version } : undefined;
    },
    resourceInGroup: async (group, kind) => {
      const [version] = served;
      return group === 'apps' && kind === 'Deployment' && version ? { ...deployments, version } : undefined;
    },
  });
}

const live = () => world.member.get('deployments', 'default/d');
const condition = (type: string) => workOf(world)?.status?.conditions?.find((one) => one.type === type);

beforeEach(async () => {
  world = newDeliveryWorld();
  setHub(world, 'hub-1');
  putCluster(world);
  served = ['v1beta1'];
  await restart();
  putWork(world, [old]);
  await settle(world, LONG_MS);
  expect(live()).toBeDefined();
});

describe('that is served in another version', () => {
  beforeEach(async () => {
    served = ['v1'];
    await restart();
    await settle(world);
  });

  test('goes with its Work', async () => {
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world, LONG_MS);
    expect([live(), workOf(world)]).toEqual([undefined, undefined]);
  });

  test('goes when its Work no longer names it', async () => {
    putWork(world, []);
    await settle(world, LONG_MS);
    expect(live()).toBeUndefined();
  });

  test('is let go of, marks and all, where its Work says so', async () => {
    putWork(world, [old], { spec: { preserveResourcesOnDeletion: true } });
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world, LONG_MS);
    expect([live()?.metadata.labels, live()?.metadata.annotations, workOf(world)]).toEqual([{}, {}, undefined]);
  });

  test('is orphaned where its Work is lost, and goes at a word', async () => {
    loseWork(world);
    await settle(world, LONG_MS);
    const orphans = workOf(world, 'pullet-orphans');
    expect(orphans?.status?.manifestStatuses?.map(({ identifier }) => identifier.name)).toEqual(['d']);
    const annotations = { 'pullet.io/prune': live()?.metadata.uid };
    world.hub.put('works', { ...orphans, metadata: { ...orphans?.metadata, annotations } } as never);
    await settle(world, LONG_MS);
    expect([live(), workOf(world, 'pullet-orphans')]).toEqual([undefined, undefined]);
  });
});

describe('that is served in no version', () => {
  beforeEach(async () => {
    served = [];
    await restart();
    await settle(world);
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world, 20_000);
  });

  test('is not taken for gone before that is said again, which its Work says, and goes where it is served after all', async () => {
    expect(condition('Progressing')?.message).toContain('Deployment default/d (the cluster m1 serves no kind');
    served = ['v1'];
    await settle(world, LONG_MS);
    expect([live(), workOf(world)]).toEqual([undefined, undefined]);
  });

  test('is taken for gone when it is said again', async () => {
    await settle(world, 20_000);
    expect(workOf(world)).toBeUndefined();
  });
});
