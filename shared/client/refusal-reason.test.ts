import { beforeAll, expect, test } from 'vitest';
import { newNotFound, newUnauthorized } from '../apis/meta/status-error.ts';
import { systemClock } from '../controller/system-clock.ts';
import { newCa } from '../pki/x509.ts';
import { newFakeTransport } from './fake-transport.ts';
import { refusalReason } from './refusal-reason.ts';
import { TransportError } from './transport.ts';

const NOW = Date.UTC(2026, 0, 2);
let [own, other] = ['', ''];

beforeAll(async () => {
  const made = ['own', 'other'].map((commonName) => newCa({ commonName, days: 1, now: NOW }));
  [own = '', other = ''] = (await Promise.all(made)).map(({ certificatePem }) => certificatePem);
});

/** Of a user whose certificate `own` has issued, on a hub that publishes `authorities`. */
function reason(error: unknown, authorities: string, atMs = NOW): Promise<string | undefined> {
  const data = Buffer.from(authorities).toString('base64');
  const cluster = { server: 'https://hub:6443', 'certificate-authority-data': data };
  const kubeconfig = JSON.stringify({ apiVersion: 'v1', kind: 'Config', clusters: [{ name: '', cluster }] });
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: authorities ? { kubeconfig } : {} };
  const hub = newFakeTransport(() => ({ body }));
  const transport = { server: 'https://hub:6443', caPem: own, certPem: own, keyPem: 'x' };
  const clock = { ...systemClock, now: () => atMs };
  return refusalReason({ userName: 'me', transport }, error, {
    clock,
    newTransport: (options) => {
      expect(options).toEqual({ server: 'https://hub:6443', caPem: own });
      return hub;
    },
  });
}

const untrusted = (host: string): TransportError => {
  const cause = Object.assign(new Error(), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  return new TransportError(`the certificate of ${host} is signed by an authority that is not trusted here`, { cause });
};

test.each<[string, () => Promise<string | undefined>, string]>([
  ['whose certificate is from elsewhere', () => reason(newUnauthorized(), other), 'another certificate authority'],
  [
    'whose certificate is over',
    () => reason(newUnauthorized(), other, NOW + 2 * 86_400_000),
    'has expired (2026-01-03',
  ],
  ['who trusts others than the hub has', () => reason(untrusted('hub:6443'), own), 'may have been replaced'],
])('a user %s is told so, and what to do', async (_who, ask, words) => {
  expect(await ask()).toContain(words);
  expect(await ask()).toContain('data directory of the hub');
});

test.each<[string, () => Promise<string | undefined>]>([
  ['has a certificate of the hub', () => reason(newUnauthorized(), other + own)],
  ['is known', () => reason(newNotFound({ resource: 'x', name: 'y' }), other)],
  ['does not trust another server', () => reason(untrusted('member:6443'), own)],
  ['asks a hub that publishes nothing', () => reason(newUnauthorized(), '')],
])('nothing is guessed of a user who %s', async (_who, ask) => {
  expect(await ask()).toBeUndefined();
});
