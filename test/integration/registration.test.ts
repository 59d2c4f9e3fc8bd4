import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { configMaps, events, namespaces, secrets } from '../../shared/apis/core/v1.ts';
import { isForbidden, isNotFound } from '../../shared/apis/meta/status-error.ts';
import { clusterRoles } from '../../shared/apis/rbac/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { clientFor, clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { createToken, registerMember, startTestAgent, untilReady } from '../framework/join.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { newWork } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

let world: World;
let hub: TestHub;
let member: TestMember;
let agentKubeconfig: string;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world);
  member = await startTestMember(world, 'm1');
  agentKubeconfig = await registerMember(world, { hub, member });
});

afterAll(() => world.stop());

const refusal = (attempt: Promise<unknown>): Promise<'forbidden' | 'not found' | 'allowed' | unknown> =>
  attempt.then(
    () => 'allowed',
    (error: unknown) => (isForbidden(error) ? 'forbidden' : isNotFound(error) ? 'not found' : error),
  );

describe('registration', () => {
  test('needs a token that exists', async () => {
    const request = { hub, member, clusterName: 'other', token: 'abcdef.0123456789abcdef', timeoutMs: 1000 };
    await expect(registerMember(world, request)).rejects.toThrow(/token|signature|jws/i);
  });

  test('makes the mailbox, the lease and the rights before the agent has its certificate', async () => {
    const space = await hub.client.get(namespaces, { name: executionSpace('m1') });
    expect(space.metadata.labels).toMatchObject({ 'karmada.io/system': 'true' });
    await hub.client.get(leases, { name: 'm1', namespace: 'karmada-cluster' });
    await hub.client.get(clusterRoles, { name: 'system:karmada:m1:agent' });
  });

  test('writes a kubeconfig with the names that Karmada uses, readable by its owner only', async () => {
    const { mode } = await stat(agentKubeconfig);
    expect(mode & 0o777).toBe(0o600);
    expect(await loadKubeconfig({ path: agentKubeconfig })).toMatchObject({
      contextName: 'm1@karmada-apiserver',
      clusterName: 'karmada-apiserver',
      userName: 'm1',
      transport: { server: hub.server },
    });
  });

  test('lets the agent work, and the cluster becomes Ready', async () => {
    const agent = await startTestAgent(world, member, agentKubeconfig);
    await untilReady(hub, 'm1', 'True');
    const cluster = await hub.client.get(clusters, { name: 'm1' });
    const kubeSystem = await member.client.get(namespaces, { name: 'kube-system' });
    expect(cluster.spec).toMatchObject({ syncMode: 'Pull', id: kubeSystem.metadata.uid });
    expect(cluster.metadata.finalizers).toContain('karmada.io/cluster-controller');
    const { status } = await eventually('nodes are reported', async () => {
      const now = await hub.client.get(clusters, { name: 'm1' });
      return now.status?.nodeSummary?.totalNum === 2 ? now : undefined;
    });
    expect(status?.kubernetesVersion).toMatch(/^v1\.\d+/);
    expect(status?.apiEnablements?.some(({ groupVersion }) => groupVersion === 'apps/v1')).toBe(true);
    await agent.stop();
  });

  test('of a name that is in use by another cluster is refused and harms nobody', async () => {
    const other = await startTestMember(world, 'other-member');
    await expect(registerMember(world, { hub, member: other, clusterName: 'm1' })).rejects.toThrow(/m1/);
    await hub.client.get(clusterRoles, { name: 'system:karmada:m1:agent' });
    expect(await refusal((await clientOf(world, agentKubeconfig)).get(clusters, { name: 'm1' }))).toBe('allowed');
  });
});

describe('an agent', () => {
  let agent: KubeClient;
  beforeAll(async () => {
    agent = await clientOf(world, agentKubeconfig);
    await createForeignSpace();
  });

  async function createForeignSpace(): Promise<void> {
    const name = executionSpace('foreign');
    await hub.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await hub.client.create(works, newWork('foreign', 'secret', []));
  }

  const newCluster = (name: string) => ({
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name },
    spec: { syncMode: 'Pull' as const },
  });

  const newEvent = (cluster: string) => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${cluster}.test`, namespace: 'default' },
    involvedObject: { apiVersion: 'cluster.karmada.io/v1alpha1', kind: 'Cluster', name: cluster },
    reason: 'Test',
    message: 'a test',
    type: 'Normal' as const,
  });

  test.each<[string, () => Promise<unknown>]>([
    ["reading another's Works", () => agent.list(works, { namespace: executionSpace('foreign') })],
    ['reading all Works', () => agent.list(works)],
    ["writing into another's execution space", () => agent.create(works, newWork('foreign', 'mine', []))],
    ["reading another's lease", () => agent.get(leases, { name: 'foreign', namespace: 'karmada-cluster' })],
    ["reading another's Cluster", () => agent.get(clusters, { name: 'foreign' })],
    ["deleting another's Cluster", () => agent.delete(clusters, { name: 'foreign' })],
    ['reading the bootstrap tokens', () => agent.list(secrets, { namespace: 'kube-system' })],
    ['reading all namespaces', () => agent.list(namespaces)],
    ['writing cluster-info', () => agent.delete(configMaps, { namespace: 'kube-public', name: 'cluster-info' })],
  ])('is refused %s', async (_, attempt) => {
    expect(await refusal(attempt())).toBe('forbidden');
  });

  test("is refused creating another's Cluster, and telling events about it", async () => {
    await eventually("creating another's Cluster is refused", async () => {
      const outcome = await refusal(agent.create(clusters, newCluster('foreign'), { dryRun: true }));
      return outcome !== 'allowed';
    });
    expect(await refusal(agent.create(clusters, newCluster('foreign')))).toBe('forbidden');
    expect(await refusal(agent.create(events, newEvent('foreign')))).toBe('forbidden');
    expect(await refusal(agent.create(events, newEvent('m1')))).toBe('allowed');
  });

  test('may read its own', async () => {
    await agent.list(works, { namespace: executionSpace('m1') });
    await agent.get(leases, { name: 'm1', namespace: 'karmada-cluster' });
  });
});

describe('somebody without credentials', () => {
  const anonymous = () => clientFor(world, { transport: { server: hub.server, caPem: hub.caPem } });

  test('may read cluster-info and nothing else', async () => {
    const key = { namespace: 'kube-public', name: 'cluster-info' };
    expect(await refusal(anonymous().get(configMaps, key))).toBe('allowed');
    expect(await refusal(anonymous().list(configMaps, { namespace: 'kube-public' }))).toBe('forbidden');
    expect(await refusal(anonymous().get(secrets, { namespace: 'kube-system', name: 'x' }))).toBe('forbidden');
    expect(await refusal(anonymous().list(clusters))).toBe('forbidden');
  });
});

describe('a bootstrap token', () => {
  test('may ask for a certificate and no more, and not once it is deleted', async () => {
    const token = await createToken(hub);
    const holder = clientFor(world, { transport: { server: hub.server, caPem: hub.caPem, token } });
    await eventually('the token is known', async () => {
      await holder.raw({ method: 'GET', path: '/apis/certificates.k8s.io/v1/certificatesigningrequests' });
      return true;
    });
    expect(await refusal(holder.list(secrets, { namespace: 'kube-system' }))).toBe('forbidden');
    expect(await refusal(holder.list(clusters))).toBe('forbidden');
    const name = `bootstrap-token-${token.split('.')[0]}`;
    await hub.client.delete(secrets, { namespace: 'kube-system', name });
    await eventually('the token is refused', async () =>
      holder.raw({ method: 'GET', path: '/apis/certificates.k8s.io/v1/certificatesigningrequests' }).then(
        () => false,
        (error: { code?: number }) => error.code === 401,
      ),
    );
  });
});
