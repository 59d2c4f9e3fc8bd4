import { beforeEach, describe, expect, test } from 'vitest';
import { StatusError } from '../../shared/apis/meta/status-error.ts';
import { configMap, deployment, putWork, settle } from './delivery-fixture.ts';
import { begin, condition, restart, work, world } from './delivery-scene.ts';
import { isTooLarge } from './status-room.ts';

const STATUS_WRITE = 'update/status works karmada-es-m1/w';

function refusal(code: number, message: string): StatusError {
  return new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, message });
}

test.each([
  [413, 'Request entity too large: limit is 3145728', true],
  [500, 'etcdserver: request is too large', true],
  [
    500,
    'rpc error: code = ResourceExhausted desc = trying to send message larger than max (2637170 vs. 2097152)',
    true,
  ],
  [500, 'etcdserver: leader changed', false],
  [400, 'request is too large', false],
])('a write that is refused with %i %s was too large: %s', (code, message, expected) => {
  expect(isTooLarge(refusal(code, message))).toBe(expected);
});

/** A hub that takes no status before so many were refused; tells how many it was sent. */
function refuse(times: number): () => number {
  let sent = 0;
  world.hub.intercept((request) => {
    if (request !== STATUS_WRITE) return;
    sent += 1;
    if (sent <= times) throw refusal(500, 'etcdserver: request is too large');
  });
  return () => sent;
}

/** Of each manifest that is told: name, health, and whether there is a status. */
function told(): unknown[] | undefined {
  return work()?.status?.manifestStatuses?.map(({ identifier, health, status }) => [
    ...[identifier.name, health, status !== undefined],
  ]);
}

describe('where the hub has no room for a status', () => {
  beforeEach(async () => {
    await begin();
    const live = deployment('ready');
    world.member.put('deployments', { ...live, status: { readyReplicas: 1 } });
  });

  const manifests = [{ ...deployment('web'), status: {} }, configMap('a'), { ...configMap('bad'), kind: 'Unknown' }];

  test.each([
    [0, undefined, ['web', 'a', 'bad']],
    [1, 'StatusesLeftOut', ['web', 'a', 'bad']],
    [2, 'HealthyLeftOut', ['web', 'bad']],
    [3, 'ManifestsLeftOut', []],
  ])('and refuses %i, less is told, and what was left out', async (times, reason, names) => {
    refuse(times);
    putWork(world, manifests);
    await settle(world);
    expect(work()?.status?.manifestStatuses?.map(({ identifier }) => identifier.name)).toEqual(names);
    expect(condition('Applied')).toMatchObject({ status: 'False', observedGeneration: 1 });
    expect(condition('StatusShortened')?.reason).toBe(reason);
  });

  test('a status that was shortened stays so while its spec does, whichever process tells it', async () => {
    refuse(1);
    putWork(world, [deployment('web')]);
    await settle(world);
    const more = (readyReplicas: number): void => {
      const live = world.member.get('deployments', 'default/web')!;
      world.member.put('deployments', {
        ...live,
        status: { observedGeneration: 1, updatedReplicas: 2, readyReplicas },
      });
    };
    more(1);
    await settle(world, 30_000);
    expect(told()).toEqual([['web', 'Unhealthy', false]]);
    const sent = refuse(0);
    await restart();
    expect(told()).toEqual([['web', 'Unhealthy', false]]);
    expect(sent()).toBe(0);
    putWork(world, [deployment('web'), configMap('a')]);
    await settle(world);
    expect(told()).toMatchObject([
      ['web', 'Unhealthy', true],
      ['a', 'Healthy', false],
    ]);
    expect(condition('StatusShortened')).toBeUndefined();
  });

  test('what no server takes is not sent', async () => {
    putWork(world, [configMap('a')]);
    await settle(world);
    const sent = refuse(0);
    const live = world.member.get('configmaps', 'default/a')!;
    world.member.put('configmaps', { ...live, status: { text: 'x'.repeat(3 * 1024 * 1024) } });
    await settle(world);
    expect(condition('StatusShortened')?.reason).toBe('StatusesLeftOut');
    expect(sent()).toBe(1);
  });

  test('nor for the shortest, it says so, and takes the whole status of a Work that became smaller', async () => {
    refuse(1000);
    putWork(world, [deployment('web'), configMap('a')]);
    expect(await settle(world)).toContainEqual(expect.stringContaining('split it'));
    refuse(0);
    putWork(world, [configMap('a')]);
    await settle(world, 60_000);
    expect(told()).toEqual([['a', 'Healthy', false]]);
    expect(condition('StatusShortened')).toBeUndefined();
  });
});
