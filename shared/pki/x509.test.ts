import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { certificateMatchesKey, isIssuedBy, readCertificate } from './certificate-info.ts';
import { newCertificateRequest } from './certificate-request.ts';
import requests from './openssl-requests.json' with { type: 'json' };
import { decodePem, encodePem } from './pem.ts';
import { newKey, publicKeyDer } from './private-key.ts';
import { type CertificateAuthority, issueCertificate, newCa, parseCertificateRequest } from './x509.ts';

const now = Date.UTC(2026, 0, 1);
const subject = { commonName: 'system:karmada:agent:m1', organizations: ['system:karmada:agents'] };

describe('a certificate request written by us', () => {
  test.each([
    ['EC P-256', () => newKey('ec-p256')],
    ['RSA 2048', () => newKey('rsa-2048')],
    ['RSA 3072', () => newKey('rsa-3072')],
  ])('with a key of %s is read back with its subject and key', async (_kind, makeKey) => {
    const key = await makeKey();
    const request = await parseCertificateRequest(newCertificateRequest(key, subject));
    expect(request).toEqual({
      subject,
      otherSubjectNames: [],
      dnsNames: [],
      emailAddresses: [],
      ipAddresses: [],
      uris: [],
      publicKey: new Uint8Array(publicKeyDer(key)),
    });
  });

  test('is refused when a byte of it was changed', async () => {
    const der = decodePem(newCertificateRequest(await newKey(), subject), 'CERTIFICATE REQUEST') as Buffer;
    const at = der.indexOf('agent:m1') + 7;
    der[at] = '2'.charCodeAt(0);
    const forged = encodePem('CERTIFICATE REQUEST', der);
    await expect(parseCertificateRequest(forged)).rejects.toThrow('signature');
  });

  test.each([
    ['not PEM'],
    [encodePem('CERTIFICATE REQUEST', Buffer.from('zzz'))],
    [encodePem('CERTIFICATE', Buffer.from([0x30, 0]))],
  ])('is refused when it is no request at all', async (text) => {
    await expect(parseCertificateRequest(text)).rejects.toThrow();
  });
});

/** Made with `openssl req -new -subj /O=g1/O=g2/L=here/CN=me -addext subjectAltName=…`. */
describe('a certificate request written by OpenSSL', () => {
  test.each(Object.entries(requests))('with %s and alternative names is read, names included', async (_kind, pem) => {
    expect(await parseCertificateRequest(pem)).toMatchObject({
      subject: { commonName: 'me', organizations: ['g1', 'g2'] },
      otherSubjectNames: ['L'],
      dnsNames: ['a.example'],
      ipAddresses: ['127.0.0.1'],
      uris: ['spiffe://x'],
      emailAddresses: ['a@b.c'],
    });
  });
});

describe('certificates', () => {
  let ca: CertificateAuthority;
  beforeAll(async () => {
    ca = await newCa({ commonName: 'pullet', days: 10, now });
  });

  test('a new authority can sign and says so', () => {
    const certificate = new X509Certificate(ca.certificatePem);
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(readCertificate(ca.certificatePem)).toMatchObject({
      subject: { commonName: 'pullet', organizations: [] },
      notAfter: now + 10 * 86_400_000,
    });
  });

  test('an issued certificate says what the template says and is issued by the authority', async () => {
    const key = await newKey('rsa-2048');
    const template = { subject, publicKey: publicKeyDer(key), notBefore: now, notAfter: now + 3600_000 };
    const usages = ['digital signature', 'client auth'] as const;
    const pem = await issueCertificate(ca, { ...template, usages: [...usages] });
    const certificate = new X509Certificate(pem);
    expect(readCertificate(pem)).toMatchObject({ subject, notBefore: now, notAfter: now + 3600_000 });
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(certificate.ca).toBe(false);
    expect(isIssuedBy(pem, ca.certificatePem)).toBe(true);
    expect(certificateMatchesKey(pem, key)).toBe(true);
    expect(certificateMatchesKey(pem, await newKey())).toBe(false);
  });

  test('an issued certificate is not taken for one of another authority of the same name', async () => {
    const other = await newCa({ commonName: 'pullet', days: 10, now });
    const template = { subject, publicKey: publicKeyDer(await newKey()), notBefore: now, notAfter: now + 3600_000 };
    const pem = await issueCertificate(other, { ...template, usages: ['client auth'] });
    expect(isIssuedBy(pem, ca.certificatePem)).toBe(false);
  });

  test('an RSA authority signs too, and serving names are in the certificate', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rsaCa = { certificatePem: ca.certificatePem, privateKey };
    const template = { subject, publicKey: publicKeyDer(await newKey()), notBefore: now, notAfter: now + 1000 };
    const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1', '::1'] };
    const pem = await issueCertificate(rsaCa, { ...template, ...names, usages: ['server auth'] });
    const certificate = new X509Certificate(pem);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('::1')).toBe('::1');
  });
});
