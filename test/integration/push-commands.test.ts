import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, namespaces, secrets, serviceAccounts } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { kubeconfigText } from '../../shared/client/kubeconfig-text.ts';
import { clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { registerMember, untilReady } from '../framework/join.ts';
import { joinPushMember, unjoinPushMember } from '../framework/push.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** `pullet join` and `pullet unjoin` where something is in the way. */

let world: World;
let hub: TestHub;
let member: TestMember;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world, ['--cluster-status-update-frequency=1s', '--cluster-failure-threshold=1s']);
  member = await startTestMember(world, 'm1');
});

afterAll(() => world.stop());

const isGone = (probe: Promise<unknown>): Promise<boolean> =>
  probe.then(
    () => false,
    (error: unknown) => isNotFound(error),
  );
const join = (more?: Parameters<typeof joinPushMember>[2]) => joinPushMember(world, { hub, member }, more);
const unjoin = (more?: Parameters<typeof unjoinPushMember>[2]) => unjoinPushMember(world, { hub, member }, more);
const account = () => member.client.get(serviceAccounts, { namespace: 'karmada-cluster', name: 'karmada-m1' });

describe('join', () => {
  test('as somebody without rights on the hub is refused in their name, before anything is made', async () => {
    const impersonate = { user: 'guest', groups: ['visitors', 'a, b'] };
    await expect(join({ hub: { kubeconfig: hub.kubeconfig, impersonate } })).rejects.toThrow(
      /User "guest" cannot list resource "clusters"/,
    );
    expect(await isGone(account())).toBe(true);
  });

  test('of a member that is not there says so, and stores nothing', async () => {
    const kubeconfig = path.join(world.dir, 'nobody.kubeconfig');
    const names = { clusterName: 'c', userName: 'u', contextName: 'x' };
    await writeFile(
      kubeconfig,
      kubeconfigText({ server: 'https://127.0.0.1:1', caPem: hub.caPem, ...names, token: 't' }),
    );
    await expect(join({ member: { kubeconfig } })).rejects.toThrow(
      /^cannot reach the cluster at https:\/\/127.0.0.1:1: the connection to 127.0.0.1:1 was refused/,
    );
    expect(await isGone(hub.client.get(secrets, { namespace: 'karmada-cluster', name: 'm1' }))).toBe(true);
  });

  test('checks everything and makes nothing in a dry run', async () => {
    await join({ dryRun: true });
    expect(await isGone(account())).toBe(true);
    expect(await isGone(hub.client.get(clusters, { name: 'm1' }))).toBe(true);
  });

  test('as one of a group with all rights works', async () => {
    await join({ hub: { kubeconfig: hub.kubeconfig, impersonate: { user: 'guest', groups: ['system:masters'] } } });
    await untilReady(hub, 'm1', 'True');
  });

  test('of a member that is registered says as what', async () => {
    await expect(join({ cluster: 'other' })).rejects.toThrow(/has been registered \(as cluster m1\)/);
  });
});

describe('unjoin of a member that can’t be reached', () => {
  const goAway = { spec: { apiEndpoint: 'https://127.0.0.1:1' } };

  test('waits, and says what for', async () => {
    await hub.client.create(works, newWork('m1', 'w', [configMapManifest('default', 'stays', { a: 'b' })]));
    await untilApplied(hub, 'm1', 'w');
    await hub.client.patch(clusters, { name: 'm1' }, { type: 'merge', patch: goAway });
    await untilReady(hub, 'm1', 'False');
    await expect(unjoin({ waitMs: 1000 })).rejects.toThrow(/timed out after 1 s waiting for cluster m1 to be gone/);
    await eventually('the Cluster says what its removal waits for', async () => {
      const { status } = await hub.client.get(clusters, { name: 'm1' });
      const removing = status?.conditions?.find(({ type }) => type === 'Removing');
      return removing?.message?.includes('Works (1 left) to be removed from the cluster, and the cluster is not Ready');
    });
    expect(await isGone(hub.client.get(works, { namespace: 'karmada-es-m1', name: 'w' }))).toBe(false);
  });

  test('goes on by force, and says what stays', async () => {
    const printed = await unjoin({ waitMs: 1000, force: true });
    expect(printed).toContain('these objects stay in the member:\n  ConfigMap default/stays\n');
    expect(printed).toContain('cluster(m1) is unjoined successfully');
    expect(await isGone(hub.client.get(clusters, { name: 'm1' }))).toBe(true);
    await eventually('the execution space is gone', () =>
      isGone(hub.client.get(namespaces, { name: 'karmada-es-m1' })),
    );
    expect((await member.client.get(configMaps, { namespace: 'default', name: 'stays' })).data).toEqual({ a: 'b' });
    expect(await isGone(account())).toBe(true);
  });

  test('can be repeated by force for what could not be taken away', async () => {
    await expect(unjoin()).rejects.toThrow('no cluster object m1 found in karmada control Plane');
    const key = { namespace: 'karmada-cluster', name: 'm1' };
    await hub.client.create(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: key });
    await unjoin({ force: true });
    expect(await isGone(hub.client.get(secrets, key))).toBe(true);
  });
});

test('an agent can’t have the hub send another’s token to an address of its choice', async () => {
  const agent = await clientOf(world, await registerMember(world, { hub, member, clusterName: 'rogue' }));
  const newCluster = (syncMode: 'Push' | 'Pull'): Cluster => ({
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'rogue' },
    spec: { syncMode, apiEndpoint: 'https://127.0.0.1:1', secretRef: { namespace: 'karmada-cluster', name: 'm1' } },
  });
  await eventually('a Cluster of pull mode may be created', () =>
    agent.create(clusters, newCluster('Pull'), { dryRun: true }),
  );
  await expect(agent.create(clusters, newCluster('Push'))).rejects.toThrow(
    /an agent may write only what belongs to its own/,
  );
  expect(await isGone(hub.client.get(clusters, { name: 'rogue' }))).toBe(true);
});

test('deleting the Cluster with any tool takes its Secrets along', async () => {
  await join();
  await untilReady(hub, 'm1', 'True');
  await hub.client.delete(clusters, { name: 'm1' });
  for (const name of ['m1', 'm1-impersonator']) {
    const gone = () => isGone(hub.client.get(secrets, { namespace: 'karmada-cluster', name }));
    await eventually(`secret ${name} is gone`, gone);
  }
});
