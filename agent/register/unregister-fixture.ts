import { leases } from '../../shared/apis/coordination/v1.ts';
import { namespaces, secrets, serviceAccounts } from '../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { clusterRoleBindings, clusterRoles } from '../../shared/apis/rbac/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { putCluster } from '../../shared/controller/put-cluster.ts';
import { runInFakeTime } from '../../shared/controller/run-in-fake-time.ts';
import { renderAgentManifests } from './agent-manifests.ts';
import { unregister } from './unregister.ts';
import type { UnregisterDeps, UnregisterOptions } from './unregister-options.ts';

/** For tests: cluster m1 with two Works on a hub, its agent in the member, and `pullet unregister m1` between them in time that stands still. */
export interface UnregisterFixture {
  hub: FakeKube;
  member: FakeKube;
  /** What the command has printed. */
  lines: string[];
  /** Those with which it went to the hub by itself. */
  kubeconfigs: string[];
  /** From now on an agent lets each deleted Work go. */
  agentWorks(): void;
  newDeps(change?: Partial<UnregisterDeps>): UnregisterDeps;
  /** The same for somebody without an administrator's kubeconfig. */
  withoutHub(): UnregisterDeps;
  run(options?: UnregisterOptions, deps?: UnregisterDeps): Promise<void>;
}

export function newUnregisterFixture(hub = newFilledHub(), member = newFilledMember()): UnregisterFixture {
  const clock = newFakeClock();
  const fixture: UnregisterFixture = {
    hub,
    member,
    lines: [],
    kubeconfigs: [],
    agentWorks: () => {
      const informer = hub.newInformer({ client: hub.client, type: works, clock, log: undefined as never });
      informer.addHandler(({ object, deleted }) => {
        if (deleted || !object.metadata.deletionTimestamp) return;
        queueMicrotask(() => hub.put(works, { ...object, metadata: { ...object.metadata, finalizers: [] } }));
      });
    },
    newDeps: (change = {}) => ({
      member: member.client,
      hub: hub.client,
      newHubClient: async (kubeconfig) => {
        fixture.kubeconfigs.push(kubeconfig);
        return hub.client;
      },
      print: (line) => fixture.lines.push(line),
      clock,
      ...change,
    }),
    withoutHub: () => {
      const { hub: _, ...rest } = fixture.newDeps();
      return rest;
    },
    run: (options = unregisterOptions(), deps = fixture.newDeps()) =>
      runInFakeTime(clock, unregister(options, deps, new AbortController().signal), 100),
  };
  return fixture;
}

export function unregisterOptions(change: Partial<UnregisterOptions> = {}): UnregisterOptions {
  return {
    clusterName: 'm1',
    namespace: 'karmada-system',
    agentName: 'karmada-agent',
    clusterNamespace: 'karmada-cluster',
    waitMs: 60_000,
    ...change,
  };
}

const deploymentsType = { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespaced: true };

function newFilledHub(): FakeKube {
  const hub = newFakeKube();
  hub.put(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'karmada-es-m1' } });
  putCluster(hub, 'Pull');
  for (const name of ['a', 'b']) {
    const metadata = { name, namespace: 'karmada-es-m1', finalizers: ['karmada.io/execution-controller'] };
    hub.put(works, {
      apiVersion: 'work.karmada.io/v1alpha1',
      kind: 'Work',
      metadata,
      spec: { workload: { manifests: [{ kind: 'ConfigMap' }] } },
    } as KubeObject);
  }
  hub.put(clusterRoles, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'system:karmada:m1:agent' },
  });
  return hub;
}

function newFilledMember(): FakeKube {
  const member = newFakeKube();
  const manifests = renderAgentManifests({
    clusterName: 'm1',
    namespace: 'karmada-system',
    clusterNamespace: 'karmada-cluster',
    image: 'i',
    replicas: 1,
    apiEndpoint: '',
  });
  const types = {
    ClusterRole: clusterRoles,
    ClusterRoleBinding: clusterRoleBindings,
    ServiceAccount: serviceAccounts,
  } as Record<string, typeof clusterRoles>;
  for (const manifest of manifests) member.put(types[manifest.kind] ?? deploymentsType, manifest);
  const data = { 'karmada-kubeconfig': Buffer.from('the agent’s').toString('base64') };
  member.put(secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'karmada-kubeconfig', namespace: 'karmada-system' },
    data,
  } as KubeObject);
  const labels = { 'karmada.io/system': 'true' };
  member.put(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'karmada-cluster', labels } });
  const state = { name: 'pullet-state-head', namespace: 'karmada-system', labels: { 'pullet.io/state': 'head' } };
  member.put(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: state });
  const lease = { name: 'pullet-agent', namespace: 'karmada-system' };
  member.put(leases, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: lease });
  return member;
}
