import { type KeyObject, sign } from 'node:crypto';
import { der, derBits, derOid, derUtf8 } from './der.ts';
import { encodePem } from './pem.ts';
import { publicKeyDer } from './private-key.ts';

/**
 * Writes PKCS#10 certificate requests (RFC 2986) with node:crypto alone, so that the agent needs no X.509 library.
 * Reading and checking them is in `x509.ts`.
 */

/** Who a certificate speaks for: CN is the user, each O a group. */
export interface CertificateSubject {
  commonName: string;
  organizations: string[];
}

const OID_COMMON_NAME = '2.5.4.3';
const OID_ORGANIZATION = '2.5.4.10';
const OID_ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const OID_SHA256_WITH_RSA = '1.2.840.113549.1.1.11';

/** A request for `subject`, without any subject alternative name, signed with SHA-256. PEM. */
export function newCertificateRequest(key: KeyObject, subject: CertificateSubject): string {
  const version = der('integer', Buffer.from([0]));
  const noAttributes = der(0xa0);
  const info = der('sequence', version, nameDer(subject), publicKeyDer(key), noAttributes);
  const signature = sign('sha256', info, key);
  return encodePem('CERTIFICATE REQUEST', der('sequence', info, signatureAlgorithm(key), derBits(signature)));
}

function nameDer(subject: CertificateSubject): Uint8Array {
  const organizations = subject.organizations.map((value) => attribute(OID_ORGANIZATION, value));
  return der('sequence', ...organizations, attribute(OID_COMMON_NAME, subject.commonName));
}

function attribute(oid: string, value: string): Uint8Array {
  return der('set', der('sequence', derOid(oid), derUtf8(value)));
}

function signatureAlgorithm(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType === 'ec') return der('sequence', derOid(OID_ECDSA_WITH_SHA256));
  if (key.asymmetricKeyType === 'rsa') return der('sequence', derOid(OID_SHA256_WITH_RSA), Buffer.from([0x05, 0x00]));
  throw new Error(`no certificate requests with keys of type ${key.asymmetricKeyType}`);
}
