/** Two hubs on one real kube-apiserver: the leader is killed, the other leads, and no member pays for it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningAgent } from '../../agent/agent.ts';
import { runInBackground } from '../../services/hub/background.ts';
import { install } from '../../services/install/install.ts';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { newInformer } from '../../shared/controller/list-watch-informer.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { clientFor, clientOf } from '../framework/access.ts';
import { eventually, throughout } from '../framework/eventually.ts';
import { forever } from '../framework/forever.ts';
import { type SpawnedHub, spawnHub } from '../framework/hub-process.ts';
import { joinMember, untilReady } from '../framework/join.ts';
import type { TestHub } from '../framework/start-hub.ts';
import { startTestMember } from '../framework/start-member.ts';
import { newWorld, type World } from '../framework/world.ts';
import { ensureBinaries } from './binaries.ts';
import { bootstrapControllers, defaultControllers, startKubeControlPlane } from './control-plane.ts';

const binaries = await ensureBinaries();

/** Shorter than a takeover takes: a monitor that counted the time without a leader would find the member overdue. */
const GRACE_MS = 8000;
const TAKEOVER_MS = 60_000;

describe.runIf('dir' in binaries)('of two replicas of a hub', () => {
  let world: World;
  let hub: TestHub;
  let replicas: SpawnedHub[];
  let agent: RunningAgent;
  /** Of Ready, in the order in which they came. */
  const statuses: string[] = [];

  beforeAll(async () => {
    world = await newWorld();
    hub = await startHubCluster();
    const grace = `${GRACE_MS / 1000}s`;
    const flags = [`--kubeconfig=${hub.kubeconfig}`, `--cluster-monitor-grace-period=${grace}`];
    replicas = await Promise.all([spawnHub(world, flags), spawnHub(world, flags)]);
    const member = await startTestMember(world, 'm1');
    agent = await joinMember(world, hub, member, ['--cluster-lease-duration=4s']);
    await recordStatuses();
  });
  afterAll(() => world?.stop());

  async function startHubCluster(): Promise<TestHub> {
    const controllers = [...defaultControllers, ...bootstrapControllers];
    const { server, caPem, kubeconfigPath, stop } = await startKubeControlPlane({ name: 'replicas', controllers });
    world.onStop('kube-apiserver', stop);
    const client = await clientOf(world, kubeconfigPath);
    const newClient = (credentials: object) => clientFor(world, { transport: { server, caPem, ...credentials } });
    await install(
      { clusterInfo: { server, caPem, advertised: server, isOverwriting: false }, isDryRun: false },
      { client, newClient, clock: systemClock, print: () => {} },
      forever(),
    );
    const nothing = async () => {};
    const endpoint = new URL(server).host;
    return { endpoint, server, caPem, kubeconfig: kubeconfigPath, client, stop: nothing, start: nothing };
  }

  async function recordStatuses(): Promise<void> {
    const informer = newInformer({ client: hub.client, type: clusters, clock: systemClock, log: world.log });
    informer.addHandler(({ object }) => {
      const ready = object.status?.conditions?.find(({ type }) => type === 'Ready');
      statuses.push(ready?.status ?? 'none');
    });
    world.onStop('informer', runInBackground((signal) => informer.run(signal)).stop);
    await informer.synced();
  }

  const holder = async (): Promise<string | undefined> => {
    const lease = await hub.client.get(leases, { namespace: 'karmada-system', name: 'pullet-hub' });
    return lease.spec?.holderIdentity || undefined;
  };
  const leads = (replica: SpawnedHub): boolean => replica.log().includes('became the leader');

  test('one leads', () => {
    expect(replicas.filter(leads)).toHaveLength(1);
  });

  test('the other leads when the leader is killed, and a member that heartbeats is never Unknown', async () => {
    const before = await holder();
    await replicas.find(leads)?.end('SIGKILL');
    const isTakenOver = async () => {
      const now = await holder();
      return now !== undefined && now !== before;
    };
    await eventually('the other replica leads', isTakenOver, TAKEOVER_MS);
    await eventually('it says so', () => replicas.every(leads));
    await throughout('the member is not Unknown', GRACE_MS + 2000, () => !statuses.includes('Unknown'));
    expect(statuses).toContain('True');
  });

  test('and the new leader sees when its agent is really gone', async () => {
    await agent.stop();
    await untilReady(hub, 'm1', 'Unknown');
  });
});

test.skipIf('dir' in binaries)('kube-apiserver is not here, so nobody led', () => {
  expect(binaries).toHaveProperty('reason');
});
