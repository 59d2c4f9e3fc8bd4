import { beforeEach, describe, expect, test } from 'vitest';
import type { Cluster } from '../../shared/apis/cluster/v1alpha1.ts';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { newForbidden, newPathNotFound, newUnauthorized } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { TerminalError } from '../../shared/controller/controller.ts';
import { type FakeApi, newFakeApi, newFakeClock } from '../work/fake-world.ts';
import { ensureCluster } from './ensure-cluster.ts';
import { heartbeatProblem, newHeartbeat } from './heartbeat.ts';
import { newReadyFilter, readyCondition } from './ready-condition.ts';
import { type Collected, reconcileStatus, type StatusDeps } from './status-reconcile.ts';

const { signal } = new AbortController();
const identity = { name: 'm1', syncMode: 'Pull' as const, region: 'north' };

let hub: FakeApi;
let member: FakeApi;

function putCluster(name: string, id: string): Unstructured {
  return hub.put('clusters', {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name, finalizers: ['karmada.io/cluster-controller'] },
    spec: { id, syncMode: 'Pull' },
  });
}

beforeEach(() => {
  hub = newFakeApi();
  member = newFakeApi();
  member.put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'id-1' } });
});

describe("the member's Cluster on the hub", () => {
  const ensure = (): Promise<Cluster> => ensureCluster({ hub: hub.client, member: member.client }, identity, signal);

  test('is created with the uid of kube-system as its id', async () => {
    await ensure();
    expect(hub.get('clusters', 'm1')?.['spec']).toEqual({ id: 'id-1', syncMode: 'Pull', region: 'north' });
  });

  test('is taken as it is when it is the same member, without a write', async () => {
    putCluster('m1', 'id-1');
    await ensure();
    expect(hub.requests).toEqual(['get clusters m1']);
  });

  test('is refused when the name is another member', async () => {
    putCluster('m1', 'id-2');
    await expect(ensure()).rejects.toThrow(TerminalError);
    await expect(ensure()).rejects.toThrow(
      'the cluster ID id-1 or the cluster name m1 has been registered: "m1" is the member with ID id-2',
    );
  });

  test('says what is to be done when the hub does not know the agent any more', async () => {
    hub.intercept(() => {
      throw newUnauthorized();
    });
    await expect(ensure()).rejects.toThrow('register it anew');
  });

  test.each<[string, string, Error, string]>([
    ['is no hub', 'list clusters', newPathNotFound(), 'is the kubeconfig for the hub that of the hub?'],
    [
      'knows the agent as that of another cluster',
      'get clusters m1',
      newForbidden({ resource: 'clusters' }, 'no'),
      'that of cluster "m1"?',
    ],
  ])('says what to look at when what it is told to dial %s', async (_name, refused, error, words) => {
    hub.intercept((request) => {
      if (request === refused) throw error;
    });
    await expect(ensure()).rejects.toThrow(words);
    await expect(ensure()).rejects.toMatchObject({ cause: error });
  });

  test.each<[string, string, string[]]>([
    ['is the same member, is taken', 'id-1', []],
    ['is another member, is refused', 'id-2', ['has been registered']],
  ])('that somebody else creates at the same time, and that %s', async (_name, id, refused) => {
    hub.intercept((request) => {
      if (request === 'create clusters m1') putCluster('m1', id);
    });
    const told = await ensure().then(
      () => [],
      (error: Error) => [error.message],
    );
    expect(told).toEqual(refused.map((words) => expect.stringContaining(words)));
  });

  test('is not looked for again when the hub fails to create it', async () => {
    hub.intercept((request) => {
      if (request === 'create clusters m1') throw new Error('overloaded');
    });
    await expect(ensure()).rejects.toThrow('overloaded');
    expect(hub.requests).toEqual(['get clusters m1', 'create clusters m1']);
  });

  test.each<[string, Error, boolean]>([
    ['does not let agents list clusters', newForbidden({ resource: 'clusters' }, 'no'), true],
    ['fails to list them', new Error('overloaded'), false],
  ])('of a hub that %s is created: %s', async (_name, error, isCreated) => {
    hub.intercept((request) => {
      if (request === 'list clusters') throw error;
    });
    await ensure().catch(() => undefined);
    expect(hub.get('clusters', 'm1') !== undefined).toBe(isCreated);
  });

  test('is refused when the member has another name already', async () => {
    putCluster('m2', 'id-1');
    await expect(ensure()).rejects.toThrow('this member is already registered as "m2"');
    expect(hub.get('clusters', 'm1')).toBeUndefined();
  });
});

describe('the heartbeat', () => {
  const owner = { metadata: { name: 'm1', uid: 'u' } } as Cluster;
  const newBeat = (clock = newFakeClock()) => ({
    clock,
    beat: newHeartbeat({
      hub: hub.client,
      clock,
      cluster: 'm1',
      namespace: 'karmada-cluster',
      leaseDurationSeconds: 40,
    }),
  });
  const lease = () => hub.get('leases', 'karmada-cluster/m1');

  test('creates a lease that the Cluster owns, and renews it with one request', async () => {
    const { clock, beat } = newBeat();
    await beat(owner, signal);
    expect(lease()).toMatchObject({
      metadata: { ownerReferences: [{ kind: 'Cluster', name: 'm1', uid: 'u' }] },
      spec: { holderIdentity: 'm1', leaseDurationSeconds: 40, renewTime: '2024-01-01T00:00:00.000000Z' },
    });
    hub.requests.length = 0;
    clock.advance(10_000);
    await beat(owner, signal);
    expect(lease()).toMatchObject({ spec: { renewTime: '2024-01-01T00:00:10.000000Z' } });
    expect(hub.requests).toEqual(['update leases karmada-cluster/m1']);
  });

  test('takes the lease that the hub has made', async () => {
    hub.put('leases', {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'm1', namespace: 'karmada-cluster' },
      spec: { acquireTime: 'kept' },
    });
    await newBeat().beat(owner, signal);
    expect(lease()).toMatchObject({ spec: { holderIdentity: 'm1', acquireTime: 'kept' } });
  });

  test.each<[string, () => void]>([
    ['somebody else wrote it', () => void hub.put('leases', { ...lease()!, spec: { holderIdentity: 'x' } })],
    ['somebody removed it', () => hub.remove('leases', 'karmada-cluster/m1')],
  ])('goes on when %s', async (_name, disturb) => {
    const { beat } = newBeat();
    await beat(owner, signal);
    disturb();
    await beat(owner, signal);
    expect(lease()).toMatchObject({ spec: { holderIdentity: 'm1' } });
  });

  test.each<[string, Error, string]>([
    ['an agent that was taken back', newUnauthorized(), 'register it anew'],
    ['an agent without rights', newForbidden({ resource: 'leases' }, 'no'), 'register it anew'],
    ['a hub that is away', new Error('refused'), 'could not renew the heartbeat'],
  ])('says what is to be done about %s', (_name, error, said) => {
    expect(heartbeatProblem(error)).toContain(said);
  });

  test('tells of any other error', async () => {
    hub.intercept(() => {
      throw newForbidden({ resource: 'leases' }, 'no');
    });
    await expect(newBeat().beat(owner, signal)).rejects.toThrow('leases is forbidden');
  });
});

describe('the status', () => {
  const clock = newFakeClock();
  const apis = {
    resources: [
      { groupVersion: 'v1', resource: 'pods', kind: 'Pod' },
      { groupVersion: 'v1', resource: 'pods/log', kind: 'Pod' },
      { groupVersion: 'v1', resource: 'configmaps', kind: 'ConfigMap' },
      { groupVersion: 'apps/v1', resource: 'deployments', kind: 'Deployment' },
    ],
    failed: [] as string[],
  };
  let health: 'healthy' | 'unreachable';
  let collected: Collected;
  let deps: StatusDeps;

  beforeEach(() => {
    health = 'healthy';
    collected = { kubernetesVersion: 'v1.36.2', apis };
    deps = {
      clock,
      probe: async () => health,
      filterReady: newReadyFilter({ clock, successThresholdMs: 30_000, failureThresholdMs: 30_000 }),
      collect: async () => collected,
      updateStatus: (cluster, aborted) =>
        hub.client.update(clusters, cluster, { subresource: 'status', signal: aborted }),
    };
  });

  const report = (): Promise<Cluster> => reconcileStatus(deps, hub.get('clusters', 'm1') as unknown as Cluster, signal);

  test('is written when it differs, and not again', async () => {
    putCluster('m1', 'id-1');
    await report();
    expect(hub.get('clusters', 'm1')?.['status']).toMatchObject({
      kubernetesVersion: 'v1.36.2',
      apiEnablements: [
        { groupVersion: 'apps/v1', resources: [{ name: 'deployments', kind: 'Deployment' }] },
        {
          groupVersion: 'v1',
          resources: [
            { name: 'configmaps', kind: 'ConfigMap' },
            { name: 'pods', kind: 'Pod' },
          ],
        },
      ],
      conditions: [
        { type: 'Ready', status: 'True', reason: 'ClusterReady' },
        { type: 'CompleteAPIEnablements', status: 'True', reason: 'Complete' },
      ],
    });
    clock.advance(10_000);
    await report();
    expect(hub.requests).toEqual(['update/status clusters m1']);
  });

  test('does not differ by what a server leaves out', async () => {
    collected = { resources: { nodeSummary: { totalNum: 0, readyNum: 0 }, resourceSummary: { allocatable: {} } } };
    putCluster('m1', 'id-1');
    await report();
    const stored = hub.get('clusters', 'm1')!;
    const { conditions } = stored['status'] as { conditions: object[] };
    hub.put('clusters', { ...stored, status: { conditions } });
    hub.requests.length = 0;
    await report();
    expect(hub.requests).toEqual([]);
  });

  test('does not differ by what a server leaves out within a list', async () => {
    putCluster('m1', 'id-1');
    await report();
    const stored = hub.get('clusters', 'm1')!;
    const { conditions = [] } = stored['status'] as { conditions?: object[] };
    const told = conditions.map((condition) => ({ ...condition, observedGeneration: 0 }));
    hub.put('clusters', { ...stored, status: { ...(stored['status'] as object), conditions: told } });
    hub.requests.length = 0;
    await report();
    expect(hub.requests).toEqual([]);
  });

  test('says which part of the APIs is missing', async () => {
    collected = { apis: { ...apis, failed: ['metrics.k8s.io/v1beta1'] } };
    putCluster('m1', 'id-1');
    expect((await report()).status?.conditions?.[1]).toMatchObject({
      status: 'False',
      reason: 'Partial',
      message: 'might collect partial APIEnablements(2) from the cluster',
    });
  });

  test("overwrites the hub's Unknown in the next look", async () => {
    putCluster('m1', 'id-1');
    await report();
    const stored = hub.get('clusters', 'm1')!;
    const unknown = { ...readyCondition('healthy', undefined, 0), status: 'Unknown', reason: 'ClusterStatusUnknown' };
    hub.put('clusters', { ...stored, status: { ...(stored['status'] as object), conditions: [unknown] } });
    clock.advance(50_000);
    expect((await report()).status?.conditions?.[0]).toMatchObject({ status: 'True', reason: 'ClusterReady' });
  });

  test('of a member that is gone changes nothing but the condition', async () => {
    putCluster('m1', 'id-1');
    await report();
    health = 'unreachable';
    for (const _cycle of [1, 2, 3, 4, 5]) {
      await report();
      clock.advance(10_000);
    }
    const { kubernetesVersion, conditions } = hub.get('clusters', 'm1')!['status'] as Cluster['status'] & object;
    expect(kubernetesVersion).toBe('v1.36.2');
    expect(conditions?.[0]).toMatchObject({ type: 'Ready', status: 'False', reason: 'ClusterNotReachable' });
  });
});
