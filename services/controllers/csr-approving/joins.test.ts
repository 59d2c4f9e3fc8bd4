import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CertificateSigningRequest, certificateSigningRequests } from '../../../shared/apis/certificates/v1.ts';
import { type AgentKeys, withAgentKey, withRevokedKeys } from '../../../shared/apis/cluster/agent-keys.ts';
import { clusters } from '../../../shared/apis/cluster/v1alpha1.ts';
import { namespaces, secrets } from '../../../shared/apis/core/v1.ts';
import { EXECUTION_FINALIZER, works } from '../../../shared/apis/work/v1alpha1.ts';
import { changeAgentKeys, fetchAgentKeys } from '../../../shared/client/agent-keys.ts';
import type { FakeKube } from '../../../shared/controller/fake-kube.ts';
import { newBootstrapTokenSecret, type TokenLimits } from '../../../shared/pki/bootstrap-token.ts';
import { spkiPin } from '../../../shared/pki/ca-pin.ts';
import { newCertificateRequest } from '../../../shared/pki/certificate-request.ts';
import { newKey, publicKeyDer } from '../../../shared/pki/private-key.ts';
import { issueCertificate, newCa } from '../../../shared/pki/x509.ts';
import { newExecutionSpace } from '../cluster-mailbox.ts';
import { FIXTURE_NOW, FIXTURE_TOKEN, type HubFixture, newHubFixture, newTestCluster } from '../hub-fixture.ts';

/** What a token lets in, and what a join does to the credentials that the name had before. */

let hub: HubFixture;
let kube: FakeKube;

beforeEach(async () => {
  hub = await newHubFixture();
  ({ kube } = hub);
});
afterEach(() => hub.stop());

type Key = Awaited<ReturnType<typeof newKey>>;

const pinOf = (key: Key): string => spkiPin(publicKeyDer(key));

function putToken(limits: TokenLimits, id = 'abcdef'): void {
  kube.put(secrets, newBootstrapTokenSecret({ ...FIXTURE_TOKEN, token: { id, secret: '0123456789abcdef' }, limits }));
}

const tokenSecret = (id = 'abcdef') => kube.get('secrets', `kube-system/bootstrap-token-${id}`);

interface Ask {
  name: string;
  cluster?: string;
  key?: Key;
  uid?: string;
  user?: string;
}

async function ask({ name, cluster = 'm1', key, uid = 'member-uid', user = 'system:bootstrap:abcdef' }: Ask) {
  const subject = { commonName: `system:karmada:agent:${cluster}`, organizations: ['system:karmada:agents'] };
  await kube.client.create(certificateSigningRequests, {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name, annotations: { 'pullet.io/member-uid': uid } },
    spec: {
      request: Buffer.from(newCertificateRequest(key ?? (await newKey()), subject)).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['digital signature', 'client auth'],
      expirationSeconds: 3600,
      username: user,
      groups: ['system:bootstrappers'],
    },
  });
}

interface Status {
  certificate?: string;
  conditions?: { type: string; message: string }[];
}

const statusOf = (name: string) =>
  (kube.get('certificatesigningrequests.certificates.k8s.io', name)?.['status'] ?? {}) as Status;

/** `issued`, or why not. */
async function outcomeOf(name: string): Promise<string> {
  await hub.until(() => statusOf(name).certificate !== undefined || statusOf(name).conditions?.[0]?.type === 'Denied');
  return statusOf(name).certificate ? 'issued' : (statusOf(name).conditions?.[0]?.message ?? '');
}

async function askAndSee(request: Ask): Promise<string> {
  await ask(request);
  return outcomeOf(request.name);
}

test('whose name is still that of a cluster on its way out waits, is told so, and is let in when that is gone', async () => {
  putToken({});
  const leaving = { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['hold'] };
  kube.put(clusters, { ...newTestCluster('Unknown'), metadata: { name: 'm1', ...leaving } });
  await hub.start();
  await ask({ name: 'early' });
  const waitsFor = (): string | undefined =>
    kube.get('certificatesigningrequests.certificates.k8s.io', 'early')?.metadata.annotations?.['pullet.io/waits-for'];
  await hub.until(() => waitsFor() !== undefined);
  expect(waitsFor()).toMatch(/cluster of the name m1 is still being removed .*"pullet describe cluster m1"/);
  const writes = (): number => kube.requests.filter((request) => /^(patch|update) certif/.test(request)).length;
  const before = writes();
  await hub.clock.advance(20_000);
  expect([statusOf('early'), writes()]).toEqual([{}, before]);
  kube.put(clusters, { ...newTestCluster('Unknown'), metadata: { name: 'm1', ...leaving, finalizers: [] } });
  await hub.clock.advance(5000);
  expect(await outcomeOf('early')).toBe('issued');
});

describe('a token', () => {
  test('that is for one name lets no other in, and says which', async () => {
    putToken({ clusterName: 'm1' });
    await hub.start();
    expect(await askAndSee({ name: 'other', cluster: 'm2' })).toContain('is for the cluster name m1 alone');
    expect(kube.get('namespaces', 'karmada-es-m2')).toBeUndefined();
    expect(await askAndSee({ name: 'own' })).toBe('issued');
  });

  test('for one use lets one cluster in, again after an interruption, and ends when that is registered', async () => {
    putToken({ isSingleUse: true });
    await hub.start();
    const key = await newKey();
    expect(await askAndSee({ name: 'first', key })).toBe('issued');
    expect(await askAndSee({ name: 'again', key })).toBe('issued');
    expect(await askAndSee({ name: 'second', cluster: 'm2' })).toContain('has been used by m1');
    expect(kube.get('namespaces', 'karmada-es-m2')).toBeUndefined();
    expect(tokenSecret()).toBeDefined();
    kube.put(clusters, newTestCluster());
    await hub.until(() => tokenSecret() === undefined);
  });

  test('for one use lasts until the joiner has its certificate, where the cluster was registered before', async () => {
    putToken({ isSingleUse: true });
    const created = { creationTimestamp: '2025-12-01T00:00:00Z' };
    kube.put(clusters, { ...newTestCluster(), metadata: { name: 'm1', ...created } });
    await hub.start();
    putToken({ isSingleUse: true, isReplacing: true, clusterName: 'm1' });
    expect(await askAndSee({ name: 'again' })).toBe('issued');
    await hub.clock.advance(299_000);
    expect(tokenSecret()).toBeDefined();
    await hub.clock.advance(2000);
    await hub.until(() => tokenSecret() === undefined);
  });

  test('for one use is not used up by a join that came to nothing', async () => {
    putToken({});
    putToken({ isSingleUse: true }, 'single');
    await hub.start();
    await askAndSee({ name: 'owner' });
    const user = 'system:bootstrap:single';
    expect(await askAndSee({ name: 'taken', user })).toContain('belongs to another cluster');
    expect(await askAndSee({ name: 'free', cluster: 'm2', user })).toBe('issued');
  });

  test('that has gone meanwhile lets nobody in: its limits are not known any more', async () => {
    await hub.start();
    expect(await askAndSee({ name: 'late' })).toContain('the token abcdef has ended');
  });

  test('says who joined with it, the newest last', async () => {
    putToken({});
    await hub.start();
    for (const cluster of ['m1', 'm2', 'm3']) await askAndSee({ name: cluster, cluster });
    expect(tokenSecret()?.metadata.annotations).toMatchObject({ 'pullet.io/used-by': 'm1,m2,m3' });
  });
});

describe('a request that somebody else has approved', () => {
  const ROBOT = 'system:serviceaccount:portal:robot';
  const time = '2026-01-01T00:00:00Z';
  async function approve(name: string, status: Partial<Status> = {}): Promise<void> {
    const csr = kube.get(
      'certificatesigningrequests.certificates.k8s.io',
      name,
    ) as unknown as CertificateSigningRequest;
    const approval = { type: 'Approved', status: 'True', reason: 'KubectlApprove', message: 'by hand' } as const;
    const conditions = [{ ...approval, lastUpdateTime: time, lastTransitionTime: time }];
    kube.put(certificateSigningRequests, { ...csr, status: { ...status, conditions } } as CertificateSigningRequest);
  }
  const rights = (cluster = 'm1') =>
    kube.get('clusterrolebindings.rbac.authorization.k8s.io', `system:karmada:${cluster}:agent`);
  /** The requester may not ask for agents' certificates: the approval alone counts. */
  beforeEach(() => {
    kube.answer = (_resource, review) => ({ ...review, status: { allowed: false } });
  });

  test('is claimed for and has its rights before it is signed', async () => {
    await hub.start();
    let hadRights: boolean | undefined;
    kube.before = (request) => {
      if (request.startsWith('update/status certificatesigningrequests')) hadRights = rights() !== undefined;
    };
    const key = await newKey();
    await ask({ name: 'm1-aaaaa', key, user: ROBOT });
    await approve('m1-aaaaa');
    await hub.until(() => rights() !== undefined);
    await expect.poll(() => hub.clock.advance(500).then(() => statusOf('m1-aaaaa').certificate)).toBeDefined();
    expect(kube.get('namespaces', 'karmada-es-m1')?.metadata.annotations).toMatchObject({
      'pullet.io/claimed-by-key': pinOf(key),
    });
    const record = () => fetchAgentKeys(kube.client, 'm1');
    await expect.poll(async () => (await record()).keys[pinOf(key)]?.issued?.until).toBeGreaterThan(FIXTURE_NOW);
    expect(hadRights).toBe(true);
  });

  test('for a name that another has is refused in words, and not signed', async () => {
    putToken({});
    await hub.start();
    kube.answer = (_resource, review) => ({ ...review, status: { allowed: true } });
    await askAndSee({ name: 'owner' });
    kube.answer = (_resource, review) => ({ ...review, status: { allowed: false } });
    await ask({ name: 'thief', user: ROBOT });
    await approve('thief');
    await hub.until(() => statusOf('thief').conditions?.[1] !== undefined);
    expect(statusOf('thief').conditions?.[1]).toMatchObject({
      type: 'Failed',
      message: expect.stringContaining('belongs to another cluster'),
    });
    await hub.clock.advance(5000);
    expect(statusOf('thief').certificate).toBeUndefined();
  });

  test.each([
    ['a join', ROBOT],
    ['a renewal', 'system:karmada:agent:m1'],
  ])('with a key that was revoked is refused in words, and not signed: %s', async (_what, user) => {
    await hub.start();
    const key = await newKey();
    const change = (record: AgentKeys) =>
      withRevokedKeys(withAgentKey(record, pinOf(key), FIXTURE_NOW + 3600_000, FIXTURE_NOW), FIXTURE_NOW);
    await kube.client.create(namespaces, newExecutionSpace('m1', { 'pullet.io/claimed-by-key': 'sha256:other' }));
    await changeAgentKeys(kube.client, 'm1', change);
    await ask({ name: 'back', key, user });
    await approve('back');
    await hub.until(() => statusOf('back').conditions?.[1] !== undefined);
    expect(statusOf('back').conditions?.slice(1)).toMatchObject([
      { type: 'Failed', reason: 'PulletRefused', message: expect.stringContaining('was revoked for cluster m1') },
    ]);
    await hub.clock.advance(5000);
    expect(statusOf('back').certificate).toBeUndefined();
    expect(rights()).toBeUndefined();
  });

  test('for one key more than an agent can need is refused in words, and not signed', async () => {
    await hub.start();
    await kube.client.create(namespaces, newExecutionSpace('m1', { 'pullet.io/claimed-by-key': 'sha256:0' }));
    const pins = Array.from({ length: 20 }, (_, n) => `sha256:${n}`);
    const until = FIXTURE_NOW + 3600_000;
    const grow = (record: AgentKeys) => pins.reduce((all, pin) => withAgentKey(all, pin, until, FIXTURE_NOW), record);
    const record = await changeAgentKeys(kube.client, 'm1', grow);
    await ask({ name: 'more', key: await newKey(), user: 'system:karmada:agent:m1' });
    await approve('more');
    await hub.until(() => statusOf('more').conditions?.[1] !== undefined);
    expect(statusOf('more').conditions?.[1]).toMatchObject({
      type: 'Failed',
      message: expect.stringContaining('20 keys of its agent have certificates that are still good'),
    });
    expect(await fetchAgentKeys(kube.client, 'm1')).toEqual(record);
    expect(kube.get('namespaces', 'karmada-es-m1')?.metadata.annotations).toMatchObject({
      'pullet.io/claimed-by-key': 'sha256:0',
    });
  });

  test('and that another signer has signed already has its rights too, and its certificate on the record', async () => {
    await hub.start({ isEmbedded: false });
    const key = await newKey();
    await ask({ name: 'm1-aaaaa', key, user: ROBOT });
    await approve('m1-aaaaa', { certificate: await issued(key, FIXTURE_NOW + 1800_000) });
    await hub.until(() => rights() !== undefined);
    const record = () => fetchAgentKeys(kube.client, 'm1');
    await expect.poll(async () => (await record()).keys[pinOf(key)]?.until).toBe(FIXTURE_NOW + 1800_000);
  });
});

/** As another signer gives it. */
async function issued(key: Key, notAfter: number): Promise<string> {
  const ca = await newCa({ commonName: 'other', days: 1, now: FIXTURE_NOW });
  const subject = { commonName: 'system:karmada:agent:m1', organizations: ['system:karmada:agents'] };
  const publicKey = publicKeyDer(key);
  const notBefore = FIXTURE_NOW - 300_000;
  const pem = await issueCertificate(ca, { subject, publicKey, usages: ['client auth'], notBefore, notAfter });
  return Buffer.from(pem).toString('base64');
}

describe('a join that needs a person', () => {
  const approve = (name: string, uid: string) =>
    kube.client.patch(
      certificateSigningRequests,
      { name },
      { type: 'merge', patch: { metadata: { annotations: { 'pullet.io/approved-request': uid } } } },
    );
  const uidOf = (name: string) => kube.get('certificatesigningrequests.certificates.k8s.io', name)?.metadata.uid ?? '';

  test.each<[string, TokenLimits, boolean]>([
    ['its token', { requiresApproval: true }, false],
    ['the hub', {}, true],
  ])('by the word of %s waits for one, and has claimed nothing meanwhile', async (_, limits, requiresApproval) => {
    putToken(limits);
    await hub.start({ requiresApproval });
    await ask({ name: 'waiting' });
    await hub.clock.advance(60_000);
    expect(statusOf('waiting')).toEqual({});
    expect(kube.get('namespaces', 'karmada-es-m1')).toBeUndefined();
    await approve('waiting', 'another-uid');
    await hub.clock.advance(60_000);
    expect(statusOf('waiting')).toEqual({});
    await approve('waiting', uidOf('waiting'));
    expect(await outcomeOf('waiting')).toBe('issued');
  });
});

describe('a name that had another credential', () => {
  const keys = () => fetchAgentKeys(kube.client, 'm1');

  test('is given to a newcomer with a replacing token, and the former key ends first', async () => {
    putToken({});
    putToken({ clusterName: 'm1', isReplacing: true, isSingleUse: true }, 'replac');
    const [old, fresh] = [await newKey(), await newKey()];
    await hub.start();
    await askAndSee({ name: 'old', key: old });
    kube.put(clusters, newTestCluster());
    const user = 'system:bootstrap:replac';
    expect(await askAndSee({ name: 'fresh', key: fresh, uid: 'rebuilt', user })).toBe('issued');
    expect((await keys()).keys).toMatchObject({
      [pinOf(old)]: { isRevoked: true },
      [pinOf(fresh)]: { isRevoked: false, until: FIXTURE_NOW + 3600_000 },
    });
    expect(kube.get('clusters.cluster.karmada.io', 'm1')).toMatchObject({ spec: { id: 'rebuilt' } });
    expect(await askAndSee({ name: 'back', key: old })).toContain('was revoked for cluster m1');
  });

  test('can not be replaced where certificates can not be ended, until the last one has', async () => {
    putToken({});
    putToken({ clusterName: 'm1', isReplacing: true }, 'replac');
    const old = await newKey();
    await hub.start({ isEmbedded: false });
    await askAndSee({ name: 'old', key: old });
    const user = 'system:bootstrap:replac';
    expect(await askAndSee({ name: 'fresh', user })).toContain('is closed until 2026-01-01T01:00:00Z');
    expect((await keys()).keys).toMatchObject({ [pinOf(old)]: { isRevoked: false } });
  });

  test('leaves it without any when its cluster is removed and the name is claimed again', async () => {
    putToken({});
    const [old, rotated, fresh] = [await newKey(), await newKey(), await newKey()];
    await hub.start();
    await askAndSee({ name: 'old', key: old });
    await askAndSee({ name: 'rotated', key: rotated, user: 'system:karmada:agent:m1' });
    expect((await keys()).keys[pinOf(old)]?.isRevoked).toBe(false);
    await kube.client.delete(namespaces, { name: 'karmada-es-m1' });
    await hub.until(() => kube.get('namespaces', 'karmada-es-m1') === undefined);
    expect(await askAndSee({ name: 'fresh', key: fresh })).toBe('issued');
    expect((await keys()).keys).toMatchObject({
      [pinOf(old)]: { isRevoked: true },
      [pinOf(rotated)]: { isRevoked: true },
      [pinOf(fresh)]: { isRevoked: false },
    });
  });

  test('that is lost while the removal of its cluster waits for it is replaced, and ends with the cluster', async () => {
    putToken({});
    putToken({ clusterName: 'm1', isReplacing: true }, 'replac');
    const [old, fresh] = [await newKey(), await newKey()];
    await hub.start();
    await askAndSee({ name: 'old', key: old });
    kube.put(clusters, newTestCluster('Unknown'));
    const metadata = { name: 'w', namespace: 'karmada-es-m1', finalizers: [EXECUTION_FINALIZER] };
    kube.put(works, { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata });
    await hub.until(() => kube.get('clusters.cluster.karmada.io', 'm1')?.metadata.finalizers !== undefined);
    await kube.client.delete(clusters, { name: 'm1' });
    await hub.until(() => JSON.stringify(kube.get('clusters.cluster.karmada.io', 'm1')).includes('WaitingForAgent'));
    await changeAgentKeys(
      kube.client,
      'm1',
      (record) => withRevokedKeys(record, FIXTURE_NOW),
      new AbortController().signal,
    );
    expect(await askAndSee({ name: 'fresh', key: fresh, user: 'system:bootstrap:replac' })).toBe('issued');
    expect((await keys()).keys[pinOf(fresh)]?.isRevoked).toBe(false);
    const patch = { metadata: { finalizers: null } };
    await kube.client.patch(works, { name: 'w', namespace: 'karmada-es-m1' }, { type: 'merge', patch });
    await hub.clock.advance(60_000);
    await hub.until(() => kube.get('clusters.cluster.karmada.io', 'm1') === undefined);
    expect((await keys()).keys[pinOf(fresh)]?.isRevoked).toBe(true);
  });
});
