import { createHash, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import path from 'node:path';
import { certificateMatchesKey, isIssuedBy, readCertificate } from '../../shared/pki/certificate-info.ts';
import { newKey, privateKeyPem, publicKeyDer, readPrivateKey } from '../../shared/pki/private-key.ts';
import { DEFAULT_SIGNING_POLICY, type KeyUsage, validity } from '../../shared/pki/signing-policy.ts';
import { type CertificateAuthority, caNotAfter, issueCertificate, newCa } from '../../shared/pki/x509.ts';
import { readIfExists, writePrivateFile } from './data-directory.ts';

/** The hub's own keys and certificates: made at the first start, private files 0600, read again at the next. */

export interface KeyPair {
  certPem: string;
  keyPem: string;
}

export interface HubPki {
  ca: CertificateAuthority;
  /** Of the API's listener; for every name and address that clients may use. */
  serving: KeyPair;
  /** User `admin` in `system:masters`; for the operator's kubeconfig. */
  admin: KeyPair;
  /** Signs service-account tokens. */
  serviceAccountKey: KeyObject;
}

const CA_DAYS = 3650;
const DAY_MS = 24 * 3600_000;
/** Certificates with less than this left are made anew at start. */
const RENEW_BEFORE_MS = 30 * DAY_MS;

export interface HubPkiOptions {
  directory: string;
  /** Host names and IP addresses that the serving certificate is for. */
  hosts: string[];
  now: number;
}

/** Reads what is there and makes what is missing. Throws if a file is damaged: it is never replaced unasked. */
export async function loadHubPki({ directory, hosts, now }: HubPkiOptions): Promise<HubPki> {
  const ca = await loadCa(directory, now);
  const names = { dnsNames: hosts.filter((host) => !isIP(host)), ipAddresses: hosts.filter((host) => isIP(host)) };
  const serving = await loadLeaf(
    { directory, name: `serving-${fingerprint(hosts)}`, ca, now },
    {
      commonName: 'pullet-hub',
      organizations: [],
      usages: ['digital signature', 'key encipherment', 'server auth'],
      ...names,
    },
  );
  const admin = await loadLeaf(
    { directory, name: 'admin', ca, now },
    {
      commonName: 'admin',
      organizations: ['system:masters'],
      usages: ['digital signature', 'key encipherment', 'client auth'],
    },
  );
  return { ca, serving, admin, serviceAccountKey: await loadServiceAccountKey(directory) };
}

/** Other hosts, another certificate; the old one stays beside it. */
function fingerprint(hosts: string[]): string {
  return createHash('sha256')
    .update([...hosts].sort().join(','))
    .digest('hex')
    .slice(0, 12);
}

/** One file for both, so that there is never a certificate without its key. */
async function loadCa(directory: string, now: number): Promise<CertificateAuthority> {
  const file = path.join(directory, 'ca.pem');
  const existing = readIfExists(file);
  if (existing !== undefined) {
    const pair = splitPair(file, existing);
    return { certificatePem: pair.certPem, privateKey: readPrivateKey(pair.keyPem) };
  }
  const ca = await newCa({ commonName: 'pullet-ca', days: CA_DAYS, now });
  writePrivateFile(file, ca.certificatePem + privateKeyPem(ca.privateKey));
  return ca;
}

interface LeafFile {
  directory: string;
  name: string;
  ca: CertificateAuthority;
  now: number;
}

interface LeafSubject {
  commonName: string;
  organizations: string[];
  usages: KeyUsage[];
  dnsNames?: string[];
  ipAddresses?: string[];
}

async function loadLeaf({ directory, name, ca, now }: LeafFile, subject: LeafSubject): Promise<KeyPair> {
  const file = path.join(directory, `${name}.pem`);
  const existing = readIfExists(file);
  if (existing !== undefined) {
    const pair = splitPair(file, existing);
    const isOurs = isIssuedBy(pair.certPem, ca.certificatePem);
    if (isOurs && readCertificate(pair.certPem).notAfter - now > RENEW_BEFORE_MS) return pair;
  }
  const key = await newKey();
  const { commonName, organizations, ...rest } = subject;
  const certPem = await issueCertificate(ca, {
    subject: { commonName, organizations },
    publicKey: publicKeyDer(key),
    ...rest,
    ...validity(undefined, DEFAULT_SIGNING_POLICY, caNotAfter(ca), now),
  });
  const pair = { certPem, keyPem: privateKeyPem(key) };
  writePrivateFile(file, pair.certPem + pair.keyPem);
  return pair;
}

function splitPair(file: string, text: string): KeyPair {
  const start = text.indexOf('-----BEGIN PRIVATE KEY-----');
  const pair = { certPem: text.slice(0, start), keyPem: text.slice(start) };
  if (start <= 0 || !isPair(pair)) {
    throw new Error(`the file ${file} is damaged: it should hold a certificate and its private key`);
  }
  return pair;
}

function isPair({ certPem, keyPem }: KeyPair): boolean {
  try {
    return certificateMatchesKey(certPem, readPrivateKey(keyPem));
  } catch {
    return false;
  }
}

async function loadServiceAccountKey(directory: string): Promise<KeyObject> {
  const file = path.join(directory, 'service-account.key');
  const existing = readIfExists(file);
  if (existing !== undefined) return readPrivateKey(existing);
  const key = await newKey();
  writePrivateFile(file, privateKeyPem(key));
  return key;
}
