import 'reflect-metadata';
import { createHash, type KeyObject, randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { readCertificate } from './certificate-info.ts';
import type { CertificateSubject } from './certificate-request.ts';
import { decodePem } from './pem.ts';
import { newKey, publicKeyDer } from './private-key.ts';
import type { CertificateTemplate, KeyUsage } from './signing-policy.ts';

/**
 * X.509 certificates made and certificate requests read (RFC 5280, RFC 2986): the only file that knows the library for it. The hub needs it; the
 * agent and whatever else must stay small must not import it.
 */

x509.cryptoProvider.set(webcrypto);

export interface CertificateAuthority {
  certificatePem: string;
  privateKey: KeyObject;
}

/** A certificate request whose signature has been checked. */
export interface CertificateRequest {
  subject: CertificateSubject;
  /** Names outside CN and O that the subject has. */
  otherSubjectNames: string[];
  dnsNames: string[];
  emailAddresses: string[];
  ipAddresses: string[];
  uris: string[];
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Uint8Array;
}

const DAY_MS = 24 * 3600_000;
const CA_BACKDATE_MS = 5 * 60_000;

/** A self-signed authority with a P-256 key. `now` in milliseconds since the epoch. */
export async function newCa(options: { commonName: string; days: number; now: number }): Promise<CertificateAuthority> {
  const privateKey = await newKey('ec-p256');
  const subject: CertificateSubject = { commonName: options.commonName, organizations: [] };
  const spki = publicKeyDer(privateKey);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject: nameOf(subject),
    issuer: nameOf(subject),
    notBefore: new Date(options.now - CA_BACKDATE_MS),
    notAfter: new Date(options.now + options.days * DAY_MS),
    publicKey: new x509.PublicKey(spki),
    signingKey: await importSigningKey(privateKey),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment | x509.KeyUsageFlags.keyCertSign,
        true,
      ),
      new x509.SubjectKeyIdentifierExtension(keyIdentifier(spki)),
    ],
  });
  return { certificatePem: `${certificate.toString('pem')}\n`, privateKey };
}

/** Signs what the template says; the certificate as PEM. The template comes from a signing policy: nothing is judged here. */
export async function issueCertificate(ca: CertificateAuthority, template: CertificateTemplate): Promise<string> {
  const signer = signers.get(ca) ?? newSigner(ca);
  signers.set(ca, signer);
  const { issuer, issuerKeyId, signingKey } = await signer;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject: nameOf(template.subject),
    issuer,
    notBefore: new Date(template.notBefore),
    notAfter: new Date(template.notAfter),
    publicKey: new x509.PublicKey(template.publicKey),
    signingKey,
    signingAlgorithm: signingAlgorithm(ca.privateKey),
    extensions: extensionsOf(template, issuerKeyId),
  });
  return `${certificate.toString('pem')}\n`;
}

/** What every certificate of an authority needs of it: reading that costs as much as a signature. */
interface Signer {
  issuer: x509.Name;
  issuerKeyId: string | undefined;
  signingKey: webcrypto.CryptoKey;
}

const signers = new WeakMap<CertificateAuthority, Promise<Signer>>();

async function newSigner({ certificatePem, privateKey }: CertificateAuthority): Promise<Signer> {
  const certificate = new x509.X509Certificate(certificatePem);
  return {
    issuer: certificate.subjectName,
    issuerKeyId: certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
    signingKey: await importSigningKey(privateKey),
  };
}

/** Milliseconds since the epoch, for `signClientCertificate` and `validity`. */
export function caNotAfter(ca: CertificateAuthority): { notAfter: number } {
  return { notAfter: readCertificate(ca.certificatePem).notAfter };
}

/** Reads a PEM `CERTIFICATE REQUEST`; throws if it can't be read or its own signature is wrong. */
export async function parseCertificateRequest(pem: string): Promise<CertificateRequest> {
  const der = decodePem(pem, 'CERTIFICATE REQUEST');
  if (!der) throw new Error('PEM block type must be CERTIFICATE REQUEST');
  const request = readRequest(der);
  if (!(await isSelfSigned(request))) throw new Error('the signature of the certificate request is wrong');
  const names = request.subjectName.toJSON();
  const values = (type: string): string[] => names.flatMap((name) => name[type] ?? []);
  const alternative = alternativeNames(request);
  const ofType = (type: string): string[] => alternative.filter((name) => name.type === type).map((name) => name.value);
  return {
    subject: { commonName: values('CN')[0] ?? '', organizations: values('O') },
    otherSubjectNames: names.flatMap((name) => Object.keys(name)).filter((type) => type !== 'CN' && type !== 'O'),
    dnsNames: ofType('dns'),
    emailAddresses: ofType('email'),
    ipAddresses: ofType('ip'),
    uris: ofType('url'),
    publicKey: new Uint8Array(request.publicKey.rawData),
  };
}

const OID_SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';

/** Types besides the four that callers know are told as a URI: nobody may think that there was nothing. */
function alternativeNames(request: x509.Pkcs10CertificateRequest): { type: string; value: string }[] {
  const extension = request.extensions.find(({ type }) => type === OID_SUBJECT_ALTERNATIVE_NAME);
  if (!extension) return [];
  const known = ['dns', 'email', 'ip', 'url'];
  return new x509.SubjectAlternativeNameExtension(extension.rawData).names
    .toJSON()
    .map(({ type, value }) => (known.includes(type) ? { type, value } : { type: 'url', value: `${type}:${value}` }));
}

function readRequest(der: Uint8Array): x509.Pkcs10CertificateRequest {
  try {
    return new x509.Pkcs10CertificateRequest(der);
  } catch (error) {
    throw new Error('the certificate request can not be read', { cause: error });
  }
}

async function isSelfSigned(request: x509.Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify();
  } catch {
    return false;
  }
}

function nameOf(subject: CertificateSubject): x509.JsonName {
  const organizations = subject.organizations.map((value) => ({ O: [value] }));
  return [...organizations, { CN: [subject.commonName] }];
}

/** 127 random bits, never zero in front. */
function newSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

/** RFC 5280, 4.2.1.2, method 1, over the whole SubjectPublicKeyInfo: unique is all that is asked. */
function keyIdentifier(spki: Uint8Array): string {
  return createHash('sha1').update(spki).digest('hex');
}

const KEY_USAGE_FLAGS: Partial<Record<KeyUsage, x509.KeyUsageFlags>> = {
  'digital signature': x509.KeyUsageFlags.digitalSignature,
  'key encipherment': x509.KeyUsageFlags.keyEncipherment,
};
const EXTENDED_USAGES: Partial<Record<KeyUsage, x509.ExtendedKeyUsage>> = {
  'client auth': x509.ExtendedKeyUsage.clientAuth,
  'server auth': x509.ExtendedKeyUsage.serverAuth,
};

function extensionsOf(template: CertificateTemplate, issuerKeyId: string | undefined): x509.Extension[] {
  const flags = template.usages.reduce((sum, usage) => sum | (KEY_USAGE_FLAGS[usage] ?? 0), 0);
  const extended = template.usages.flatMap((usage) => EXTENDED_USAGES[usage] ?? []);
  const names: x509.JsonGeneralNames = [
    ...(template.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(template.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    ...(flags === 0 ? [] : [new x509.KeyUsagesExtension(flags, true)]),
    ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
    ...(issuerKeyId === undefined ? [] : [new x509.AuthorityKeyIdentifierExtension(issuerKeyId)]),
    ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
  ];
}

type SigningAlgorithm = { name: 'ECDSA' | 'RSASSA-PKCS1-v1_5'; hash: string };

const CURVES: Record<string, { namedCurve: string; hash: string }> = {
  prime256v1: { namedCurve: 'P-256', hash: 'SHA-256' },
  secp384r1: { namedCurve: 'P-384', hash: 'SHA-384' },
  secp521r1: { namedCurve: 'P-521', hash: 'SHA-512' },
};

function curveOf(key: KeyObject): { namedCurve: string; hash: string } {
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (!curve) throw new Error(`signing keys must be RSA or ECDSA, not ${key.asymmetricKeyType}`);
  return curve;
}

function signingAlgorithm(key: KeyObject): SigningAlgorithm {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return { name: 'ECDSA', hash: curveOf(key).hash };
}

async function importSigningKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const algorithm =
    key.asymmetricKeyType === 'rsa'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : { name: 'ECDSA', namedCurve: curveOf(key).namedCurve };
  return await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
}
