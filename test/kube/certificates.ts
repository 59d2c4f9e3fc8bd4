/**
 * The certificates and keys of one test control plane: its own certificate authority, a serving certificate for loopback, an
 * administrator (`system:masters`), the front proxy's pair for aggregation, and the key that signs service account tokens.
 * Made with no code of ours, so that a mistake in our own PKI cannot hide itself here. Everything is PEM, P-256, valid for a day.
 */

import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate with its PKCS #8 private key, both PEM. */
export interface CertificateAndKey {
  readonly certPem: string;
  readonly keyPem: string;
}

/** A certificate authority that can issue leaf certificates. */
export interface CertificateAuthority extends CertificateAndKey {
  /** Issues a certificate for clients, and for servers too if `hosts` names any. */
  issue(subject: CertificateSubject): Promise<CertificateAndKey>;
}

/** Whom a certificate is for: the user name, the groups, and the DNS names and IP addresses a server answers to. */
export interface CertificateSubject {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly hosts?: readonly x509.JsonGeneralName[];
  /** When it ends, if that is not in a day. */
  readonly notAfter?: Date;
}

/** Everything kube-apiserver and kube-controller-manager are started with. */
export interface ControlPlanePki {
  readonly ca: CertificateAuthority;
  readonly frontProxyCa: CertificateAuthority;
  readonly server: CertificateAndKey;
  readonly admin: CertificateAndKey;
  readonly frontProxyClient: CertificateAndKey;
  /** The key pair for service account tokens: PKCS #8 and SPKI. */
  readonly serviceAccount: { readonly privatePem: string; readonly publicPem: string };
}

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };
const hourMs = 3_600_000;

const servedHosts: readonly x509.JsonGeneralName[] = [
  { type: 'dns', value: 'localhost' },
  { type: 'dns', value: 'kubernetes' },
  { type: 'dns', value: 'kubernetes.default' },
  { type: 'dns', value: 'kubernetes.default.svc' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '10.96.0.1' },
];

/** Makes all certificates of a new control plane; `name` shows in the authorities' subjects. */
export async function newControlPlanePki(name: string): Promise<ControlPlanePki> {
  const ca = await newCertificateAuthority(`${name}-ca`);
  const frontProxyCa = await newCertificateAuthority(`${name}-front-proxy-ca`);
  return {
    ca,
    frontProxyCa,
    server: await ca.issue({ commonName: 'kube-apiserver', hosts: servedHosts }),
    admin: await ca.issue({ commonName: 'admin', organizations: ['system:masters'] }),
    frontProxyClient: await frontProxyCa.issue({ commonName: 'front-proxy-client' }),
    serviceAccount: await newServiceAccountKeys(),
  };
}

async function newCertificateAuthority(commonName: string): Promise<CertificateAuthority> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: distinguishedName({ commonName }),
    ...validity(),
    keys,
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certPem: certificate.toString('pem'),
    keyPem: await privatePem(keys),
    issue: (subject) => issueLeaf(certificate, keys, subject),
  };
}

async function issueLeaf(
  issuer: x509.X509Certificate,
  issuerKeys: webcrypto.CryptoKeyPair,
  subject: CertificateSubject,
): Promise<CertificateAndKey> {
  const keys = await newKeys();
  const hosts = subject.hosts ?? [];
  const usages: x509.ExtendedKeyUsage[] = [x509.ExtendedKeyUsage.clientAuth];
  if (hosts.length > 0) usages.push(x509.ExtendedKeyUsage.serverAuth);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: distinguishedName(subject),
    issuer: issuer.subjectName,
    ...validity(),
    ...(subject.notAfter ? { notAfter: subject.notAfter } : {}),
    publicKey: keys.publicKey,
    signingKey: issuerKeys.privateKey,
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(usages),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...(hosts.length > 0 ? [new x509.SubjectAlternativeNameExtension([...hosts])] : []),
    ],
  });
  return { certPem: certificate.toString('pem'), keyPem: await privatePem(keys) };
}

async function newServiceAccountKeys(): Promise<ControlPlanePki['serviceAccount']> {
  const keys = await newKeys();
  const publicKey = await webcrypto.subtle.exportKey('spki', keys.publicKey);
  return { privatePem: await privatePem(keys), publicPem: x509.PemConverter.encode(publicKey, 'PUBLIC KEY') };
}

function distinguishedName(subject: CertificateSubject): x509.JsonName {
  return [
    ...(subject.organizations ?? []).map((organization) => ({ O: [organization] })),
    { CN: [subject.commonName] },
  ];
}

/** From an hour ago, so that a clock set back a little does not fail a run. */
function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - hourMs), notAfter: new Date(now + 24 * hourMs) };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

async function privatePem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
}
