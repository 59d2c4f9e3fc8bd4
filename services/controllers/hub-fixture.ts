import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { configMaps, namespaces, pods, secrets } from '../../shared/apis/core/v1.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import { roleBindings } from '../../shared/apis/rbac/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { type FakeClock, newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import type { BootstrapTokenRecord } from '../../shared/pki/bootstrap-token.ts';
import { type CertificateAuthority, newCa } from '../../shared/pki/x509.ts';
import { type HubControllerOptions, newHubControllers } from './controllers.ts';

/** For tests: the hub's controllers as a set, as the hub runs them, on the shared worker loop, an API in memory and a clock that stands still. */
export interface HubFixture {
  kube: FakeKube;
  clock: FakeClock;
  start(options?: Partial<HubControllerOptions>): Promise<void>;
  stop(): Promise<void>;
  /**
   * Time stands still and turns of the event loop go by until the condition holds: keys and signatures are made on threads of their own. Throws after 5 s
   * of real time.
   */
  until(isSo: () => boolean): Promise<void>;
}

export const FIXTURE_NOW = Date.UTC(2026, 0, 1);
/** The token that newcomers ask with; without limits. */
export const FIXTURE_TOKEN: BootstrapTokenRecord = {
  token: { id: 'abcdef', secret: '0123456789abcdef' },
  usages: ['signing', 'authentication'],
  groups: ['system:bootstrappers:pullet:default-cluster-token'],
  description: '',
};
const PATIENCE_MS = 5000;

let authority: Promise<CertificateAuthority> | undefined;

export async function newHubFixture(): Promise<HubFixture> {
  authority ??= newCa({ commonName: 'hub', days: 100, now: FIXTURE_NOW });
  const ca = await authority;
  const kube = newFakeKube();
  const clock = newFakeClock(FIXTURE_NOW);
  const ending = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  describeApi(kube);
  kube.answer = (_resource, review) => ({ ...review, status: { allowed: true } });
  const until = async (isSo: () => boolean): Promise<void> => {
    const deadline = Date.now() + PATIENCE_MS;
    do await clock.advance(0);
    while (!isSo() && Date.now() < deadline);
    await clock.advance(0);
    if (!isSo()) throw new Error(`still not so: ${isSo}`);
  };
  return {
    kube,
    clock,
    until,
    start: async (options = {}) => {
      const deps = { client: kube.client, newInformer: kube.newInformer, newController, clock, log: silentLogger };
      const defaults = { isEmbedded: true, signsClusterInfo: true, signing: { ca: () => ca } };
      ended = newHubControllers(deps, { ...defaults, ...options }).run(ending.signal);
      for (let turn = 0; turn < 3; turn++) await clock.advance(0);
    },
    stop: async () => {
      ending.abort();
      await ended;
    },
  };
}

/** Discovery, of a handful of resources. */
function describeApi({ documents }: FakeKube): void {
  const groups: Record<string, ResourceType[]> = {
    'cluster.karmada.io/v1alpha1': [clusters],
    'work.karmada.io/v1alpha1': [works],
    'rbac.authorization.k8s.io/v1': [roleBindings],
    'coordination.k8s.io/v1': [leases],
  };
  const group = (groupVersion: string) => ({ preferredVersion: { groupVersion }, versions: [{ groupVersion }] });
  documents.set('/api', { versions: ['v1'] });
  documents.set('/api/v1', resourceList([configMaps, secrets, namespaces, pods]));
  documents.set('/apis', { groups: Object.keys(groups).map(group) });
  for (const [name, types] of Object.entries(groups)) documents.set(`/apis/${name}`, resourceList(types));
}

function resourceList(types: ResourceType[]): object {
  const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
  return { resources: types.map(({ resource, kind, namespaced }) => ({ name: resource, kind, namespaced, verbs })) };
}

/** Cluster m1, with that Ready condition if one is given. */
export function newTestCluster(ready?: 'True' | 'False' | 'Unknown'): Cluster {
  const lastTransitionTime = '2026-01-01T00:00:00Z';
  const conditions = ready ? [{ type: 'Ready', status: ready, reason: 'R', message: '', lastTransitionTime }] : [];
  return {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'm1' },
    spec: { syncMode: 'Pull', id: 'member-uid' },
    ...(ready ? { status: { conditions } } : {}),
  };
}

/** What the API has of a Cluster. */
export function readCluster(kube: FakeKube, name = 'm1'): Cluster | undefined {
  return kube.get('clusters.cluster.karmada.io', name) as unknown as Cluster | undefined;
}

export function readyCondition(kube: FakeKube, name = 'm1'): Condition | undefined {
  return readCluster(kube, name)?.status?.conditions?.find(({ type }) => type === 'Ready') as Condition | undefined;
}

export function taintKeys(kube: FakeKube, name = 'm1'): string[] {
  return (readCluster(kube, name)?.spec.taints ?? []).map(({ key }) => key);
}

/** Somebody reports a Ready condition. */
export function report(kube: FakeKube, ready: 'True' | 'False'): void {
  kube.put(clusters, { ...readCluster(kube), status: newTestCluster(ready).status } as Cluster);
}
