import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Cluster, type ClusterSpec, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { namespaces, secrets } from '../../shared/apis/core/v1.ts';
import { newUnauthorized } from '../../shared/apis/meta/status-error.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import { type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import { ProxyError } from '../../shared/client/proxy.ts';
import { TransportError } from '../../shared/client/transport.ts';
import type { TransportOptions } from '../../shared/client/transport-options.ts';
import { type FakeClock, newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { keyOf } from '../../shared/controller/store.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import { newCa } from '../../shared/pki/x509.ts';
import { runPush } from './controller.ts';

const ca = await newCa({ commonName: 'member', days: 1, now: Date.now() });
const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

interface Dialled {
  options: TransportOptions;
  member: FakeKube;
  isClosed: boolean;
}

let hub: FakeKube;
let clock: FakeClock;
let dialled: Dialled[];
let stopping: AbortController;
let ended: Promise<void>;
/** What `/readyz` of a member does; by its endpoint. */
let readyz: Map<string, () => Error>;

beforeEach(() => {
  hub = newFakeKube();
  clock = newFakeClock();
  dialled = [];
  readyz = new Map();
  stopping = new AbortController();
  const newMemberClient = (options: TransportOptions) => {
    if (!URL.canParse(options.server)) throw new Error(`"${options.server}" is not the address of a server`);
    const entry = { options, member: newMember(options.server), isClosed: false };
    dialled.push(entry);
    entry.member.client.close = async () => {
      entry.isClosed = true;
    };
    return entry.member.client;
  };
  const apiOf = (client: unknown): FakeKube =>
    client === hub.client ? hub : (dialled.find(({ member }) => member.client === client)?.member ?? hub);
  const thresholds = { statusUpdateFrequencyMs: 10_000, successThresholdMs: 30_000, failureThresholdMs: 30_000 };
  ended = runPush(
    {
      hub: hub.client,
      newMemberClient,
      newInformer: (options) => apiOf(options.client).newInformer(options),
      newController,
      clock,
      log: silentLogger,
    },
    { ...thresholds, concurrentWorkSyncs: 1, allowedExecPlugins: ['cat'] },
    stopping.signal,
  );
});

afterEach(async () => {
  stopping.abort();
  await ended;
});

function newMember(server: string): FakeKube {
  const member = newFakeKube();
  const documents = { '/version': { gitVersion: 'v1.36.0' }, '/api': { versions: [] }, '/apis': { groups: [] } };
  for (const [path, document] of Object.entries({ ...documents, '/readyz': 'ok' }))
    member.documents.set(path, document);
  const { raw } = member.client;
  member.client.raw = async (request) => {
    const failure = request.path === '/readyz' ? readyz.get(server) : undefined;
    if (failure) throw failure();
    return raw(request);
  };
  return member;
}

/** What a client was told of the member, with the credentials that it would use now. */
async function shown(index: number): Promise<object> {
  const { credentials, ...options } = dialled[index]?.options ?? { server: '' };
  return { ...options, ...(await credentials?.(false)) };
}

function newCluster(name: string, spec: Partial<ClusterSpec> = {}): Cluster {
  const secretRef = { namespace: 'karmada-cluster', name };
  return {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name, finalizers: ['karmada.io/cluster-controller'] },
    spec: { syncMode: 'Push', apiEndpoint: `https://${name}:6443`, secretRef, ...spec },
  };
}

function putSecret(name: string, data: Record<string, string>): void {
  hub.put(secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'karmada-cluster' },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
  } as never);
}

async function join(name: string): Promise<void> {
  putSecret(name, { token: `token-of-${name}`, caBundle: ca.certificatePem });
  hub.put(clusters, newCluster(name));
  await clock.advance(1000);
}

const readCluster = (name: string): Cluster | undefined => hub.get('clusters.cluster.karmada.io', name) as never;
const ready = (name: string): Condition | undefined =>
  (readCluster(name)?.status?.conditions as Condition[] | undefined)?.find(({ type }) => type === 'Ready');

describe('the hub', () => {
  test('dials each push-mode cluster with what its Secret has, and none with an agent', async () => {
    hub.put(clusters, newCluster('pull', { syncMode: 'Pull' }));
    await join('m1');
    expect(dialled).toHaveLength(1);
    expect(await shown(0)).toEqual({ server: 'https://m1:6443', token: 'token-of-m1', caPem: ca.certificatePem });
    expect(ready('m1')).toMatchObject({ status: 'True', reason: 'ClusterReady' });
    expect(readCluster('m1')?.status?.kubernetesVersion).toBe('v1.36.0');
    expect(readCluster('pull')?.status).toBeUndefined();
  });

  test('writes no heartbeat lease', async () => {
    await join('m1');
    await clock.advance(60_000);
    expect(hub.list('leases.coordination.k8s.io')).toEqual([]);
  });

  test('dials through the proxy that the Cluster names', async () => {
    putSecret('m1', { token: 't' });
    const proxyHeader = { 'x-tenant': 'a' };
    hub.put(clusters, newCluster('m1', { proxyURL: 'http://me:word@proxy:3128', proxyHeader }));
    await clock.advance(0);
    const proxy = { proxyUrl: 'http://me:word@proxy:3128', proxyHeaders: proxyHeader };
    expect(await shown(0)).toEqual({ server: 'https://m1:6443', token: 't', ...proxy });
  });

  test('does not look at the certificate where the Cluster says so', async () => {
    putSecret('m1', { token: 't', caBundle: 'whatever' });
    hub.put(clusters, newCluster('m1', { insecureSkipTLSVerification: true }));
    await clock.advance(0);
    expect(await shown(0)).toEqual({ server: 'https://m1:6443', token: 't', insecureSkipTlsVerify: true });
  });

  test.each<[string, (cluster: Cluster) => Cluster]>([
    ['another endpoint', (cluster) => ({ ...cluster, spec: { ...cluster.spec, apiEndpoint: 'https://moved:6443' } })],
    ['another proxy', (cluster) => ({ ...cluster, spec: { ...cluster.spec, proxyURL: 'http://proxy:3128' } })],
  ])('begins anew with %s, and not for anything else', async (_name, change) => {
    await join('m1');
    await clock.advance(60_000);
    expect(dialled).toHaveLength(1);
    hub.put(clusters, change(readCluster('m1') as Cluster));
    await clock.advance(1000);
    expect(dialled.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  });

  test('goes on with another token on the same connection', async () => {
    await join('m1');
    putSecret('m1', { token: 'new' });
    await clock.advance(1000);
    expect(dialled).toHaveLength(1);
    expect(await shown(0)).toEqual({ server: 'https://m1:6443', token: 'new' });
  });

  test.each<[string, () => void]>([
    ['is gone', () => void hub.put(clusters, goneCluster())],
    ['has an agent now', () => void hub.put(clusters, newCluster('m1', { syncMode: 'Pull' }))],
    ['has no Secret any more', () => void hub.client.delete(secrets, { namespace: 'karmada-cluster', name: 'm1' })],
  ])('stops when the Cluster %s', async (_name, leave) => {
    await join('m1');
    leave();
    await clock.advance(1000);
    expect(dialled.map(({ isClosed }) => isClosed)).toEqual([true]);
  });

  test('goes on for a cluster that leaves though its Secret is gone, until it has left', async () => {
    await join('m1');
    hub.put(clusters, { ...newCluster('m1'), metadata: { ...newCluster('m1').metadata, deletionTimestamp: 'now' } });
    await hub.client.delete(secrets, { namespace: 'karmada-cluster', name: 'm1' });
    await clock.advance(1000);
    expect(dialled.map(({ isClosed }) => isClosed)).toEqual([false]);
  });

  test('keeps what it delivers beside what an agent or other hubs keep, under the name of the cluster', async () => {
    hub.put(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'hub-1' } });
    hub.put(works, work('m1'));
    await join('m1');
    const kept = () => dialled[0]?.member.list('secrets').map(keyOf);
    await expect.poll(() => clock.advance(1000).then(kept)).toContain('karmada-cluster/pullet-state-m1.head');
  });

  test('leaves no connection and no timer when it stops leading', async () => {
    await join('m1');
    await join('m2');
    stopping.abort();
    await ended;
    expect(dialled.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    expect(clock.pending()).toBe(0);
  });
});

function goneCluster(): Cluster {
  const { metadata, ...rest } = newCluster('m1');
  return { ...rest, metadata: { name: metadata.name ?? '', deletionTimestamp: 'now' } };
}

describe('a Secret with a kubeconfig', () => {
  const kubeconfig = (user: object, cluster: object = {}): string =>
    JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
      clusters: [{ name: 'k', cluster: { server: 'https://elsewhere:6443', ...cluster } }],
      users: [{ name: 'u', user }],
    });
  const exec = (command: string, more: object = {}) => ({
    exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command, ...more },
  });

  test('wins over a token, and the Cluster says where the member is', async () => {
    const base64Ca = base64(ca.certificatePem);
    const cluster = { 'certificate-authority-data': base64Ca, 'tls-server-name': 'name', 'proxy-url': 'http://p:1' };
    putSecret('m1', { token: 'other', kubeconfig: kubeconfig({ token: 't' }, cluster) });
    hub.put(clusters, newCluster('m1'));
    await clock.advance(1000);
    const told = { server: 'https://m1:6443', tlsServerName: 'name', proxyUrl: 'http://p:1' };
    expect(await shown(0)).toEqual({ ...told, token: 't', caPem: ca.certificatePem });
  });

  test('may name a program that is listed', async () => {
    const folder = mkdtempSync(joinPath(tmpdir(), 'push-'));
    const file = joinPath(folder, 'answer');
    const status = { token: 'from-cat' };
    writeFileSync(
      file,
      JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }),
    );
    putSecret('m1', { kubeconfig: kubeconfig(exec('cat', { args: [file] })) });
    hub.put(clusters, newCluster('m1'));
    await clock.advance(1000);
    expect(dialled).toHaveLength(1);
    expect(await shown(0)).toEqual({ server: 'https://m1:6443', token: 'from-cat' });
    rmSync(folder, { recursive: true });
  });

  test.each<[string, string, string]>([
    [
      'a program that is not listed',
      kubeconfig(exec('sh', { args: ['-c', 'SECRET'] })),
      'Secret karmada-cluster/m1: user "u": exec: sh is not among the programs that may be run here (these are: cat); --allowed-exec-plugins of the hub lists them',
    ],
    [
      'a file of the hub',
      kubeconfig({ tokenFile: '/var/run/secrets/SECRET' }),
      'Secret karmada-cluster/m1: tokenFile names a file: only what is in the kubeconfig itself counts',
    ],
    [
      'an authority in a file of the hub',
      kubeconfig({ token: 't' }, { 'certificate-authority': '/etc/SECRET' }),
      'Secret karmada-cluster/m1: certificate-authority names a file: only what is in the kubeconfig itself counts',
    ],
    ['no kubeconfig in it', 'SECRET: [', 'Secret karmada-cluster/m1: not valid YAML: '],
  ])('with %s is refused in words', async (_what, text, why) => {
    putSecret('m1', { kubeconfig: text });
    hub.put(clusters, newCluster('m1'));
    await clock.advance(1000);
    expect(ready('m1')).toMatchObject({ status: 'False', reason: 'StatusCollectionFailed' });
    expect(ready('m1')?.message).toContain(`failed to create a ClusterClient: ${why}`);
    expect(ready('m1')?.message).not.toContain('SECRET');
    expect(dialled).toEqual([]);
  });
});

describe('a cluster that can’t be dialled is not Ready and says why:', () => {
  const good = { token: 't' };
  test.each<[string, Partial<ClusterSpec>, Record<string, string> | undefined, string]>([
    ['no endpoint', { apiEndpoint: '' }, good, 'the api endpoint of cluster m1 is empty'],
    ['no secretRef', { secretRef: { namespace: '', name: '' } }, good, 'cluster m1 does not have a secret'],
    ['no Secret', {}, undefined, 'secrets "m1" not found in namespace karmada-cluster'],
    ['no token', {}, { token: ' ' }, 'the secret for cluster m1 is missing a non-empty value for "token"'],
    [
      'a CA that is none',
      {},
      { ...good, caBundle: 'SECRET' },
      'the secret for cluster m1 has a "caBundle" that is not a PEM certificate',
    ],
    ['a bad address', { apiEndpoint: 'nowhere' }, good, '"nowhere" is not the address of a server'],
    [
      'a proxy that is none',
      { proxyURL: 'ftp://me:word@proxy:1' },
      good,
      'cluster m1: proxyURL does not name a proxy: the scheme ftp:// is not supported; give http://, https:// or socks5://HOST:PORT',
    ],
  ])('%s', async (_name, spec, data, why) => {
    if (data) putSecret('m1', data);
    hub.put(clusters, newCluster('m1', spec));
    await clock.advance(1000);
    const message = `failed to create a ClusterClient: ${why}`;
    expect(ready('m1')).toMatchObject({ status: 'False', reason: 'StatusCollectionFailed', message });
    expect(dialled).toEqual([]);
    await join('m2');
    expect(ready('m2')?.status).toBe('True');
  });

  test('but only after the hub has accepted it, and once', async () => {
    const { metadata, ...rest } = newCluster('m1');
    hub.put(clusters, { ...rest, metadata: { name: 'm1' } });
    await clock.advance(1000);
    expect(ready('m1')).toBeUndefined();
    hub.put(clusters, { ...rest, metadata });
    await clock.advance(60_000);
    expect(ready('m1')?.status).toBe('False');
    expect(hub.requests.filter((request) => request.startsWith('update/status clusters'))).toHaveLength(1);
  });
});

describe('a member that does not answer', () => {
  const selfSigned = Object.assign(new Error('self-signed'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  test.each<[string, () => Error, string, string]>([
    ['not there', () => new TransportError('refused'), 'ClusterNotReachable', 'cluster is not reachable'],
    [
      'behind a proxy that says no',
      () => new ProxyError('the proxy http://p:1 (proxy-url) answered 403 Forbidden', { fix: '', status: 403 }),
      'ClusterNotReachable',
      'cluster is not reachable: the proxy http://p:1 (proxy-url) answered 403 Forbidden',
    ],
    [
      'refusing the token',
      () => newUnauthorized(),
      'StatusCollectionFailed',
      'the cluster does not accept the token: check Secret karmada-cluster/m1, or replace it: pullet rotate-credentials m1',
    ],
    [
      'of another CA',
      () => new TransportError('not trusted here', { cause: selfSigned }),
      'StatusCollectionFailed',
      'not trusted here: check Secret karmada-cluster/m1, or replace it: pullet rotate-credentials m1',
    ],
  ])('%s, is not Ready after the threshold, and neither its Works nor another member feel it', async (...row) => {
    const [, failure, reason, message] = row;
    await join('m1');
    await join('m2');
    hub.put(works, work('m1'));
    readyz.set('https://m1:6443', failure);
    await clock.advance(25_000);
    expect(ready('m1')?.status).toBe('True');
    await clock.advance(30_000);
    expect(ready('m1')).toMatchObject({ status: 'False', reason, message });
    expect(ready('m2')?.status).toBe('True');
    expect(hub.get('works.work.karmada.io', 'karmada-es-m1/w')?.metadata.deletionTimestamp).toBeUndefined();
  });
});

describe('a member that refuses the kubeconfig', () => {
  const at = (user: string): string => {
    const config = { contexts: [{ name: 'c', context: { user, cluster: 'k' } }], 'current-context': 'c' };
    const clusterOf = [{ name: 'k', cluster: { server: 'https://m1:6443' } }];
    return JSON.stringify({ ...config, clusters: clusterOf, users: [{ name: user, user: { token: 'x' } }] });
  };

  test('is not Ready, and it is said whom it refuses, also after another was put in its place', async () => {
    putSecret('m1', { kubeconfig: at('first') });
    hub.put(clusters, newCluster('m1'));
    readyz.set('https://m1:6443', newUnauthorized);
    await clock.advance(60_000);
    const why = 'Unauthorized: its token is not one of this cluster, or not any more';
    const todo = 'check Secret karmada-cluster/m1, or replace it: pullet rotate-credentials m1';
    expect(ready('m1')?.message).toBe(`the cluster refuses user "first" of the kubeconfig: ${why}: ${todo}`);
    putSecret('m1', { kubeconfig: at('second') });
    await clock.advance(60_000);
    expect(ready('m1')?.message).toBe(`the cluster refuses user "second" of the kubeconfig: ${why}: ${todo}`);
  });
});

function work(cluster: string): Work {
  return {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: { name: 'w', namespace: `karmada-es-${cluster}`, finalizers: ['karmada.io/execution-controller'] },
    spec: { workload: { manifests: [] } },
  };
}
