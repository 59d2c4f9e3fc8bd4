import { beforeEach, describe, expect, test, vi } from 'vitest';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import { configMap, putWork, SPACE, settle } from './delivery-fixture.ts';
import { beginDelivered, hold, isThere, work, world } from './delivery-scene.ts';

/** How often hub and member are asked about what is on its way out, and does not go. */

vi.setConfig({ testTimeout: 60_000 }); // many rounds, on whatever machine

beforeEach(beginDelivered);

const MINUTE_MS = 60_000;

/** How often the hub was asked whether it is the one that it was, meanwhile. */
async function questionsIn(ms: number): Promise<number> {
  world.hub.requests.length = 0;
  await settle(world, ms);
  return world.hub.requests.filter((request) => request === 'get namespaces kube-system').length;
}

const stopNaming = (): void => void putWork(world, [configMap('a')]);
const deleteWork = (): void => world.hub.remove('works', `${SPACE}/w`);

describe.each([
  ['a Work stops naming', stopNaming],
  ['a deleted Work delivered', deleteWork],
])('what %s', (_what, letGo) => {
  test('and a finalizer holds is looked at ever more rarely, and gone as soon as it is let go of', async () => {
    hold('configmaps', 'default/b', ['shop.example/hold']);
    letGo();
    expect(await questionsIn(10_000)).toBeGreaterThan(2);
    await settle(world, 5 * MINUTE_MS);
    expect(await questionsIn(10 * MINUTE_MS)).toBeLessThan(30);
    hold('configmaps', 'default/b', []);
    await settle(world);
    expect([isThere('b'), work()?.status?.conditions?.some(({ type }) => type === 'Progressing') ?? false]).toEqual([
      false,
      false,
    ]);
  });
});

test('what the member will not delete is asked to go ever more rarely', async () => {
  world.member.intercept((request) => {
    if (request.startsWith('delete configmaps')) throw newForbidden({ resource: 'configmaps', name: 'b' }, 'no');
  });
  stopNaming();
  await settle(world, 5 * MINUTE_MS);
  world.member.requests.length = 0;
  await settle(world, 10 * MINUTE_MS);
  const asked = world.member.requests.filter((request) => request.startsWith('delete configmaps')).length;
  expect(asked).toBeGreaterThan(2);
  expect(asked).toBeLessThan(30);
});
