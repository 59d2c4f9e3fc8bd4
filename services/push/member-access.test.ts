import { expect, test } from 'vitest';
import type { Cluster, ClusterSpec } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Secret } from '../../shared/apis/core/v1.ts';
import { listedExecPolicy } from '../../shared/client/exec-policy.ts';
import { newCa } from '../../shared/pki/x509.ts';
import { type MemberAccess, memberAccess, secretKeyOf } from './member-access.ts';

/** What is a credential may change under an open connection; what is not means another one. */

const [former, later] = await Promise.all(
  ['former', 'later'].map(async (commonName) => {
    const { certificatePem } = await newCa({ commonName, days: 1, now: Date.now() });
    return certificatePem;
  }),
);

const newCluster = (spec: Partial<ClusterSpec> = {}): Cluster => ({
  apiVersion: 'cluster.karmada.io/v1alpha1',
  kind: 'Cluster',
  metadata: { name: 'm1', uid: 'u1' },
  spec: { syncMode: 'Push', apiEndpoint: 'https://m1', secretRef: { namespace: 'shop', name: 's' }, ...spec },
});

function accessBy(data: Record<string, string | undefined>, spec: Partial<ClusterSpec> = {}): Promise<MemberAccess> {
  const entries = Object.entries(data).map(([key, value = '']) => [key, Buffer.from(value).toString('base64')]);
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'shop' },
    data: Object.fromEntries(entries),
  };
  return memberAccess(newCluster(spec), secret, listedExecPolicy([], 'a flag'));
}

const kubeconfig = (user: object, cluster: object = {}): string =>
  JSON.stringify({
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    clusters: [{ name: 'k', cluster: { server: 'https://elsewhere', ...cluster } }],
    users: [{ name: 'u', user }],
  });
const data = (text = ''): string => Buffer.from(text).toString('base64');

test('says which Cluster it is of, and where what is delivered is written down', async () => {
  expect(await accessBy({ token: 't' })).toMatchObject({
    ...{ cluster: 'm1', uid: 'u1', namespace: 'shop', secret: 'shop/s' },
    transport: { server: 'https://m1' },
  });
});

test('a Secret without a namespace is where those of clusters are', () => {
  const spec = { secretRef: { namespace: '', name: 's' } };
  expect(secretKeyOf(newCluster(spec))).toEqual({ namespace: 'karmada-cluster', name: 's' });
});

test('a token is used as it is meant, without the end of its line', async () => {
  const { credentials } = await accessBy({ token: 't\n' });
  expect(await credentials.source(false)).toEqual({ token: 't' });
});

test('the proxy of the Cluster wins over that of the kubeconfig', async () => {
  const secret = { kubeconfig: kubeconfig({ token: 't' }, { 'proxy-url': 'http://kubeconfig:1' }) };
  const { transport } = await accessBy(secret, { proxyURL: 'http://cluster:1' });
  expect(transport.proxyUrl).toBe('http://cluster:1');
});

const certificate = (pem: string | undefined, key: string): object => ({
  'client-certificate-data': data(pem),
  'client-key-data': data(key),
});
const trusted = (pem: string | undefined): object => ({ 'certificate-authority-data': data(pem) });

test.each<[string, Record<string, string | undefined>, Record<string, string | undefined>, object]>([
  ['another token', { token: 'a' }, { token: 'b' }, { token: 'b' }],
  [
    'another authority to trust',
    { token: 'a', caBundle: former },
    { token: 'a', caBundle: later },
    { token: 'a', caPem: later },
  ],
  ['a kubeconfig', { token: 'a' }, { kubeconfig: kubeconfig({ token: 'b' }) }, { token: 'b' }],
  [
    'a kubeconfig with another certificate',
    { kubeconfig: kubeconfig(certificate(former, 'a')) },
    { kubeconfig: kubeconfig(certificate(later, 'b')) },
    { certPem: later, keyPem: 'b' },
  ],
  [
    'a kubeconfig with another authority to trust',
    { kubeconfig: kubeconfig({ token: 'a' }, trusted(former)) },
    { kubeconfig: kubeconfig({ token: 'a' }, trusted(later)) },
    { token: 'a', caPem: later },
  ],
])('%s is other credentials on the same way', async (_what, before, after, wanted) => {
  const [one, other] = [await accessBy(before), await accessBy(after)];
  expect(other.transport).toEqual(one.transport);
  expect(other.transport).toEqual({ server: 'https://m1' });
  expect(other.credentials.madeOf).not.toBe(one.credentials.madeOf);
  expect(await other.credentials.source(false)).toEqual(wanted);
});
