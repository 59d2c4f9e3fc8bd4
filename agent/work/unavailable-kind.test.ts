import { beforeEach, describe, expect, test } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import {
  configMap,
  type DeliveryWorld,
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
import { UnavailableKind } from './kind-problems.ts';

/** A kind whose group nobody answers for at the moment: what there is of it is unknown, not gone. */

const things = { group: 'away.example', version: 'v1', resource: 'things', kind: 'Thing', namespaced: false };
const configMaps = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true };
const thing = { apiVersion: 'away.example/v1', kind: 'Thing', metadata: { name: 'x' } };
const WORDS = `kind "Thing" can't be looked up: discovery of away.example/v1 fails at the moment: nobody listens`;

let world: DeliveryWorld;
let isAway: boolean;

const resourceFor = async (apiVersion: string, kind: string) => {
  if (kind !== 'Thing') return configMaps;
  if (isAway) throw new UnavailableKind(apiVersion, kind, 'nobody listens');
  return things;
};

/** As an agent that has nothing in memory. */
async function restart(): Promise<void> {
  world = newDeliveryWorld(world);
  await startDelivery(world, { resourceFor });
  await settle(world);
}

const condition = (type: string) => workOf(world)?.status?.conditions?.find((one) => one.type === type);
const isThere = (): boolean => world.member.get('things', 'x') !== undefined;

beforeEach(async () => {
  world = newDeliveryWorld();
  setHub(world, 'hub-1');
  putCluster(world);
  isAway = false;
  await startDelivery(world, { resourceFor });
});

test('its Work says what the server says, is tried again as an error is, and delivers all the rest', async () => {
  isAway = true;
  putWork(world, [thing, configMap('a')]);
  expect(await settle(world)).toContain(`Thing x: ${WORDS}`);
  expect(condition('Applied')).toMatchObject({
    status: 'False',
    message: expect.stringContaining(`Thing x: ${WORDS}`),
  });
  expect(world.member.get('configmaps', 'default/a')).toBeDefined();
  isAway = false;
  await settle(world, 2000);
  expect(isThere()).toBe(true);
  expect(condition('Applied')).toMatchObject({ status: 'True' });
});

test('a question what would change is refused in the same words', async () => {
  isAway = true;
  const question = { spec: { suspendDispatching: true }, metadata: { annotations: { 'pullet.io/dry-run': 'true' } } };
  putWork(world, [thing], question);
  await settle(world);
  expect(workOf(world)?.status?.manifestStatuses?.[0]?.status).toEqual({ result: 'Refused', message: WORDS });
});

describe('what an agent has delivered of it', () => {
  beforeEach(async () => {
    putWork(world, [configMap('a'), thing]);
    await settle(world, 6000);
    isAway = true;
    await restart();
  });

  test.each([
    ['with it', {}, undefined],
    ['and leaves it there', { preserveResourcesOnDeletion: true }, {}],
  ])('its Work waits for when it is deleted %s', async (_name, spec, marksLeft) => {
    putWork(world, [configMap('a'), thing], { spec });
    await settle(world);
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world, 6000);
    expect(workOf(world)).toBeDefined();
    isAway = false;
    await settle(world, 2000);
    expect(workOf(world)).toBeUndefined();
    expect(world.member.get('things', 'x')?.metadata.labels).toEqual(marksLeft);
  });

  test('its Work waits for, and says so', async () => {
    world.hub.remove('works', `${SPACE}/w`);
    expect(await settle(world)).toContain(WORDS);
    expect(condition('Progressing')?.message).toContain(`Thing x (${WORDS})`);
  });

  test('is pruned only when it answers again', async () => {
    putWork(world, [configMap('a')]);
    await settle(world);
    expect(condition('Progressing')?.message).toContain(`Thing x (${WORDS})`);
    isAway = false;
    await settle(world, 2000);
    expect(isThere()).toBe(false);
  });

  describe('and that is orphaned', () => {
    const decide = (word: string): void => {
      const uid = world.member.get('things', 'x')?.metadata.uid ?? '';
      const work = workOf(world, 'pullet-orphans') as unknown as Unstructured;
      const annotations = {
        [`pullet.io/${word}`]: `${uid},${world.member.get('configmaps', 'default/a')?.metadata.uid}`,
      };
      world.hub.put('works', { ...work, metadata: { ...work.metadata, annotations } });
    };

    test('stays on the list', async () => {
      loseWork(world);
      await settle(world, 6000);
      expect(
        workOf(world, 'pullet-orphans')?.status?.manifestStatuses?.map(({ identifier }) => identifier.name),
      ).toEqual(expect.arrayContaining(['a', 'x']));
    });

    test.each([
      ['prune', undefined],
      ['adopt', {}],
    ])("a person's word to %s it is kept until it answers, and done for others at once", async (word, marksLeft) => {
      loseWork(world);
      await settle(world, 6000);
      decide(word);
      await settle(world, 6000);
      expect(world.member.get('configmaps', 'default/a')?.metadata.labels).toEqual(marksLeft);
      expect(world.member.get('things', 'x')?.metadata.labels).not.toEqual(marksLeft);
      isAway = false;
      await settle(world, 12_000); // it was tried ever more slowly
      expect(world.member.get('things', 'x')?.metadata.labels).toEqual(marksLeft);
      expect(workOf(world, 'pullet-orphans')).toBeUndefined();
    });
  });
});
