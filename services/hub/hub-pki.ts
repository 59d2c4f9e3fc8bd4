import { createHash, type KeyObject } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { isIssuedBy, readCertificate } from '../../shared/pki/certificate-info.ts';
import { newKey, privateKeyPem, publicKeyDer, readPrivateKey } from '../../shared/pki/private-key.ts';
import { DEFAULT_SIGNING_POLICY, type KeyUsage, validity } from '../../shared/pki/signing-policy.ts';
import { type CertificateAuthority, caNotAfter, issueCertificate } from '../../shared/pki/x509.ts';
import { type Authorities, authorityBundle, loadAuthorities } from './ca/ca-files.ts';
import { readIfExists, writePrivateFile } from './data-directory.ts';
import { type KeyPair, splitPair } from './key-pair.ts';

/** The hub's own keys and certificates: made at the first start, private files 0600, read again at the next. */

export interface HubPki {
  /** Signs. */
  ca: CertificateAuthority;
  /** It, and another one while the one is replaced by the other. */
  authorities: Authorities;
  /** PEM bundle of whose certificates are good, the one that signs first. */
  caPem: string;
  /** Of the API's listener; for every name and address that clients may use. */
  serving: KeyPair;
  /** User `admin` in `system:masters`; for the operator's kubeconfig. */
  admin: KeyPair;
  /** Signs service-account tokens. */
  serviceAccountKey: KeyObject;
}

const DAY_MS = 24 * 3600_000;
/** Certificates with less than this left are made anew. */
const RENEW_BEFORE_MS = 30 * DAY_MS;

export interface HubPkiOptions {
  directory: string;
  /** Host names and IP addresses that the serving certificate is for. */
  hosts: string[];
  now: number;
}

/** Reads what is there and makes what is missing. Throws if a file is damaged: it is never replaced unasked. */
export async function loadHubPki({ directory, hosts, now }: HubPkiOptions): Promise<HubPki> {
  const authorities = await loadAuthorities(directory, now);
  const ca = authorities.signing;
  const names = { dnsNames: hosts.filter((host) => !isIP(host)), ipAddresses: hosts.filter((host) => isIP(host)) };
  const servingName = `serving-${fingerprint(hosts)}`;
  const serving = await loadLeaf(
    { directory, name: servingName, ca, now },
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
  const serviceAccountKey = await loadServiceAccountKey(directory);
  forgetLeftOver(directory, servingName);
  return { ca, authorities, caPem: authorityBundle(authorities), serving, admin, serviceAccountKey };
}

/**
 * A certificate for other hosts is of no use any more: where addresses change with each start there would be ever more of them. Nor is what a hub that was killed
 * was about to write.
 */
function forgetLeftOver(directory: string, serving: string): void {
  const isLeftOver = (file: string): boolean =>
    (/^serving-[0-9a-f]{12}\.pem$/.test(file) && file !== `${serving}.pem`) || /\.(pem|key)\.new$/.test(file);
  for (const file of readdirSync(directory).filter(isLeftOver)) rmSync(path.join(directory, file), { force: true });
}

/** Other hosts, another certificate. */
function fingerprint(hosts: string[]): string {
  return createHash('sha256')
    .update([...hosts].sort().join(','))
    .digest('hex')
    .slice(0, 12);
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
    const { notAfter } = readCertificate(pair.certPem);
    // One that ends with its authority can't be had any longer.
    const isYoung = notAfter - now > RENEW_BEFORE_MS || notAfter >= caNotAfter(ca).notAfter;
    if (isYoung && isIssuedBy(pair.certPem, ca.certificatePem)) return pair;
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

async function loadServiceAccountKey(directory: string): Promise<KeyObject> {
  const file = path.join(directory, 'service-account.key');
  const existing = readIfExists(file);
  if (existing !== undefined) return readKeyFile(file, existing);
  const key = await newKey();
  writePrivateFile(file, privateKeyPem(key));
  return key;
}

function readKeyFile(file: string, text: string): KeyObject {
  try {
    return readPrivateKey(text);
  } catch (error) {
    throw new Error(`the file ${file} is damaged: it should hold a private key`, { cause: error });
  }
}
