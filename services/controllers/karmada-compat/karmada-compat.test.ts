import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CertificateSigningRequest, certificateSigningRequests } from '../../../shared/apis/certificates/v1.ts';
import { type Cluster, clusters } from '../../../shared/apis/cluster/v1alpha1.ts';
import { type Namespace, namespaces, type Secret, secrets } from '../../../shared/apis/core/v1.ts';
import type { FakeKube } from '../../../shared/controller/fake-kube.ts';
import { readCertificate } from '../../../shared/pki/certificate-info.ts';
import { newCertificateRequest } from '../../../shared/pki/certificate-request.ts';
import { newKey } from '../../../shared/pki/private-key.ts';
import { FIXTURE_NOW, type HubFixture, newHubFixture } from '../hub-fixture.ts';

let hub: HubFixture;
let kube: FakeKube;

beforeEach(async () => {
  hub = await newHubFixture();
  ({ kube } = hub);
  putToken('abcdef');
  putToken('ghijkl');
  await hub.start({ servesKarmada: true });
});
afterEach(() => hub.stop());

function putToken(id: string): void {
  const text = (value: string) => Buffer.from(value).toString('base64');
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    data: {
      'token-id': text(id),
      'token-secret': text('0123456789abcdef'),
      'usage-bootstrap-authentication': text('true'),
    },
  };
  kube.put(secrets, secret);
}

const GENERATOR = 'system:karmada:agent:rbac-generator';
const GROUP = 'system:bootstrappers:karmada:default-cluster-token';

async function ask(name: string, user: string, { token = 'abcdef', groups = [GROUP] } = {}): Promise<void> {
  const request = newCertificateRequest(await newKey(), { commonName: user, organizations: ['system:karmada:agents'] });
  await kube.client.create(certificateSigningRequests, {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: {
      request: Buffer.from(request).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['digital signature', 'key encipherment', 'client auth'],
      expirationSeconds: 365 * 24 * 3600,
      username: `system:bootstrap:${token}`,
      groups: ['system:bootstrappers', ...groups],
    },
  });
}

const statusOf = (name: string): CertificateSigningRequest['status'] =>
  (kube.get('certificatesigningrequests.certificates.k8s.io', name) as unknown as CertificateSigningRequest | undefined)
    ?.status;
const decisionOn = async (name: string) => {
  await hub.until(() => statusOf(name)?.conditions !== undefined);
  return statusOf(name)?.conditions?.[0];
};
const untilSigned = (name: string) => hub.until(() => statusOf(name)?.certificate !== undefined);
const space = () => kube.get('namespaces', 'karmada-es-m1');
const generatorRights = () =>
  ['clusterrolebindings', 'rolebindings']
    .flatMap((kind) => kube.list(`${kind}.rbac.authorization.k8s.io`))
    .filter(({ metadata }) => metadata.name === 'system:karmada:m1:rbac-generator');

const begin = async (options?: { token?: string; groups?: string[] }) => {
  await ask('agent-rbac-generator-m1abcde', GENERATOR, options);
  await untilSigned('agent-rbac-generator-m1abcde');
};

describe('a join by karmadactl', () => {
  test('gives the generator ten minutes, and rights until the agent has its certificate', async () => {
    await begin();
    const certificate = statusOf('agent-rbac-generator-m1abcde')?.certificate ?? '';
    expect(readCertificate(Buffer.from(certificate, 'base64').toString()).notAfter).toBe(FIXTURE_NOW + 600_000);
    expect(generatorRights()).toHaveLength(3);
    await ask('m1-abcde', 'system:karmada:agent:m1');
    await untilSigned('m1-abcde');
    expect(generatorRights()).toEqual([]);
    expect(space()?.metadata.annotations).toMatchObject({ 'pullet.io/karmada-agent': 'true' });
  });

  test('gives the agent the rights of a karmada-agent', async () => {
    await begin();
    const role = kube.get('clusterroles.rbac.authorization.k8s.io', 'system:karmada:m1:agent');
    expect(role?.['rules']).toContainEqual({ apiGroups: [''], resources: ['services'], verbs: ['list', 'watch'] });
  });

  test('that nobody finishes leaves nothing behind', async () => {
    await begin();
    await hub.clock.advance(599_000);
    expect(space()).toBeDefined();
    await hub.clock.advance(2000);
    await hub.until(() => space() === undefined);
    expect(generatorRights()).toEqual([]);
    expect(kube.get('clusterrolebindings.rbac.authorization.k8s.io', 'system:karmada:m1:agent')).toBeUndefined();
  });

  test('that is finished at the last moment keeps all that is its own', async () => {
    await begin();
    let isFinished = false;
    kube.before = (request) => {
      if (isFinished || !/^(patch namespaces|delete )/.test(request)) return;
      isFinished = true;
      const annotations = { 'pullet.io/karmada-agent': 'true' };
      const finished = space() as Namespace;
      kube.put(namespaces, { ...finished, metadata: { ...finished.metadata, annotations } });
    };
    await hub.clock.advance(600_000);
    await hub.until(() => isFinished);
    await hub.clock.advance(60_000);
    expect(space()?.metadata.deletionTimestamp).toBeUndefined();
    expect(kube.get('clusterrolebindings.rbac.authorization.k8s.io', 'system:karmada:m1:agent')).toBeDefined();
  });

  test('may begin again with the same token', async () => {
    await begin();
    await ask('agent-rbac-generator-m1fghij', GENERATOR);
    await untilSigned('agent-rbac-generator-m1fghij');
    expect(generatorRights()).toHaveLength(3);
  });

  test('of a name that another token is joining with gives no rights, and no certificate for the agent', async () => {
    await begin();
    await ask('m1-other', 'system:karmada:agent:m1', { token: 'ghijkl' });
    expect(await decisionOn('m1-other')).toMatchObject({ type: 'Denied' });
    expect(generatorRights()).toHaveLength(3);
  });

  test.each([
    ['m1-impersonator', undefined, 'the Secret of the name is of cluster m1'],
    ['m1', 'm1-impersonator', 'while there is cluster m1-impersonator'],
  ])(
    'of a name by which the agent could read what is of another cluster is refused: %s',
    async (cluster, other, why) => {
      if (other)
        kube.put(clusters, {
          apiVersion: 'cluster.karmada.io/v1alpha1',
          kind: 'Cluster',
          metadata: { name: other },
          spec: { syncMode: 'Push' },
        } as Cluster);
      await ask(`agent-rbac-generator-${cluster}abcde`, GENERATOR);
      expect(await decisionOn(`agent-rbac-generator-${cluster}abcde`)).toMatchObject({
        type: 'Denied',
        message: expect.stringContaining(why),
      });
      expect(kube.list('rolebindings.rbac.authorization.k8s.io')).toEqual([]);
    },
  );

  test('of a name that is taken gives a certificate without rights: enough to see that', async () => {
    await ask('m1-abcde', 'system:karmada:agent:m1');
    await untilSigned('m1-abcde');
    await begin();
    expect(generatorRights()).toEqual([]);
  });

  test.each<[string, string, { token?: string; groups?: string[] }, string]>([
    ['a token of another group', 'agent-rbac-generator-m1abcde', { groups: [] }, 'only tokens made by karmadactl'],
    ['a token that is gone', 'agent-rbac-generator-m1abcde', { token: 'zzzzzz' }, 'has ended'],
    ['a request of another name', 'something', {}, 'is not named'],
    ['a name that no cluster can have', 'agent-rbac-generator-M_1abcde', {}, 'is not named'],
  ])('with %s is refused', async (_what, name, options, message) => {
    await ask(name, GENERATOR, options);
    expect(await decisionOn(name)).toMatchObject({ type: 'Denied', message: expect.stringContaining(message) });
    expect(space()).toBeUndefined();
  });
});
