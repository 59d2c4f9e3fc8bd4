import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CertificateSigningRequest, certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { type Secret, secrets } from '../../shared/apis/core/v1.ts';
import { type FakeClock, newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { isIssuedBy, readCertificate } from '../../shared/pki/certificate-info.ts';
import { newKey, privateKeyPem, publicKeyDer } from '../../shared/pki/private-key.ts';
import { issueCertificate, newCa, parseCertificateRequest } from '../../shared/pki/x509.ts';
import { type ClientCertificate, type HubCredentials, newHubCredentials } from './hub-credentials.ts';
import { renderHubKubeconfig } from './hub-kubeconfig.ts';
import { withAuthorities, withCertificate } from './kubeconfig-edit.ts';
import { hubCredentialIn, newSecretPlace } from './kubeconfig-place.ts';
import {
  followStoredCertificate,
  keepRotating,
  type RotationDeps,
  type RotationState,
  rotationTime,
} from './rotation.ts';
import { keyPin, newRotationRequest } from './rotation-reasons.ts';

const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 24 * 3600_000;
const ca = await newCa({ commonName: 'hub', days: 400, now: NOW });
const subject = { commonName: 'system:karmada:agent:m1', organizations: ['system:karmada:agents'] };
const options = { clusterName: 'm1', checkEveryMs: DAY_MS, remaining: 0.3 };

async function issue(publicKey: Uint8Array, notBefore: number, notAfter: number): Promise<string> {
  return issueCertificate(signer, { subject, publicKey, usages: ['client auth'], notBefore, notAfter });
}

async function newCertificate(notBefore: number, notAfter: number): Promise<ClientCertificate> {
  const key = await newKey();
  return { certPem: await issue(publicKeyDer(key), notBefore, notAfter), keyPem: privateKeyPem(key) };
}

const kubeconfigOf = (certificate: ClientCertificate): string =>
  renderHubKubeconfig({ server: 'https://hub:6443', caPem: ca.certificatePem, clusterName: 'm1', ...certificate });

let hub: FakeKube;
let member: FakeKube;
let clock: FakeClock;
let credentials: HubCredentials;
let first: ClientCertificate;
let told: RotationState[];
let deps: RotationDeps;
let stopping: AbortController;
let running: Promise<void>;
/** Of the hub. */
let signer = ca;

function putSecret(certificate: ClientCertificate): void {
  const data = { 'karmada-kubeconfig': Buffer.from(kubeconfigOf(certificate)).toString('base64') };
  const metadata = { name: 'karmada-kubeconfig', namespace: 'karmada-system' };
  member.put(secrets, { apiVersion: 'v1', kind: 'Secret', metadata, data } as Secret);
}

async function stored(): Promise<ClientCertificate | undefined> {
  const secret = member.get('secrets', 'karmada-system/karmada-kubeconfig') as Secret | undefined;
  const text = Buffer.from(secret?.data?.['karmada-kubeconfig'] ?? '', 'base64').toString();
  return (await hubCredentialIn(text, { name: 'the Secret' })).certificate;
}

beforeEach(async () => {
  [hub, member, clock, told] = [newFakeKube(), newFakeKube(), newFakeClock(NOW), []];
  stopping = new AbortController();
  signer = ca;
  first = await newCertificate(NOW, NOW + 30 * DAY_MS);
  credentials = newHubCredentials(first, ca.certificatePem);
  putSecret(first);
  deps = {
    isCutOff: () => false,
    hub: hub.client,
    credentials,
    place: newSecretPlace(member.client, 'karmada-system'),
    request: newRotationRequest(),
    clock,
    log: silentLogger,
    tell: async (state) => void told.push(state),
    random: () => 0,
  };
});
afterEach(async () => {
  stopping.abort();
  await clock.advance(0);
  await running;
});

/** A hub that signs what it is asked for. */
function signRequests(): void {
  const informer = hub.newInformer({ client: hub.client, type: certificateSigningRequests, clock, log: silentLogger });
  informer.addHandler(({ object }) => {
    if (object.status) return;
    void (async () => {
      const { publicKey } = await parseCertificateRequest(Buffer.from(object.spec.request, 'base64').toString());
      const seconds = object.spec.expirationSeconds ?? 0;
      const pem = await issue(publicKey, clock.now(), clock.now() + seconds * 1000);
      const signed: CertificateSigningRequest = {
        ...object,
        status: { certificate: Buffer.from(pem).toString('base64') },
      };
      hub.put(certificateSigningRequests, signed);
    })();
  });
}

/** Keys and signatures are made in real time: the clock must not get to the end of a request's patience, 5 min, before they are there. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 25_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`not so: ${what}`);
    await clock.advance(100);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const requests = () => hub.list('certificatesigningrequests.certificates.k8s.io');

describe('the time of the rotation', () => {
  const certificate = { subject, notBefore: NOW, notAfter: NOW + 30 * DAY_MS, fingerprint: '' };
  test.each([
    [0, 21],
    [0.5, 18.375],
    [1, 15.75],
  ])('with a spread of %f is on day %f of thirty', (spread, day) => {
    expect(rotationTime(certificate, 0.3, spread)).toBeCloseTo(NOW + day * DAY_MS, -3);
  });
});

async function trust(bundle: string): Promise<void> {
  await deps.place.change((text) => withAuthorities(text, bundle), stopping.signal);
  credentials.trust(bundle);
}

describe('the leader', () => {
  const start = () => {
    running = keepRotating(deps, options, stopping.signal);
  };

  test('renews when it is due and not before, for as long as before, with a new key, and stores it', async () => {
    signRequests();
    start();
    await clock.advance(21 * DAY_MS - 1000);
    expect(requests()).toEqual([]);
    await clock.advance(1000);
    await until('a new certificate', () => credentials.current() !== first);
    const { certPem, keyPem } = credentials.current();
    expect(keyPem).not.toBe(first.keyPem);
    const { notBefore, notAfter } = readCertificate(certPem);
    expect(notAfter - notBefore).toBe(30 * DAY_MS);
    expect((await stored())?.certPem).toBe(certPem);
    await until('it is told', () => told.length > 0);
    expect(told).toMatchObject([{ notAfter, hasRotated: true }]);
  });

  test('renews where the hub is verified by the authorities of the system, and its own is not known', async () => {
    credentials = newHubCredentials(first, undefined);
    deps = { ...deps, credentials };
    signRequests();
    start();
    await clock.advance(21 * DAY_MS);
    await until('a new certificate, or a failure', () => told.length > 0);
    expect(told).toMatchObject([{ hasRotated: true }]);
  });

  test('goes on with what it has when the hub gives nothing, says so days before the end, and tries again', async () => {
    hub.before = (request) => {
      if (request.startsWith('create')) throw new Error('no route to host');
    };
    start();
    await clock.advance(21 * DAY_MS);
    await until('the failure is told', () => told.length > 0);
    expect(told[0]).toMatchObject({ failure: 'no route to host', hasRotated: false, notAfter: NOW + 30 * DAY_MS });
    expect(credentials.current()).toBe(first);
    hub.before = () => undefined;
    signRequests();
    await clock.advance(60_000);
    await until('a new certificate', () => credentials.current() !== first);
  });

  test('does not go on with a certificate that could not be stored', async () => {
    signRequests();
    member.before = (request) => {
      if (request.startsWith('patch')) throw new Error('read-only');
    };
    start();
    await clock.advance(21 * DAY_MS);
    await until('the failure is told', () => told.length > 0);
    expect(credentials.current()).toBe(first);
    expect((await stored())?.certPem).toBe(first.certPem);
  });

  test('renews at once the key that the hub asks it to replace, and once', async () => {
    signRequests();
    start();
    await clock.advance(1000);
    deps.request.note('sha256:of-some-other-key');
    await clock.advance(1000);
    expect(requests()).toEqual([]);
    deps.request.note(keyPin(first));
    await until('a new certificate', () => credentials.current() !== first);
    await clock.advance(DAY_MS);
    expect(requests()).toHaveLength(1);
  });

  test('comes for a certificate of the authority that the hub signs with now, again after a failure', async () => {
    const next = await newCa({ commonName: 'next', days: 400, now: NOW });
    hub.before = (request) => {
      if (request.startsWith('create')) throw new Error('no route to host');
    };
    signRequests();
    start();
    await trust(next.certificatePem + ca.certificatePem);
    signer = next;
    await clock.advance(DAY_MS);
    await until('the failure is told', () => told.length > 0);
    hub.before = () => undefined;
    await clock.advance(60_000);
    await until('a new certificate', () => credentials.current() !== first);
    expect(isIssuedBy(credentials.current().certPem, next.certificatePem)).toBe(true);
  });

  test('asks a signer that goes on with a former authority once, and not for ever', async () => {
    const next = await newCa({ commonName: 'next', days: 400, now: NOW });
    signRequests();
    start();
    await trust(next.certificatePem + ca.certificatePem);
    await clock.advance(DAY_MS);
    await until('a new certificate', () => credentials.current() !== first);
    await clock.advance(5 * DAY_MS);
    expect(requests()).toHaveLength(1);
  });

  test('never overwrites a credential that is not its own', async () => {
    signRequests();
    const other = await newCertificate(NOW - 1000, NOW + 20 * DAY_MS);
    putSecret(other);
    start();
    await clock.advance(21 * DAY_MS);
    await until('the failure is told', () => told.length > 0);
    expect(told[0]?.failure).toContain('holds another credential');
    expect((await stored())?.certPem).toBe(other.certPem);
  });
});

describe('every replica', () => {
  test('takes up a newer certificate that another has stored', async () => {
    running = followStoredCertificate(deps, { ...options, checkEveryMs: 300_000 }, stopping.signal);
    const newer = await newCertificate(NOW + 1000, NOW + DAY_MS);
    await clock.advance(299_000);
    putSecret(newer);
    expect(credentials.current()).toBe(first);
    await clock.advance(1000);
    await until('the newer one', () => credentials.current().certPem === newer.certPem);
  });

  test('that the hub does not take looks four times a minute', async () => {
    deps = { ...deps, isCutOff: () => true, random: () => 0 };
    running = followStoredCertificate(deps, { ...options, checkEveryMs: 300_000 }, stopping.signal);
    const newer = await newCertificate(NOW + 1000, NOW + DAY_MS);
    putSecret(newer);
    await clock.advance(14_999);
    expect(credentials.current()).toBe(first);
    await clock.advance(1);
    await until('the newer one', () => credentials.current().certPem === newer.certPem);
    expect(clock.now() - NOW).toBeLessThan(300_000);
  });

  test('takes up the authorities that another has stored', async () => {
    running = followStoredCertificate(deps, { ...options, checkEveryMs: 1000 }, stopping.signal);
    const both = ca.certificatePem + (await newCa({ commonName: 'next', days: 400, now: NOW })).certificatePem;
    await deps.place.change((text) => withAuthorities(text, both), stopping.signal);
    await until('both authorities', () => credentials.trusted() === both);
  });
});

describe('a kubeconfig', () => {
  const YAML = `apiVersion: v1
kind: Config
clusters: [{name: hub, cluster: {server: 'https://hub:6443', certificate-authority: /old-ca.crt}}]
users:
- name: other
  user: {token: kept}
- name: m1
  user: {client-certificate: /old.crt, client-key: /old.key}
contexts: [{name: m1@hub, context: {cluster: hub, user: m1}}]
current-context: m1@hub
`;
  test.each([
    ['JSON', () => kubeconfigOf(first)],
    ['YAML with files', () => YAML],
  ])('in %s is read back with a new certificate and new authorities', async (_, text) => {
    const fresh = await newCertificate(NOW, NOW + DAY_MS);
    const changed = withAuthorities(withCertificate(text(), fresh), 'a bundle');
    expect(await hubCredentialIn(changed, { name: 'x' })).toEqual({ certificate: fresh, caPem: 'a bundle' });
    expect(changed).toContain('https://hub:6443');
    if (text() === YAML) expect(changed).toContain('token: kept');
  });
});
