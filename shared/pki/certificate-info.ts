import { type KeyObject, X509Certificate } from 'node:crypto';
import type { CertificateSubject } from './certificate-request.ts';
import { publicKeyDer } from './private-key.ts';

/** What a certificate says, read with node:crypto alone. */
export interface CertificateInfo {
  subject: CertificateSubject;
  /** Milliseconds since the epoch. */
  notBefore: number;
  notAfter: number;
  /** SHA-256 over the DER, lower-case hex without colons. */
  fingerprint: string;
}

/** Throws if `pem` does not start with a certificate; of a chain, the first. */
export function readCertificate(pem: string): CertificateInfo {
  const certificate = new X509Certificate(pem);
  const names = certificate.toLegacyObject().subject as unknown as Record<string, string | string[] | undefined>;
  return {
    subject: { commonName: [names.CN ?? ''].flat()[0] ?? '', organizations: [names.O ?? []].flat() },
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/** SubjectPublicKeyInfo in DER. */
export function certificateKeyDer(pem: string): Uint8Array {
  return publicKeyDer(new X509Certificate(pem).publicKey);
}

/** True if the certificate was issued for this private key. */
export function certificateMatchesKey(pem: string, key: KeyObject): boolean {
  return Buffer.from(certificateKeyDer(pem)).equals(publicKeyDer(key));
}

/** True if a certificate of the PEM bundle issued and signed this one. */
export function isIssuedBy(pem: string, issuerPem: string): boolean {
  const [certificate, issuer] = [new X509Certificate(pem), new X509Certificate(issuerPem)];
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
