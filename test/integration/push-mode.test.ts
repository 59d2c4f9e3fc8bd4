import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, namespaces, type Secret, secrets, serviceAccounts } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import { clusterRoleBindings, clusterRoles } from '../../shared/apis/rbac/v1.ts';
import { type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import { eventually } from '../framework/eventually.ts';
import { joinMember, untilReady } from '../framework/join.ts';
import { joinPushMember, QUICK_PUSH, unjoinPushMember } from '../framework/push.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import {
  configMapManifest,
  deploymentManifest,
  getWork,
  namespaceManifest,
  newWork,
  untilApplied,
} from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** A member that the hub dials beside one that dials the hub. The tests follow one another. */

let world: World;
let hub: TestHub;
let pushed: TestMember;
let pulling: TestMember;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world, [...QUICK_PUSH]);
  [pushed, pulling] = await Promise.all([startTestMember(world, 'push1'), startTestMember(world, 'pull1')]);
  await joinMember(world, hub, pulling);
});

afterAll(() => world.stop());

const secretKey = { namespace: 'karmada-cluster', name: 'push1' };
const getCluster = (name: string): Promise<Cluster> => hub.client.get(clusters, { name });
const readyOf = ({ status }: Cluster): Condition | undefined =>
  (status?.conditions as Condition[] | undefined)?.find(({ type }) => type === 'Ready');
const settings = (member: TestMember) => member.client.get(configMaps, { namespace: 'shop', name: 'settings' });
const isGone = (probe: Promise<unknown>): Promise<boolean> =>
  probe.then(
    () => false,
    (error: unknown) => isNotFound(error),
  );
const untilReason = (reason: string): Promise<Condition> =>
  eventually(`push1 is not Ready because of ${reason}`, async () => {
    const ready = readyOf(await getCluster('push1'));
    return ready?.status === 'False' && ready.reason === reason ? ready : undefined;
  });

describe('a push-mode cluster', () => {
  test('is Ready after join, and told of like one with an agent', async () => {
    expect(await joinPushMember(world, { hub, member: pushed })).toContain('cluster(push1) is joined successfully');
    await untilReady(hub, 'push1', 'True');
    const counted = (name: string) =>
      eventually(`nodes of ${name} are counted`, async () => {
        const { status } = await getCluster(name);
        return status?.nodeSummary ? status : undefined;
      });
    const [told, expected] = [await counted('push1'), await counted('pull1')];
    expect(told.kubernetesVersion).toBe(expected.kubernetesVersion);
    expect(told.nodeSummary).toEqual(expected.nodeSummary);
    expect(told.apiEnablements).toEqual(expected.apiEnablements);
  });

  test('gets the same Works, with the same statuses', async () => {
    const manifests = [
      deploymentManifest('shop', 'web'),
      configMapManifest('shop', 'settings', { color: 'blue' }),
      namespaceManifest('shop'),
    ];
    for (const name of ['push1', 'pull1']) await hub.client.create(works, newWork(name, 'shop', manifests));
    const [push, pull] = await Promise.all(['push1', 'pull1'].map((name) => untilHealthy(name)));
    expect(push).toEqual(pull);
    expect(JSON.stringify(push)).not.toContain('unavailableReplicas');
    expect((await settings(pushed)).data).toEqual({ color: 'blue' });
  });

  test('has a change undone that is made in it', async () => {
    const key = { namespace: 'shop', name: 'settings' };
    await pushed.client.patch(configMaps, key, { type: 'merge', patch: { data: { color: 'red' } } });
    await eventually('the color is blue again', async () => (await settings(pushed)).data?.['color'] === 'blue');
  });

  test.skipIf(process.env['PULLET_TEST_HUB'] === 'kube')(
    'is worked for again by a hub that was restarted',
    async () => {
      await hub.stop();
      await hub.start();
      const patch = { spec: { workload: { manifests: [configMapManifest('default', 'late', { a: 'b' })] } } };
      await hub.client.create(works, { ...newWork('push1', 'late', []), ...patch });
      await untilApplied(hub, 'push1', 'late');
    },
  );
});

describe('a push-mode cluster in trouble', () => {
  let good: Secret;

  test('says what is wrong when its Secret is gone, keeps everything, and is back with the Secret', async () => {
    good = await hub.client.get(secrets, secretKey);
    await hub.client.delete(secrets, secretKey);
    const { message } = await untilReason('StatusCollectionFailed');
    expect(message).toBe('failed to create a ClusterClient: secrets "push1" not found in namespace karmada-cluster');
    expect((await settings(pushed)).data).toEqual({ color: 'blue' });
    await hub.client.create(secrets, { ...good, metadata: secretKey });
    await untilReady(hub, 'push1', 'True');
  });

  test('says that the token is not accepted', async () => {
    const token = Buffer.from('nonsense').toString('base64');
    await hub.client.patch(secrets, secretKey, { type: 'merge', patch: { data: { token } } });
    const { message } = await untilReason('StatusCollectionFailed');
    expect(message).toContain('does not accept the token');
    expect(message).not.toContain('nonsense');
    await hub.client.patch(secrets, secretKey, { type: 'merge', patch: { data: { token: good.data?.['token'] } } });
    await untilReady(hub, 'push1', 'True');
  });

  test('that can’t be reached is not Ready, loses nothing, and disturbs no other', async () => {
    const { apiEndpoint } = (await getCluster('push1')).spec;
    const dial = (address: string | undefined) =>
      hub.client.patch(clusters, { name: 'push1' }, { type: 'merge', patch: { spec: { apiEndpoint: address } } });
    await dial('https://127.0.0.1:1');
    expect((await untilReason('ClusterNotReachable')).message).toBe('cluster is not reachable');
    expect((await settings(pushed)).data).toEqual({ color: 'blue' });
    expect(await isGone(getWork(hub, 'push1', 'shop'))).toBe(false);
    expect(readyOf(await getCluster('pull1'))?.status).toBe('True');
    await hub.client.create(works, newWork('pull1', 'other', [configMapManifest('default', 'other', { a: 'b' })]));
    await untilApplied(hub, 'pull1', 'other');
    await dial(apiEndpoint);
    await untilReady(hub, 'push1', 'True');
  });
});

describe('a push-mode cluster that leaves', () => {
  test('loses its Works first and then everything that join made', async () => {
    await unjoinPushMember(world, { hub, member: pushed });
    expect(await isGone(settings(pushed))).toBe(true);
    expect(await isGone(getCluster('push1'))).toBe(true);
    for (const name of ['push1', 'push1-impersonator']) {
      expect(await isGone(hub.client.get(secrets, { ...secretKey, name }))).toBe(true);
    }
    await eventually('the execution space is gone', () =>
      isGone(hub.client.get(namespaces, { name: executionSpace('push1') })),
    );
    const rights = { name: 'karmada-controller-manager:karmada-push1' };
    expect(await isGone(pushed.client.get(clusterRoles, rights))).toBe(true);
    expect(await isGone(pushed.client.get(clusterRoleBindings, rights))).toBe(true);
    expect(await isGone(pushed.client.get(serviceAccounts, { ...secretKey, name: 'karmada-push1' }))).toBe(true);
    await eventually('the namespace in the member is gone', () =>
      isGone(pushed.client.get(namespaces, { name: 'karmada-cluster' })),
    );
  });

  test('can join again', async () => {
    await joinPushMember(world, { hub, member: pushed });
    await untilReady(hub, 'push1', 'True');
  });

  test('while it can’t be reached is waited for, and cleaned when it is back', async () => {
    await hub.client.create(works, newWork('push1', 'late', [configMapManifest('default', 'last', { a: 'b' })]));
    await untilApplied(hub, 'push1', 'late');
    const { apiEndpoint } = (await getCluster('push1')).spec;
    const dial = (address: string | undefined) =>
      hub.client.patch(clusters, { name: 'push1' }, { type: 'merge', patch: { spec: { apiEndpoint: address } } });
    await dial('https://127.0.0.1:1');
    await untilReason('ClusterNotReachable');
    await hub.client.delete(clusters, { name: 'push1' });
    await eventually('it says that it waits', async () =>
      (await getCluster('push1')).status?.conditions?.some(({ type }) => type === 'Removing'),
    );
    expect(await isGone(getWork(hub, 'push1', 'late'))).toBe(false);
    await dial(apiEndpoint);
    await eventually('the cluster is gone', () => isGone(getCluster('push1')));
    expect(await isGone(pushed.client.get(configMaps, { namespace: 'default', name: 'last' }))).toBe(true);
  });
});

/** The status without times, once every manifest is healthy. */
function untilHealthy(cluster: string): Promise<unknown> {
  return eventually(`work shop of ${cluster} is healthy`, async () => {
    const { status } = await getWork(hub, cluster, 'shop');
    const all = status?.manifestStatuses ?? [];
    return all.length === 3 && all.every(({ health }) => health === 'Healthy') ? timeless(status) : undefined;
  });
}

function timeless(status: Work['status']): unknown {
  return JSON.parse(JSON.stringify(status), (key, value) => (/Time$|^uid$|^resourceVersion$/.test(key) ? '' : value));
}
