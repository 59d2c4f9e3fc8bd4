/** The etcd of a real hub is restored from a copy: what an agent deletes in its member then, and what it tells. */

import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newHeartbeat } from '../../agent/cluster/heartbeat.ts';
import { type LeaseStamps, runDelivery } from '../../agent/work/controller.ts';
import { newKindLookup } from '../../agent/work/kind-lookup.ts';
import { stampOf } from '../../agent/work/lease-stamp.ts';
import { newSecretStateStore } from '../../agent/work/secret-state-store.ts';
import { customResourceDefinitions } from '../../shared/apis/apiextensions/v1.ts';
import { clusterCrd } from '../../shared/apis/cluster/v1alpha1.crd.ts';
import { CLUSTER_NAMESPACE, type Cluster, clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { configMaps, namespaces } from '../../shared/apis/core/v1.ts';
import { workCrd } from '../../shared/apis/work/v1alpha1.crd.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newRestMapper } from '../../shared/client/rest-mapper.ts';
import { newInformer } from '../../shared/controller/list-watch-informer.ts';
import { systemClock as clock } from '../../shared/controller/system-clock.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import { clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { keptMark } from '../framework/kept-mark.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, newWork } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';
import { ensureBinaries } from './binaries.ts';
import { type KubeControlPlane, startKubeControlPlane } from './control-plane.ts';

const binaries = await ensureBinaries();
const namespace = executionSpace('m1');
const lease = { name: 'm1', namespace: CLUSTER_NAMESPACE };

describe.runIf('dir' in binaries)("a hub's etcd that is restored", () => {
  let world: World;
  let kube: KubeControlPlane;
  let hub: KubeClient;
  let member: TestMember;
  let cluster: Cluster;
  let beat: () => Promise<void>;
  let stopAgent: () => Promise<void> = async () => {};

  beforeAll(async () => {
    world = await newWorld();
    kube = await startKubeControlPlane({ name: 'hub', controllers: [] });
    world.onStop('kube-apiserver', kube.stop);
    hub = await clientOf(world, kube.kubeconfigPath);
    for (const crd of [workCrd, clusterCrd]) await hub.create(customResourceDefinitions, crd);
    await eventually('Works are served', () => hub.list(works));
    await eventually('Clusters are served', () => hub.list(clusters));
    for (const name of [namespace, CLUSTER_NAMESPACE])
      await hub.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const metadata = { name: 'm1' };
    cluster = await hub.create(clusters, {
      apiVersion: 'cluster.karmada.io/v1alpha1',
      kind: 'Cluster',
      metadata,
      spec: { syncMode: 'Pull' },
    });
    member = await startTestMember(world, 'm1');
    world.onStop('agent', () => stopAgent());
  });
  afterAll(() => world?.stop());

  async function resume(): Promise<void> {
    await kube.resume();
    await eventually('Works are served again', () => hub.list(works));
  }

  /** Its heartbeat, which then comes when it is told to, comes before the delivery. */
  async function startAgent(): Promise<void> {
    const stopping = new AbortController();
    let stamps: LeaseStamps | undefined;
    const carry = (next: LeaseStamps): void => {
      stamps = next;
    };
    const renew = newHeartbeat({
      ...{ ...lease, hub, clock, cluster: 'm1', leaseDurationSeconds: 40 },
      annotations: (found) => stamps?.stampFor(found) ?? {},
      onRenewed: (renewed) => void stamps?.stamped(renewed),
    });
    beat = () => renew(cluster, stopping.signal);
    await beat();
    const log = world.log.child({ part: 'agent' });
    const mapper = newRestMapper(member.client, clock);
    const state = newSecretStateStore({ member: member.client, namespace: 'karmada-system', log });
    const deps = {
      hub,
      member: member.client,
      clock,
      log,
      newInformer,
      newController,
      ...newKindLookup(mapper),
      state,
      heartbeat: { lease, carry, stampNow: async () => undefined },
    };
    const options = { cluster: 'm1', concurrentWorkSyncs: 5, keepsWorks: true };
    const running = runDelivery({ ...deps, recordEvent: () => {} }, options, stopping.signal);
    stopAgent = async () => {
      stopping.abort();
      await running.catch(() => {});
    };
  }

  const manifests = (names: string[]) => names.map((name) => configMapManifest('default', name, { a: 'b' }));
  const change = (name: string, names: string[]): Promise<unknown> =>
    hub.patch(
      works,
      { namespace, name },
      { type: 'merge', patch: { spec: { workload: { manifests: manifests(names) } } } },
    );
  const untilTold = (name: string): Promise<unknown> =>
    eventually(`${name} is told to be applied`, async () => {
      const { metadata, status } = await hub.get(works, { namespace, name });
      const told = status?.conditions?.find(({ type }) => type === 'Applied');
      return told?.status === 'True' && told.observedGeneration === metadata.generation;
    });
  /** The heartbeat says how far the agent has seen the hub, and the member has that too. */
  const beatAndKeep = async (): Promise<void> => {
    await beat();
    const told = stampOf(await hub.get(leases, lease));
    await eventually(
      'what the lease says is kept in the member',
      async () => told.seen !== '' && (await keptMark(member.client))?.lease?.seen === told.seen,
    );
  };
  const there = async (): Promise<string[]> => {
    const { items } = await member.client.list(configMaps, { namespace: 'default' });
    return items.map(({ metadata }) => metadata.name ?? '').filter((name) => name !== 'kube-root-ca.crt');
  };
  const orphans = async (): Promise<string[]> => {
    const { items } = await hub.list(works, { namespace });
    const told = items.find(({ metadata }) => metadata.name === 'pullet-orphans')?.status?.manifestStatuses ?? [];
    return told.map(({ identifier, status }) => `${identifier.name} ${status?.['reason']}`).sort();
  };
  const revision = async (): Promise<number> => Number((await hub.list(works, { namespace })).metadata.resourceVersion);

  let written = 0;
  const writeSomething = async (): Promise<void> => {
    written += 1;
    const patch = { metadata: { labels: { written: `${written}` } } };
    await hub.patch(namespaces, { name: 'default' }, { type: 'merge', patch });
  };

  test.each<[string, { isPast?: true; staysAgent?: true; areAllWritten?: true }, string, string]>([
    ['while the agent is away, and is at a lower revision when it is back', {}, 'one', 'two'],
    ['while the agent is away, and has gone past what it saw', { isPast: true }, 'three', 'four'],
    ['under a running agent', { staysAgent: true }, 'five', 'six'],
    [
      'while the agent is away, has gone past what it saw, and all Works were written again',
      { isPast: true, areAllWritten: true },
      'seven',
      'eight',
    ],
  ])('%s: nothing is deleted, and all is told', async (_what, { isPast, staysAgent, areAllWritten }, one, two) => {
    const [a, b, c, d, e] = [`a-${one}`, `b-${one}`, `c-${one}`, `d-${one}`, `e-${one}`] as const;
    await startAgent();
    await hub.create(works, newWork('m1', one, manifests([a])));
    await hub.create(works, newWork('m1', two, manifests([c])));
    await untilTold(one);
    await untilTold(two);
    if (areAllWritten) await beatAndKeep();
    await stopAgent();
    await kube.halt();
    const [etcd, copy] = [path.join(kube.dir, 'etcd'), path.join(kube.dir, `copy-${one}`)];
    await cp(etcd, copy, { recursive: true });
    await resume();
    await startAgent();
    const many = staysAgent ? 300 : 100; // more than a server that starts makes by itself, or one that runs for a while
    for (let writes = 0; writes < many; writes += 1) await writeSomething();
    await change(one, [a, b]);
    await change(two, [c, d]);
    await hub.create(works, newWork('m1', `late-${one}`, manifests([e])));
    for (const name of [one, two, `late-${one}`]) await untilTold(name);
    if (areAllWritten) await beatAndKeep();
    if (!staysAgent) await stopAgent();
    const seen = await revision();
    await kube.halt();
    await rm(etcd, { recursive: true });
    await cp(copy, etcd, { recursive: true });
    await resume();
    await change(one, [a]).then(() => change(one, []));
    await change(one, [a]); // it is of a higher generation now than the one that was delivered
    while (isPast && (await revision()) <= seen) await writeSomething();
    if (areAllWritten) {
      for (const name of [one, two]) await change(name, []);
      await change(one, [a]).then(() => change(two, [c]));
    }
    if (!staysAgent) await startAgent();
    await untilTold(one); // also where no version of it is one yet that the agent had not seen before
    const wanted = [`${b} HubChanged`, `${d} HubChanged`, `${e} WorkMissing`];
    await eventually(
      'what the hub forgot is told',
      async () => (await orphans()).filter((text) => wanted.includes(text)).join() === wanted.join(),
    );
    expect((await there()).filter((name) => name.endsWith(`-${one}`)).sort()).toEqual([a, b, c, d, e]);
    await stopAgent();
  });
});
