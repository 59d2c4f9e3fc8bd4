import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { isIssuedBy, readCertificate } from '../../shared/pki/certificate-info.ts';
import { newKey, privateKeyPem, publicKeyDer, readPrivateKey } from '../../shared/pki/private-key.ts';
import { DEFAULT_SIGNING_POLICY, validity } from '../../shared/pki/signing-policy.ts';
import { type CertificateAuthority, caNotAfter, issueCertificate, newCa } from '../../shared/pki/x509.ts';
import { isPair } from './key-pair.ts';

/**
 * What a Secret for the control-plane API should hold, by what it holds: an empty one gets an authority of its own and a certificate from it, which is made anew
 * before its end; one that somebody else fills stays as it is.
 */

/** PEM, by the key in the Secret. The hub's own have `ca.key`; cert-manager's and people's don't. */
export type ControlCertificate = Partial<Record<'ca.crt' | 'ca.key' | 'tls.crt' | 'tls.key', string>>;

const DAY_MS = 24 * 3600_000;
const RENEW_BEFORE_MS = 30 * DAY_MS;
const AUTHORITY_DAYS = 3650;
/** Not that of the certificate, which would be taken for its own authority. */
const AUTHORITY_NAME = 'pullet-hub-control-ca';

/** Undefined: it stays as it is. Throws, in words, if it can't be served. */
export async function renewedCertificate(
  held: ControlCertificate,
  names: readonly string[],
  now: number,
): Promise<ControlCertificate | undefined> {
  const { 'tls.crt': certPem = '', 'tls.key': keyPem = '', 'ca.key': authorityKey = '' } = held;
  const isSomebodys = authorityKey === '' && (certPem !== '' || keyPem !== '');
  if (isSomebodys) {
    requirePair(certPem, keyPem);
    return undefined;
  }
  const former = authorityOf(held);
  const isOld = former === undefined || caNotAfter(former).notAfter - now < RENEW_BEFORE_MS;
  const authority = isOld ? await newCa({ commonName: AUTHORITY_NAME, days: AUTHORITY_DAYS, now }) : former;
  if (!isOld && isGood({ certPem, keyPem, authority, names }, now)) return undefined;
  return await certify(authority, names, now);
}

function requirePair(certPem: string, keyPem: string): void {
  if (isPair(certPem, keyPem)) return;
  throw new Error('tls.crt and tls.key are not a certificate and its private key');
}

function authorityOf({ 'ca.crt': certificatePem = '', 'ca.key': keyPem = '' }: ControlCertificate) {
  if (!isPair(certificatePem, keyPem)) return undefined;
  return { certificatePem, privateKey: readPrivateKey(keyPem) };
}

interface Served {
  certPem: string;
  keyPem: string;
  authority: CertificateAuthority;
  names: readonly string[];
}

function isGood({ certPem, keyPem, authority, names }: Served, now: number): boolean {
  if (!isPair(certPem, keyPem) || !isIssuedBy(certPem, authority.certificatePem)) return false;
  const certificate = new X509Certificate(certPem);
  const isFor = (name: string): boolean =>
    (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
  return readCertificate(certPem).notAfter - now > RENEW_BEFORE_MS && names.every(isFor);
}

async function certify(
  authority: CertificateAuthority,
  names: readonly string[],
  now: number,
): Promise<ControlCertificate> {
  const key = await newKey();
  const certPem = await issueCertificate(authority, {
    subject: { commonName: 'pullet-hub-control', organizations: [] },
    publicKey: publicKeyDer(key),
    usages: ['digital signature', 'key encipherment', 'server auth'],
    dnsNames: names.filter((name) => !isIP(name)),
    ipAddresses: names.filter((name) => isIP(name)),
    ...validity(undefined, DEFAULT_SIGNING_POLICY, caNotAfter(authority), now),
  });
  const { certificatePem, privateKey } = authority;
  return {
    'ca.crt': certificatePem,
    'ca.key': privateKeyPem(privateKey),
    'tls.crt': certPem,
    'tls.key': privateKeyPem(key),
  };
}
