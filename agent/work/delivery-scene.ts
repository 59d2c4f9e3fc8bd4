import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { Condition, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ManifestStatus, Work } from '../../shared/apis/work/v1alpha1.ts';
import {
  configMap,
  type DeliveryWorld,
  FINALIZER,
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
import type { HubMark } from './inventory-record.ts';
import { decodeHead } from './known-state.ts';

/** For tests: the one world of a test file as it is at the moment, and what is asked of it and done to it again and again. */

export let world: DeliveryWorld;

/** Long enough for the inventory to be written, and for orphans to be looked for. */
export const LONG_MS = 6000;

export function enter(next: DeliveryWorld): void {
  world = next;
}

/** An agent that has delivered nothing yet. */
export async function begin(): Promise<void> {
  enter(newDeliveryWorld());
  setHub(world, 'hub-1');
  await startDelivery(world);
}

/** An agent that has delivered config maps `a` and `b`, and has written that down. */
export async function beginDelivered(): Promise<void> {
  enter(newDeliveryWorld());
  setHub(world, 'hub-1', 'epoch-1');
  putCluster(world);
  await startDelivery(world);
  putWork(world, [configMap('a'), configMap('b')]);
  await settle(world, LONG_MS);
}

/** The agent is killed; what happens meanwhile; another one starts. */
export async function restart(meanwhile: () => void = () => {}): Promise<void> {
  enter(newDeliveryWorld(world));
  meanwhile();
  await startDelivery(world);
  await settle(world, LONG_MS);
}

export function work(): Work | undefined {
  return workOf(world);
}

/** Of the Work. */
export function condition(type: string): Condition | undefined {
  return work()?.status?.conditions?.find((one) => one.type === type);
}

/** All but those about what is kept of deliveries. */
export function memberRequests(): string[] {
  return world.member.requests.filter((request) => !request.includes('pullet-state'));
}

export function isThere(name: string): boolean {
  return world.member.get('configmaps', `default/${name}`) !== undefined;
}

/** Of the Cluster. */
export function orphansCondition(): Condition | undefined {
  const status = world.hub.get('clusters', 'm1')?.['status'] as { conditions?: Condition[] } | undefined;
  return status?.conditions?.find(({ type }) => type === 'OrphanedObjects');
}

/** Name and reason of each orphaned object, as the hub is told. */
export function orphans(): string[] {
  const told: ManifestStatus[] = workOf(world, 'pullet-orphans')?.status?.manifestStatuses ?? [];
  return told.map(({ identifier, status }) => `${identifier.name}: ${status?.['reason']}`).sort();
}

/** What the agent has written down of the hub. */
export async function keptMark(): Promise<HubMark | undefined> {
  const data = world.member.get('secrets', 'karmada-system/pullet-state-head')?.['data'] as
    | { data?: string }
    | undefined;
  return (await decodeHead(Buffer.from(data?.data ?? '', 'base64')))?.mark;
}

/** Which history of the hub. */
export async function keptHistory(): Promise<string | undefined> {
  return (await keptMark())?.history;
}

/** A hub that was listed anew is asked who it is beside everything else: nothing waits for that. */
export async function untilHistoryIsNot(before: string | undefined): Promise<void> {
  await expect.poll(keptHistory, { timeout: 30_000 }).not.toBe(before);
}

/** As another agent would leave it, which applies nothing: with the marks of a Work, of ours if none is named. */
export function putMarked(name: string, space = SPACE, more: Unstructured['metadata'] = {}): void {
  const annotations = { 'work.karmada.io/name': 'w', 'work.karmada.io/namespace': space };
  const object = configMap(name);
  const metadata = { ...object.metadata, labels: { 'karmada.io/managed': 'true' }, annotations, ...more };
  world.member.put('configmaps', { ...object, metadata });
}

/** Somebody deletes the object in the member and makes another of its name, with our marks. */
export function remake(name: string): void {
  world.member.remove('configmaps', `default/${name}`);
  putMarked(name);
}

/** Once, just before the agent's request. */
export function justBefore(api: DeliveryWorld['hub'], request: string, act: () => void): void {
  let isDone = false;
  api.intercept((one) => {
    if (isDone || one !== request) return;
    isDone = true;
    act();
  });
}

export function hold(resource: string, key: string, finalizers: string[]): void {
  const live = world.member.get(resource, key) as Unstructured;
  world.member.put(resource, { ...live, metadata: { ...live.metadata, finalizers } });
}

export function forgetSecrets(isMeant: (name: string) => boolean): void {
  for (const { metadata } of world.member.list('secrets')) {
    if (isMeant(metadata.name ?? '')) world.member.remove('secrets', `${metadata.namespace}/${metadata.name}`);
  }
}

/** The shards are read, and make no sense. */
export function garbleInventory(): void {
  const data = gzipSync(JSON.stringify({ 'uid-1': { record: {} } })).toString('base64');
  for (const secret of world.member.list('secrets')) {
    if (/^pullet-state-\d+$/.test(secret.metadata.name ?? ''))
      world.member.put('secrets', { ...secret, data: { data } });
  }
}

/** The Work as it would be in a store that had forgotten its last changes: of the same uid, and of generation 1 again. */
export function putForgetful(manifests: Unstructured[]): void {
  const { uid = '' } = workOf(world)?.metadata ?? {};
  loseWork(world);
  putWork(world, manifests, { metadata: { uid, finalizers: [FINALIZER] } });
}

/** Of a ConfigMap in the member. */
export const uidOf = (name: string): string => world.member.get('configmaps', `default/${name}`)?.metadata.uid ?? '';

/** A person's word about orphans, beside nothing else. */
export function decide(annotations: Record<string, string>): void {
  const work = workOf(world, 'pullet-orphans') as unknown as Unstructured;
  world.hub.put('works', { ...work, metadata: { ...work.metadata, annotations } });
}
