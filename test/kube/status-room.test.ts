/** A kube-apiserver refuses a Work that is too large with its status (etcd takes 1.5 MiB in one request): what the agent tells then. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Delivery } from '../../agent/work/delivery.ts';
import { newWorkStates } from '../../agent/work/delivery.ts';
import { writeStatus } from '../../agent/work/status-writer.ts';
import { customResourceDefinitions } from '../../shared/apis/apiextensions/v1.ts';
import { workCrd } from '../../shared/apis/work/v1alpha1.crd.ts';
import { type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { newWorld, type World } from '../framework/world.ts';
import { ensureBinaries } from './binaries.ts';
import { startKubeControlPlane } from './control-plane.ts';

const binaries = await ensureBinaries();
const KIB = 1024;

function newLargeWork(name: string): Work {
  const data = { text: 'x'.repeat(1000 * KIB) };
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'large' }, data };
  const metadata = { namespace: 'default', name };
  return {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata,
    spec: { workload: { manifests: [manifest] } },
  };
}

/** Healthy in the member, with a status of so many bytes. */
function newDelivery(ordinal: number, statusBytes: number): Delivery {
  const name = `one-of-many-${ordinal}`;
  const identifier = { ordinal, group: '', version: 'v1', kind: 'ConfigMap', resource: '', namespace: 'shop', name };
  const observed = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name } };
  const told = { health: 'Healthy', statusBody: { text: 'x'.repeat(statusBytes) } } as const;
  const applied = { ...observed, ...told, digest: '', isApplied: true, isKarmadaAgents: false };
  return { identifier, id: name, hash: '', applied, isGone: false, corrections: [], contests: [] };
}

describe.runIf('dir' in binaries)('a Work of one MiB', () => {
  let world: World;
  let hub: KubeClient;

  beforeAll(async () => {
    world = await newWorld();
    const kube = await startKubeControlPlane({ name: 'room' });
    world.onStop('kube-apiserver', kube.stop);
    hub = await clientOf(world, kube.kubeconfigPath);
    await hub.create(customResourceDefinitions, workCrd);
    await eventually('Works are served', () => hub.list(works));
  });
  afterAll(() => world?.stop());

  /** What the agent tells of a Work with such deliveries. */
  async function tell(name: string, deliveries: Delivery[]): Promise<Work> {
    const work = await hub.create(works, newLargeWork(name));
    const states = newWorkStates();
    const key = `default/${name}`;
    const state = states.of(key, work);
    state.isSettled = true;
    for (const delivery of deliveries) state.deliveries.set(delivery.id, delivery);
    const deps = {
      hub,
      clock: systemClock,
      states,
      getWork: () => work,
      look: () => ({ object: undefined, upTo: undefined }),
    };
    await writeStatus(deps, key, new AbortController().signal);
    return hub.get(works, { namespace: 'default', name });
  }

  const reasonOf = ({ status }: Work): string | undefined =>
    status?.conditions?.find(({ type }) => type === 'StatusShortened')?.reason;

  test.each([
    ['little, is told whole', 1, 1, undefined, 1],
    ['large statuses, is told without them', 2, 400 * KIB, 'StatusesLeftOut', 2],
    ['thousands of manifests, is told without the healthy ones', 5000, 1, 'HealthyLeftOut', 0],
  ])('of which there is to tell %s', async (_, count, statusBytes, reason, told) => {
    const deliveries = Array.from({ length: count }, (_one, ordinal) => newDelivery(ordinal, statusBytes));
    const work = await tell(`tells-${count}-${statusBytes}`, deliveries);
    expect(reasonOf(work)).toBe(reason);
    expect(work.status?.manifestStatuses?.length ?? 0).toBe(told);
    expect(work.status?.conditions?.find(({ type }) => type === 'Applied')?.status).toBe('True');
  });
});
