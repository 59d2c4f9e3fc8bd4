import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { certificateSigningRequests } from '../../../shared/apis/certificates/v1.ts';
import { secrets } from '../../../shared/apis/core/v1.ts';
import type { FakeClock } from '../../../shared/controller/fake-clock.ts';
import type { FakeKube } from '../../../shared/controller/fake-kube.ts';
import { newBootstrapTokenSecret } from '../../../shared/pki/bootstrap-token.ts';
import { readCertificate } from '../../../shared/pki/certificate-info.ts';
import { newCertificateRequest } from '../../../shared/pki/certificate-request.ts';
import { newKey } from '../../../shared/pki/private-key.ts';
import { FIXTURE_NOW, FIXTURE_TOKEN, type HubFixture, newHubFixture } from '../hub-fixture.ts';

let hub: HubFixture;
let kube: FakeKube;
let clock: FakeClock;

beforeEach(async () => {
  hub = await newHubFixture();
  ({ kube, clock } = hub);
  kube.put(secrets, newBootstrapTokenSecret(FIXTURE_TOKEN));
});
afterEach(() => hub.stop());

describe('a certificate request', () => {
  const newCsr = async (
    options: {
      cn?: string;
      org?: string[];
      uid?: string;
      user?: string;
      key?: Awaited<ReturnType<typeof newKey>>;
      name?: string;
      usages?: string[];
    } = {},
  ) => {
    const key = options.key ?? (await newKey());
    const subject = {
      commonName: options.cn ?? 'system:karmada:agent:m1',
      organizations: options.org ?? ['system:karmada:agents'],
    };
    return {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: {
        name: options.name ?? 'm1-abcde',
        annotations: { 'pullet.io/member-uid': options.uid ?? 'member-uid' },
      },
      spec: {
        request: Buffer.from(newCertificateRequest(key, subject)).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: options.usages ?? ['digital signature', 'key encipherment', 'client auth'],
        expirationSeconds: 3600,
        username: options.user ?? 'system:bootstrap:abcdef',
        groups: ['system:bootstrappers'],
      },
    };
  };
  const statusOf = (name = 'm1-abcde') =>
    (kube.get('certificatesigningrequests.certificates.k8s.io', name)?.['status'] ?? {}) as {
      certificate?: string;
      conditions?: { type: string; reason: string; message: string }[];
    };

  test('of an agent is approved after the claim, the lease and the rights, and signed', async () => {
    await hub.start();
    await kube.client.create(certificateSigningRequests, await newCsr());
    await hub.until(() => statusOf().certificate !== undefined);
    const certificate = readCertificate(Buffer.from(statusOf().certificate ?? '', 'base64').toString());
    expect(certificate.subject).toEqual({
      commonName: 'system:karmada:agent:m1',
      organizations: ['system:karmada:agents'],
    });
    expect(certificate.notAfter).toBe(FIXTURE_NOW + 3600_000);
    const writes = kube.requests.filter(
      (request) => /^(create (?!subject)|update(?! configmaps))/.test(request) && !request.includes('events'),
    );
    expect(writes).toEqual([
      'create certificatesigningrequests.certificates.k8s.io m1-abcde',
      'create namespaces karmada-es-m1',
      'create namespaces karmada-cluster',
      'create configmaps karmada-cluster/agent-keys-m1',
      'create leases.coordination.k8s.io karmada-cluster/m1',
      'create clusterroles.rbac.authorization.k8s.io system:karmada:m1:agent',
      'create clusterrolebindings.rbac.authorization.k8s.io system:karmada:m1:agent',
      'create roles.rbac.authorization.k8s.io karmada-es-m1/system:karmada:m1:agent-work',
      'create rolebindings.rbac.authorization.k8s.io karmada-es-m1/system:karmada:m1:agent-work',
      'create roles.rbac.authorization.k8s.io karmada-cluster/system:karmada:m1:agent-lease',
      'create rolebindings.rbac.authorization.k8s.io karmada-cluster/system:karmada:m1:agent-lease',
      'update/approval certificatesigningrequests.certificates.k8s.io m1-abcde',
      'update/status certificatesigningrequests.certificates.k8s.io m1-abcde',
    ]);
    expect(statusOf().conditions).toMatchObject([{ type: 'Approved', reason: 'AutoApproved' }]);
  });

  test('for a name that another has claimed is denied, and changes nothing of the other’s', async () => {
    await hub.start();
    await kube.client.create(certificateSigningRequests, await newCsr({ name: 'first' }));
    await hub.until(() => statusOf('first').certificate !== undefined);
    const before = kube.get('namespaces', 'karmada-es-m1');
    await kube.client.create(certificateSigningRequests, await newCsr({ name: 'second' }));
    await hub.until(() => statusOf('second').conditions !== undefined);
    expect(statusOf('second').conditions).toMatchObject([
      { type: 'Denied', message: expect.stringContaining('belongs to another cluster') },
    ]);
    expect(kube.get('namespaces', 'karmada-es-m1')).toEqual(before);
  });

  test('of the same joiner, with the same key, is approved again', async () => {
    await hub.start();
    const key = await newKey();
    await kube.client.create(certificateSigningRequests, await newCsr({ name: 'first', key }));
    await kube.client.create(certificateSigningRequests, await newCsr({ name: 'again', key }));
    await hub.until(() => statusOf('again').certificate !== undefined);
  });

  test.each<[string, Parameters<typeof newCsr>[0], string]>([
    ['another member with the key', { uid: 'other' }, 'belongs to another'],
    ['the generator', { cn: 'system:karmada:agent:rbac-generator' }, 'rbac-generator'],
    ['a name that no cluster can have', { cn: 'system:karmada:agent:M_1' }, 'invalid cluster name(M_1)'],
    [
      'a name without end',
      { cn: `system:karmada:agent:${'ü'.repeat(20_000)}` },
      `invalid cluster name(${'ü'.repeat(80)}…)`,
    ],
    ['a uid without end', { uid: 'u'.repeat(200_000) }, 'has 200000 characters'],
  ])('for %s is denied', async (_what, options, message) => {
    await hub.start();
    const key = await newKey();
    await kube.client.create(certificateSigningRequests, await newCsr({ name: 'first', key }));
    await hub.until(() => statusOf('first').certificate !== undefined);
    await kube.client.create(certificateSigningRequests, await newCsr({ name: 'second', key, ...options }));
    await hub.until(() => statusOf('second').conditions !== undefined);
    expect(statusOf('second').conditions).toMatchObject([
      { type: 'Denied', message: expect.stringContaining(message) },
    ]);
    expect(statusOf('second').conditions?.[0]?.message.length).toBeLessThan(1000);
  });

  test.each<[string, Parameters<typeof newCsr>[0]]>([
    ['another organization', { org: ['system:masters'] }],
    ['one organization too many', { org: ['system:karmada:agents', 'system:masters'] }],
    ['another common name', { cn: 'admin' }],
    ['another usage', { usages: ['digital signature', 'client auth', 'server auth'] }],
  ])('with %s is left to others', async (_what, options) => {
    await hub.start();
    await kube.client.create(certificateSigningRequests, await newCsr(options));
    await kube.client.create(
      certificateSigningRequests,
      await newCsr({ name: 'after', cn: 'system:karmada:agent:m2' }),
    );
    await hub.until(() => statusOf('after').certificate !== undefined);
    expect(statusOf()).toEqual({});
  });

  test('of somebody without the right is left pending, and nothing is made', async () => {
    await hub.start();
    kube.answer = (_resource, review) => ({ ...review, status: { allowed: false } });
    await kube.client.create(certificateSigningRequests, await newCsr());
    await hub.until(() => kube.requests.some((request) => request.startsWith('create subjectaccessreviews')));
    await clock.advance(1000);
    expect(statusOf()).toEqual({});
    expect(kube.get('namespaces', 'karmada-es-m1')).toBeUndefined();
  });

  test('of the agent itself renews its claim; of a removed one it is denied', async () => {
    await hub.start();
    const user = 'system:karmada:agent:m1';
    await kube.client.create(certificateSigningRequests, await newCsr({ user }));
    await hub.until(() => statusOf().conditions !== undefined);
    expect(statusOf().conditions).toMatchObject([{ type: 'Denied' }]);
    await kube.client.create(certificateSigningRequests, await newCsr({ name: 'join' }));
    await hub.until(() => statusOf('join').certificate !== undefined);
    await kube.client.create(certificateSigningRequests, await newCsr({ name: 'renewal', user }));
    await hub.until(() => statusOf('renewal').certificate !== undefined);
    expect(statusOf('renewal').conditions).toMatchObject([{ message: expect.stringContaining('self') }]);
  });

  test.each(Array.from({ length: 12 }, (_, index) => index + 1))(
    'is signed in the end when write %i of the hub fails',
    async (failing) => {
      let writes = 0;
      kube.before = (request) => {
        if (/^(create|update)/.test(request) && !/reviews|events/.test(request) && writes++ === failing)
          throw new Error('interrupted');
      };
      await hub.start();
      await kube.client.create(certificateSigningRequests, await newCsr());
      await hub.until(() => writes > failing);
      expect(statusOf().certificate).toBeUndefined();
      await clock.advance(5000);
      await hub.until(() => statusOf().certificate !== undefined);
    },
  );

  test('that is done or forgotten is cleaned away', async () => {
    await hub.start();
    await kube.client.create(certificateSigningRequests, await newCsr());
    await hub.until(() => statusOf().certificate !== undefined);
    await kube.client.create(certificateSigningRequests, await newCsr({ name: 'pending', cn: 'somebody' }));
    await clock.advance(3599_000);
    expect(statusOf().certificate).toBeDefined();
    await clock.advance(2000);
    expect(kube.get('certificatesigningrequests.certificates.k8s.io', 'm1-abcde')).toBeUndefined();
    await clock.advance(23 * 3600_000);
    expect(kube.get('certificatesigningrequests.certificates.k8s.io', 'pending')).toBeUndefined();
  });
});
