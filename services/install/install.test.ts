import { beforeEach, describe, expect, test } from 'vitest';
import { certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, namespaces, secrets, serviceAccounts } from '../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { TransportError } from '../../shared/client/transport.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { runInFakeTime } from '../../shared/controller/run-in-fake-time.ts';
import { clusterInfoKubeconfig } from './cluster-info.ts';
import { type InstallOptions, install } from './install.ts';
import { uninstall } from './uninstall.ts';

const HUB = 'https://hub.example.com:6443';
const APISERVICE = '/apis/apiregistration.k8s.io/v1/apiservices/v1alpha1.cluster.karmada.io';
const clock = newFakeClock();
let kube: FakeKube;
let lines: string[];

beforeEach(() => {
  kube = newCluster();
  lines = [];
});

/** Whose tokens are accepted, whose cluster-info anybody may read, and whose requests are answered. */
function newCluster(): FakeKube {
  const cluster = newFakeKube();
  cluster.documents.set('/version', { gitVersion: 'v1.32.1' });
  cluster
    .newInformer({ client: cluster.client, type: certificateSigningRequests, clock, log: undefined as never })
    .addHandler(({ object, deleted }) => {
      if (deleted || object.status?.conditions?.length !== 1) return;
      const status = { conditions: [...object.status.conditions, { type: 'Failed', status: 'True' }] };
      queueMicrotask(() => cluster.put(certificateSigningRequests, { ...object, status } as KubeObject));
    });
  return cluster;
}

const deployment = { image: 'hub:1', replicas: 2 };
const withControl = { deployment: { ...deployment, servesControl: true } };
async function runInstall(change: Partial<InstallOptions> = {}, where: 'here' | 'elsewhere' = 'here'): Promise<void> {
  const clusterInfo = { server: HUB, caPem: 'ca', isOverwriting: false };
  const options = { clusterInfo, ...(where === 'here' ? { deployment } : {}), isDryRun: false };
  const deps = { client: kube.client, newClient: () => kube.client, clock, print: (line: string) => lines.push(line) };
  return runInFakeTime(clock, install({ ...options, ...change }, deps, new AbortController().signal), 100);
}

async function runUninstall(isDryRun = false): Promise<void> {
  const deps = { client: kube.client, clock, print: (line: string) => lines.push(line) };
  return runInFakeTime(clock, uninstall({ isDryRun }, deps, new AbortController().signal), 100);
}

const writes = () => kube.requests.filter((request) => !/^(get|list|raw)/.test(request));
/** The fake has no controller that empties namespaces. */
const namespaceIsEmptied = () =>
  kube
    .newInformer({ client: kube.client, type: namespaces, clock, log: undefined as never })
    .addHandler(({ object, deleted }) => {
      if (deleted || !object.metadata.deletionTimestamp) return;
      queueMicrotask(() => kube.put(namespaces, { ...object, spec: {} } as KubeObject));
    });
const everything = () =>
  [
    ...['customresourcedefinitions.apiextensions.k8s.io', 'namespaces', 'serviceaccounts', 'configmaps'],
    ...['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'].map(
      (one) => `${one}.rbac.authorization.k8s.io`,
    ),
    ...['validatingadmissionpolicies', 'validatingadmissionpolicybindings'].map(
      (one) => `${one}.admissionregistration.k8s.io`,
    ),
    'deployments.apps',
    'services',
    'secrets',
    'certificatesigningrequests.certificates.k8s.io',
  ].flatMap((resource) =>
    kube.list(resource).map(({ metadata }) => `${resource} ${metadata.namespace ?? ''}/${metadata.name}`),
  );
const put = (type: ResourceType, metadata: KubeObject['metadata'], fields: object = {}) =>
  kube.put(type, { apiVersion: 'v1', kind: type.kind, metadata, ...fields });

describe('an installation', () => {
  test('makes everything, and leaves nothing of its checks', async () => {
    await runInstall();
    expect(everything()).toEqual(
      expect.arrayContaining([
        'customresourcedefinitions.apiextensions.k8s.io /clusters.cluster.karmada.io',
        'configmaps kube-public/cluster-info',
        'deployments.apps pullet-system/pullet-hub',
        'validatingadmissionpolicybindings.admissionregistration.k8s.io /pullet-agents-write-their-own',
      ]),
    );
    expect([kube.list('secrets'), kube.list('certificatesigningrequests.certificates.k8s.io')]).toEqual([[], []]);
  });

  test('run again changes nothing but an image that is another', async () => {
    await runInstall();
    [kube.requests, lines] = [[], []];
    await runInstall({ deployment: { ...deployment, image: 'hub:2' } });
    const changed = writes().filter((request) => !/certificatesigningrequests|secrets/.test(request));
    expect(changed).toEqual(['patch deployments.apps pullet-system/pullet-hub']);
    expect(lines.filter((line) => line.endsWith('configured'))).toEqual([
      'deployment.apps/pullet-hub in pullet-system configured',
    ]);
  });

  test('of a hub with the control-plane API leaves its certificate when it is run again', async () => {
    await runInstall(withControl);
    const where = 'pullet-system/pullet-hub-control';
    expect(everything()).toEqual(expect.arrayContaining([`services ${where}`, `secrets ${where}`]));
    const filled = { ...kube.get('secrets', where), data: { 'tls.crt': 'YQ==' } } as unknown as KubeObject;
    kube.put(secrets, filled);
    lines = [];
    await runInstall(withControl);
    expect(kube.get('secrets', where)?.['data']).toEqual({ 'tls.crt': 'YQ==' });
    expect(lines.filter((line) => !line.includes('unchanged'))).toEqual([]);
  });

  test('in a dry run changes nothing, and says what it would', async () => {
    await runInstall({ isDryRun: true });
    expect(writes()).toEqual([]);
    expect(lines).toContain('clusterrole.rbac.authorization.k8s.io/pullet-hub created (dry run)');
  });

  test('interrupted before any request, can be run again', async () => {
    await runInstall();
    const [all, total] = [everything(), kube.requests.length];
    for (let failing = 0; failing < total; failing++) {
      kube = newCluster();
      let count = 0;
      kube.before = () => {
        if (count++ >= failing) throw new TransportError('cut');
      };
      await runInstall().catch(() => undefined);
      kube.before = () => undefined;
      await runInstall();
      // A request that could not be taken back ends by itself: the token within a minute, and of no use to anybody.
      const kept = everything().filter((one) => !/^(secrets|certificatesigningrequests)/.test(one));
      expect(kept).toEqual(expect.arrayContaining(all));
      expect(kept).toHaveLength(all.length);
    }
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'a Karmada control plane',
      () => kube.documents.set(APISERVICE, { spec: { service: { name: 'karmada-aggregated-apiserver' } } }),
      /Karmada control plane/,
    ],
    ['a hub of our own', () => kube.documents.set('/version', { gitVersion: 'v1.36.0+pullet.0.1.0' }), /embedded API/],
    ['an older Kubernetes', () => kube.documents.set('/version', { gitVersion: 'v1.29.4' }), /v1\.30 or newer/],
  ])('refuses %s before it has made anything', async (_what, prepare, message) => {
    prepare();
    await expect(runInstall()).rejects.toThrow(message);
    expect(writes()).toEqual([]);
  });

  test('says what the API server lacks, when all is made', async () => {
    kube = newFakeKube();
    kube.documents.set('/version', { gitVersion: 'v1.32.1' });
    await expect(runInstall()).rejects.toThrow(/everything is installed, but.*Nobody signs certificates/s);
    expect(everything()).toContain('deployments.apps pullet-system/pullet-hub');
  });

  test('of a hub that runs elsewhere only mentions that nobody signs: the hub may', async () => {
    kube = newFakeKube();
    kube.documents.set('/version', { gitVersion: 'v1.32.1' });
    await runInstall({}, 'elsewhere');
    expect(lines.at(-1)).toContain('or give these two flags to `pullet hub`');
  });
});

describe('an uninstallation', () => {
  test('takes back all of it', async () => {
    namespaceIsEmptied();
    await runInstall(withControl);
    await runUninstall();
    expect(everything()).toEqual([]);
    expect(lines).toContain('configmap/cluster-info in kube-public deleted');
  });

  test('in a dry run takes back nothing', async () => {
    await runInstall();
    kube.requests = [];
    await runUninstall(true);
    expect(writes()).toEqual([]);
    expect(lines.at(-1)).toMatch(/deleted \(dry run\)$/);
  });

  test('leaves what was there before, what others put into its namespaces, and cluster-info as it was', async () => {
    namespaceIsEmptied();
    put(namespaces, { name: 'karmada-system' });
    const data = { kubeconfig: clusterInfoKubeconfig({ server: 'https://kubeadm:6443', caPem: 'ca' }) };
    put(configMaps, { name: 'cluster-info', namespace: 'kube-public' }, { data });
    await runInstall({ clusterInfo: { server: HUB, caPem: 'ca', isOverwriting: true } });
    expect(kube.get('configmaps', 'kube-public/cluster-info')?.['data']).not.toEqual(data);
    put(serviceAccounts, { name: 'karmada-m1', namespace: 'karmada-cluster' });
    await runUninstall();
    expect(everything()).toEqual([
      'namespaces /karmada-system',
      'namespaces /karmada-cluster',
      'serviceaccounts karmada-cluster/karmada-m1',
      'configmaps kube-public/cluster-info',
    ]);
    expect(kube.get('configmaps', 'kube-public/cluster-info')?.['data']).toEqual(data);
    expect(lines).toContain('namespace/karmada-system kept: it was not made by pullet');
    expect(lines).toContain('namespace/karmada-cluster kept: it holds what is not ours: ServiceAccount karmada-m1');
  });

  test.each<[string, () => unknown, RegExp]>([
    ['a cluster is joined', () => put(clusters, { name: 'm1' }), /clusters are joined: m1\n.*pullet unregister/s],
    [
      'a cluster has registered',
      () => put(namespaces, { name: 'karmada-es-m2', labels: { 'karmada.io/system': 'true' } }),
      /no Cluster \(yet\): m2/,
    ],
    ['there are Works', () => put(works, { name: 'w', namespace: 'x' }), /still Works: x\/w/],
  ])('refuses while %s, and names them', async (_what, prepare, message) => {
    await runInstall();
    prepare();
    kube.requests = [];
    await expect(runUninstall()).rejects.toThrow(message);
    expect(writes()).toEqual([]);
  });

  test('interrupted before any request, can be run again', async () => {
    namespaceIsEmptied();
    await runInstall();
    kube.requests = [];
    await runUninstall();
    const total = kube.requests.length;
    for (let failing = 0; failing < total; failing++) {
      kube = newCluster();
      namespaceIsEmptied();
      await runInstall();
      let count = 0;
      kube.before = () => {
        if (count++ >= failing) throw new TransportError('cut');
      };
      await runUninstall().catch(() => undefined);
      kube.before = () => undefined;
      await runUninstall();
      expect(everything()).toEqual([]);
    }
  });
});
