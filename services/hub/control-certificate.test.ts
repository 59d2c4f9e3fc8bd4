import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { secrets } from '../../shared/apis/core/v1.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { isIssuedBy, readCertificate } from '../../shared/pki/certificate-info.ts';
import { newCa } from '../../shared/pki/x509.ts';
import { type ControlCertificate, renewedCertificate } from './control-certificate.ts';
import { loadControlSecret } from './control-secret.ts';
import { followControlTls } from './follow-control-tls.ts';

const DAY_MS = 24 * 3600_000;
const NOW = Date.UTC(2026, 0, 1);
const NAMES = ['127.0.0.1', 'hub.example.com'];

async function made(now = NOW, held: ControlCertificate = {}, names = NAMES): Promise<ControlCertificate> {
  const certificate = await renewedCertificate(held, names, now);
  if (!certificate) throw new Error('it stayed as it was');
  return certificate;
}

describe('a certificate that the hub makes', () => {
  test('is for every name, by an authority of its own that lasts ten years', async () => {
    const { 'tls.crt': pem = '', 'ca.crt': authority = '' } = await made();
    const certificate = new X509Certificate(pem);
    expect(certificate.checkHost('hub.example.com')).toBe('hub.example.com');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(isIssuedBy(pem, authority)).toBe(true);
    expect(certificate.issuer).not.toBe(certificate.subject);
    expect(readCertificate(authority).notAfter).toBe(NOW + 3650 * DAY_MS);
  });

  test('stays until a month before its end, and is followed by one of the same authority', async () => {
    const held = await made();
    const { notAfter } = readCertificate(held['tls.crt'] ?? '');
    expect(await renewedCertificate(held, NAMES, notAfter - 31 * DAY_MS)).toBeUndefined();
    const next = await made(notAfter - 29 * DAY_MS, held);
    expect(next['ca.crt']).toBe(held['ca.crt']);
    expect(readCertificate(next['tls.crt'] ?? '').notAfter).toBeGreaterThan(notAfter);
  });

  test('is made anew for a name more, and when its authority ends', async () => {
    const held = await made();
    expect((await made(NOW, held, [...NAMES, 'other.example.com']))['ca.crt']).toBe(held['ca.crt']);
    expect((await made(NOW + 3640 * DAY_MS, held))['ca.crt']).not.toBe(held['ca.crt']);
  });
});

describe('a certificate that somebody else puts there', () => {
  test('stays, whatever it is for', async () => {
    const { 'tls.crt': certificate = '', 'tls.key': key = '' } = await made();
    const held = { 'tls.crt': certificate, 'tls.key': key };
    expect(await renewedCertificate(held, ['other.example.com'], NOW + 3640 * DAY_MS)).toBeUndefined();
  });

  test('is refused without its key', async () => {
    const { certificatePem } = await newCa({ commonName: 'somebody', days: 1, now: NOW });
    await expect(renewedCertificate({ 'tls.crt': certificatePem }, NAMES, NOW)).rejects.toThrow(
      /are not a certificate/,
    );
  });
});

describe('the Secret', () => {
  const clock = newFakeClock(NOW);
  const { signal } = new AbortController();
  const where = { namespace: 'pullet-system', name: 'pullet-hub-control', names: NAMES };
  const load = (kube: FakeKube) => loadControlSecret({ client: kube.client, clock }, where, signal);
  const empty = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: where.namespace, name: where.name } };

  test('is filled once, by one of two replicas that start', async () => {
    const kube = newFakeKube();
    kube.put(secrets, empty);
    const [one, other] = await Promise.all([load(kube), load(kube)]);
    expect(one).toEqual(other);
    expect(await load(kube)).toEqual(one);
  });

  test('is named when it is not there', async () => {
    await expect(load(newFakeKube())).rejects.toThrow(/^Secret pullet-system\/pullet-hub-control .* is not there/);
  });
});

test('what changes is served, and what can not be read is not', async () => {
  const clock = newFakeClock(NOW);
  const ending = new AbortController();
  const answers = [{ certificate: 'a', privateKey: 'a' }, new Error('away'), { certificate: 'b', privateKey: 'b' }];
  const load = async () => {
    const answer = answers.shift();
    if (!answer || answer instanceof Error) throw answer ?? new Error('asked too often');
    return answer;
  };
  const used: string[] = [];
  const ended = followControlTls(
    {
      load,
      use: ({ certificate }) => void used.push(certificate),
      served: { certificate: 'a', privateKey: 'a' },
      clock,
      log: silentLogger,
    },
    ending.signal,
  );
  await clock.advance(15 * 60_000);
  expect(used).toEqual(['b']);
  ending.abort();
  await ended;
  expect(clock.pending()).toBe(0);
});
