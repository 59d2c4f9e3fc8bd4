import { beforeEach, describe, expect, test } from 'vitest';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { namespaces, secrets, serviceAccounts } from '../../shared/apis/core/v1.ts';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { clusterRoleBindings } from '../../shared/apis/rbac/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { newUnregisterFixture, unregisterOptions as options, type UnregisterFixture } from './unregister-fixture.ts';

let hub: FakeKube;
let member: FakeKube;
let lines: string[];
let kubeconfigs: string[];
let agentWorks: UnregisterFixture['agentWorks'];
let newDeps: UnregisterFixture['newDeps'];
let withoutHub: UnregisterFixture['withoutHub'];
let run: UnregisterFixture['run'];

beforeEach(() => {
  ({ hub, member, lines, kubeconfigs, agentWorks, newDeps, withoutHub, run } = newUnregisterFixture());
});

const writes = (kube: FakeKube) => kube.requests.filter((request) => !/^(get|list)/.test(request));

describe('unregister', () => {
  test('takes Works first, then the Cluster, the rights, and the agent', async () => {
    agentWorks();
    await run();
    expect(writes(hub).slice(0, 4)).toEqual([
      'delete works.work.karmada.io karmada-es-m1/a',
      'delete works.work.karmada.io karmada-es-m1/b',
      'delete clusters.cluster.karmada.io m1',
      'delete clusterrolebindings.rbac.authorization.k8s.io system:karmada:m1:agent',
    ]);
    expect(member.list('deployments.apps')).toEqual([]);
    expect([member.list('secrets'), member.list('leases.coordination.k8s.io')]).toEqual([[], []]);
    expect(member.get('namespaces', 'karmada-cluster')).toBeUndefined();
    expect(lines).toContain('Successfully delete cluster object (m1) from control plane.');
    expect(lines).toContain(
      'Successfully delete resource ({Deployment karmada-agent karmada-system}) from member cluster (m1).',
    );
  });

  test('touches nothing else while a Work is still there, and says so in the end', async () => {
    await expect(run()).rejects.toThrow(/2 Works of m1 still there \(a, b\).*--force/s);
    expect(lines).toEqual(['Waiting for the agent to let go of 2 Works, 57 s at most']);
    expect(hub.get('clusters.cluster.karmada.io', 'm1')?.metadata.deletionTimestamp).toBeUndefined();
    expect(writes(member)).toEqual([]);
  });

  test('forced, gives up the Works, says what stays, and goes on', async () => {
    await run(options({ isForced: true }));
    expect(hub.list('works.work.karmada.io')).toEqual([]);
    expect(hub.get('clusters.cluster.karmada.io', 'm1')).toBeUndefined();
    expect(lines.filter((line) => line.includes('given up'))).toHaveLength(2);
    expect(member.list('deployments.apps')).toEqual([]);
    expect(member.list('secrets').map(({ metadata }) => metadata.name)).toEqual(['pullet-state-head']);
    expect(lines).toContain(
      'Left behind in the member, as the record of what stays: {Secret pullet-state-head karmada-system}',
    );
  });

  test('forced, does not wait for ever for a Work that somebody else holds, and says who', async () => {
    const work = hub.get('works.work.karmada.io', 'karmada-es-m1/a') as KubeObject;
    const finalizers = ['karmada.io/execution-controller', 'example.com/theirs'];
    hub.put(works, { ...work, metadata: { ...work.metadata, finalizers } } as KubeObject);
    await expect(run(options({ isForced: true }))).rejects.toThrow(/karmada-es-m1\/a waits for example.com\/theirs/);
    expect(hub.get('works.work.karmada.io', 'karmada-es-m1/a')?.metadata.finalizers).toEqual(['example.com/theirs']);
    expect(lines.filter((line) => line.includes('given up'))).toHaveLength(2);
    expect(hub.get('clusters.cluster.karmada.io', 'm1')?.metadata.deletionTimestamp).toBeUndefined();
  });

  test.each([
    ['an administrator’s credentials', true],
    ['the agent’s', false],
  ])('keeping workloads, with %s, no Work is deleted that would take its objects along', async (_what, isAdmin) => {
    const preserved: unknown[] = [];
    hub.before = (request) => {
      const [verb, resource = '', key = ''] = request.split(' ');
      const work = verb === 'delete' && resource.startsWith('works') ? hub.get(resource, key) : undefined;
      if (work) preserved.push((work['spec'] as { preserveResourcesOnDeletion?: boolean }).preserveResourcesOnDeletion);
    };
    agentWorks();
    await run(options({ keepsWorkloads: true }), isAdmin ? newDeps() : withoutHub());
    expect(preserved).toEqual([true, true]);
    expect(hub.get('clusters.cluster.karmada.io', 'm1')).toBeUndefined();
  });

  test('keeping workloads, takes up a Work again that somebody changed meanwhile', async () => {
    agentWorks();
    let isChanged = false;
    hub.before = (request) => {
      if (isChanged || request !== 'update works.work.karmada.io karmada-es-m1/a') return;
      isChanged = true;
      hub.put(works, { ...hub.get('works.work.karmada.io', 'karmada-es-m1/a') } as KubeObject);
    };
    await run(options({ keepsWorkloads: true }));
    expect(hub.requests.filter((request) => request.startsWith('update works') && request.endsWith('/a'))).toHaveLength(
      2,
    );
    expect(hub.get('clusters.cluster.karmada.io', 'm1')).toBeUndefined();
  });

  test('forced, works without the member and says what it left there', async () => {
    const { member: _, ...deps } = newDeps();
    await run(options({ isForced: true }), deps);
    expect(hub.get('clusters.cluster.karmada.io', 'm1')).toBeUndefined();
    expect(lines.at(-1)).toContain('Left behind in the member: ');
  });

  test('without an administrator’s kubeconfig uses the agent’s, and its rights end with the Cluster', async () => {
    agentWorks();
    hub.before = (request) => {
      if (request.startsWith('get clusters') && !hub.get('clusters.cluster.karmada.io', 'm1'))
        throw newForbidden({ resource: 'clusters' }, 'gone');
    };
    await run(options(), withoutHub());
    expect(kubeconfigs).toEqual(['the agent’s']);
    expect(writes(hub).some((request) => request.includes('rolebindings'))).toBe(false);
    expect(member.list('secrets')).toEqual([]);
  });

  test.each<[string, (kube: FakeKube) => void]>([
    [
      'another cluster’s account',
      (kube) =>
        kube.put(serviceAccounts, {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'karmada-other', namespace: 'karmada-cluster' },
        }),
    ],
    [
      'a hub’s own leases',
      (kube) =>
        kube.put(leases, {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name: 'm2', namespace: 'karmada-cluster' },
        }),
    ],
    [
      'somebody’s Secret',
      (kube) =>
        kube.put(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: 'karmada-cluster' } }),
    ],
  ])('keeps the namespace of credentials where there is %s', async (_what, prepare) => {
    agentWorks();
    prepare(member);
    await run();
    expect(member.get('namespaces', 'karmada-cluster')).toBeDefined();
  });

  test('lists all of it and changes nothing in a dry run', async () => {
    await run(options({ isDryRun: true }));
    expect([...writes(hub), ...writes(member)]).toEqual([]);
    expect(lines).toEqual([
      'Would delete Work karmada-es-m1/a and its objects in the member',
      'Would delete Work karmada-es-m1/b and its objects in the member',
      'Would delete Cluster m1 from the hub',
      'Would delete {ClusterRole system:karmada:m1:agent} from the hub',
      'Would delete {Deployment karmada-agent karmada-system} from the member',
      'Would delete {ServiceAccount karmada-agent-sa karmada-system} from the member',
      'Would delete {ClusterRoleBinding karmada-agent} from the member',
      'Would delete {ClusterRole karmada-agent} from the member',
      'Would delete {Lease pullet-agent karmada-system} from the member',
      'Would delete {Secret karmada-kubeconfig karmada-system} from the member',
      'Would delete {Secret pullet-state-head karmada-system} from the member',
      'Would delete {Namespace karmada-cluster} from the member',
    ]);
  });

  test('sets a name free that was claimed and never used', async () => {
    hub = newFakeKube();
    ({ run } = newUnregisterFixture(hub));
    const labels = { 'karmada.io/system': 'true' };
    hub.put(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'karmada-es-m1', labels } });
    hub.put(leases, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'm1', namespace: 'karmada-cluster' },
    });
    await run();
    expect(hub.get('namespaces', 'karmada-es-m1')).toBeUndefined();
    expect(hub.list('leases.coordination.k8s.io')).toEqual([]);
  });

  test('refuses a cluster in push mode, and one that nobody knows', async () => {
    hub.put(clusters, { ...hub.get('clusters.cluster.karmada.io', 'm1')!, spec: { syncMode: 'Push' } } as KubeObject);
    await expect(run()).rejects.toThrow('pullet unjoin m1');
    await expect(run(options({ clusterName: 'x' }), newDeps({ member: newFakeKube().client }))).rejects.toThrow(
      'no cluster object x found in karmada control Plane',
    );
  });

  test('does not take the agent of another cluster for that of the name, which may be mistyped', async () => {
    await expect(run(options({ clusterName: 'm2' }), withoutHub())).rejects.toThrow(
      /agent in karmada-system of the member is that of cluster "m1", not of "m2"/,
    );
    expect([...writes(hub), ...writes(member)]).toEqual([]);
  });

  test('leaves the agent of another cluster in the member, where the hub is named', async () => {
    hub.put(clusters, { ...hub.get('clusters.cluster.karmada.io', 'm1')!, metadata: { name: 'm2' } } as KubeObject);
    await run(options({ clusterName: 'm2' }));
    expect(hub.get('clusters.cluster.karmada.io', 'm2')).toBeUndefined();
    expect(member.list('deployments.apps')).toHaveLength(1);
    expect(member.list('secrets').map(({ metadata }) => metadata.name)).toEqual([
      'karmada-kubeconfig',
      'pullet-state-head',
    ]);
    expect(lines.join('\n')).toContain('is that of cluster "m1", not of "m2": it is left as it is');
  });

  test.each([
    ['and takes its own account out of them', true],
    ['also where its own account may not be taken out of them', false],
  ])('leaves the rights that an agent in another namespace has by the same names, %s', async (_what, mayPatch) => {
    agentWorks();
    const account = { name: 'karmada-agent-sa', namespace: 'edge' };
    const binding = member.get('clusterrolebindings.rbac.authorization.k8s.io', 'karmada-agent')!;
    const subjects = [...(binding['subjects'] as object[]), { kind: 'ServiceAccount', ...account }];
    member.put(clusterRoleBindings, { ...binding, subjects } as KubeObject);
    member.put(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
    const patch = async (): Promise<never> => {
      throw newForbidden(clusterRoleBindings, 'no');
    };
    await run(options(), newDeps(mayPatch ? {} : { member: { ...member.client, patch } }));
    expect(member.list('deployments.apps')).toEqual([]);
    expect(member.list('secrets')).toEqual([]);
    expect(member.get('clusterroles.rbac.authorization.k8s.io', 'karmada-agent')).toBeDefined();
    expect(lines.join('\n')).toContain('by which ServiceAccount karmada-agent-sa in edge has its rights');
    const left = member.get('clusterrolebindings.rbac.authorization.k8s.io', 'karmada-agent');
    expect(left?.['subjects']).toEqual(mayPatch ? [{ kind: 'ServiceAccount', ...account }] : subjects);
    expect(lines.some((line) => line.includes('which is gone'))).toBe(!mayPatch);
  });
});
