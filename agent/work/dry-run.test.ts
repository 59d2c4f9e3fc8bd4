import { beforeEach, expect, test } from 'vitest';
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

/** Questions that `pullet diff` has left on the hub because it was killed. */

let world: DeliveryWorld;

beforeEach(async () => {
  world = newDeliveryWorld();
  setHub(world, 'hub-1');
  await startDelivery(world);
});

const inSeconds = (seconds: number): string => new Date(world.clock.now() + seconds * 1000).toISOString();

function ask(more: Record<string, string>, spec: object = { suspendDispatching: true }): void {
  putWork(world, [configMap('a')], { spec, metadata: { annotations: { 'pullet.io/dry-run': 'true', ...more } } });
}

const isAnswered = (): boolean => workOf(world)?.status?.conditions?.some(({ type }) => type === 'DryRun') ?? false;

test('a question is answered, and taken away when its time is over', async () => {
  ask({ 'pullet.io/dry-run-expires': inSeconds(60) });
  await settle(world, 55_000);
  expect(isAnswered()).toBe(true);
  await settle(world, 10_000);
  expect(workOf(world)).toBeUndefined();
  expect(world.member.requests.filter((request) => request.startsWith('delete configmaps'))).toEqual([]);
});

test('a question whose time was over before the agent saw it is taken away without an answer', async () => {
  ask({ 'pullet.io/dry-run-expires': inSeconds(-1) });
  await settle(world);
  expect(workOf(world)).toBeUndefined();
  expect(world.hub.requests.filter((request) => request.startsWith('update/status'))).toEqual([]);
});

test.each([
  ['that says no time', {}],
  ['whose time is none', { 'pullet.io/dry-run-expires': 'soon' }],
  ['whose time is far away', { 'pullet.io/dry-run-expires': '9999-01-01T00:00:00Z' }],
])('a question %s stays', async (_name, annotations) => {
  ask(annotations);
  await settle(world, 60_000);
  expect(isAnswered()).toBe(true);
});

test('a Work that is delivered is never taken away for such a time', async () => {
  ask({ 'pullet.io/dry-run-expires': inSeconds(-1) }, {});
  await settle(world);
  expect(world.member.get('configmaps', 'default/a')).toBeDefined();
  expect(workOf(world)).toBeDefined();
});
