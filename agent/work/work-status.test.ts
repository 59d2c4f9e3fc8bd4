import { beforeEach, describe, expect, test } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { deployment, putWork, settle } from './delivery-fixture.ts';
import { begin, condition, memberRequests, work, world } from './delivery-scene.ts';

beforeEach(begin);

describe('the status of a delivered object', () => {
  test('reaches the Work, many changes in few writes', async () => {
    putWork(world, [deployment('d')]);
    await settle(world);
    world.hub.requests.length = 0;
    for (let ready = 0; ready <= 2; ready += 1) {
      const live = world.member.get('deployments', 'default/d')!;
      live['status'] = { observedGeneration: 1, updatedReplicas: 2, availableReplicas: ready, conditions: ['x'] };
      world.member.put('deployments', live);
      await world.controllers.settle();
    }
    expect(world.hub.requests).toHaveLength(1);
    await settle(world);
    expect(world.hub.requests).toHaveLength(2);
    expect(work()?.status?.manifestStatuses).toMatchObject([
      {
        status: { generation: 1, observedGeneration: 1, updatedReplicas: 2, availableReplicas: 2 },
        health: 'Healthy',
      },
    ]);
    expect(memberRequests().filter((request) => request.startsWith('apply'))).toHaveLength(1);
  });

  test('costs few writes while fifty pods are rolled out one after the other, and is told at once when they are', async () => {
    const rollOut = async (available: number): Promise<void> => {
      const live = world.member.get('deployments', 'default/d')!;
      live['status'] = {
        observedGeneration: 1,
        updatedReplicas: 50,
        readyReplicas: available,
        availableReplicas: available,
      };
      world.member.put('deployments', live);
      await settle(world, 1000);
    };
    putWork(world, [{ ...deployment('d'), spec: { replicas: 50 } }]);
    await settle(world);
    world.hub.requests.length = 0;
    for (let available = 0; available <= 49; available += 1) await rollOut(available);
    expect(condition('Available')).toMatchObject({ status: 'False' });
    const half = work()?.status?.manifestStatuses?.[0]?.status as { availableReplicas: number };
    expect(half.availableReplicas).toBeGreaterThan(30);
    await rollOut(50);
    expect(condition('Available')).toMatchObject({ status: 'True' });
    expect(work()?.status?.manifestStatuses).toMatchObject([{ status: { availableReplicas: 50 }, health: 'Healthy' }]);
    expect(world.hub.requests.length).toBeLessThanOrEqual(12);
  });

  test("keeps others' conditions when the hub's copy has changed meanwhile", async () => {
    putWork(world, [deployment('d')]);
    await settle(world);
    const theirs = {
      type: 'Other',
      status: 'True',
      reason: 'R',
      message: '',
      lastTransitionTime: '2020-01-01T00:00:00Z',
    };
    world.hub.intercept((request) => {
      if (!request.startsWith('update/status')) return;
      world.hub.intercept(() => {});
      const live = work()!;
      const conditions = [...(live.status?.conditions ?? []), theirs];
      world.hub.put('works', { ...live, status: { ...live.status, conditions } } as unknown as Unstructured);
    });
    const live = world.member.get('deployments', 'default/d')!;
    world.member.put('deployments', { ...live, status: { readyReplicas: 1 } });
    await settle(world);
    expect(condition('Other')).toEqual(theirs);
    expect(work()?.status?.manifestStatuses).toMatchObject([{ status: { readyReplicas: 1 } }]);
  });
});
