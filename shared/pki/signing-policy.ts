import type { CertificateSubject } from './certificate-request.ts';

/**
 * What a signer makes of an approved request: a template for the certificate, or why not. Pure. Source: the signers of
 * kube-controller-manager as documented in "Certificates and Certificate Signing Requests", and its `--cluster-signing-duration`.
 */

/** Everything a certificate will say. Times in milliseconds since the epoch. */
export interface CertificateTemplate {
  subject: CertificateSubject;
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Uint8Array;
  usages: KeyUsage[];
  dnsNames?: string[];
  ipAddresses?: string[];
  notBefore: number;
  notAfter: number;
}

/** certificates.k8s.io KeyUsage, those that this product issues. */
export type KeyUsage = 'digital signature' | 'key encipherment' | 'client auth' | 'server auth';

export interface SigningPolicy {
  /** The longest certificate, and that of a request which names no length. Milliseconds. */
  maxDurationMs: number;
  /** How far before now certificates start, for clocks that lag. */
  backdateMs: number;
  /** Certificates shorter than this keep their whole length after now; longer ones have the backdate taken off their end. */
  shortMs: number;
}

/** kube-controller-manager's defaults. */
export const DEFAULT_SIGNING_POLICY: SigningPolicy = {
  maxDurationMs: 365 * 24 * 3600_000,
  backdateMs: 5 * 60_000,
  shortMs: 8 * 3600_000,
};

export interface SigningRequest {
  subject: CertificateSubject;
  publicKey: Uint8Array;
  usages: string[];
  expirationSeconds?: number;
}

export type SigningDecision =
  | { template: CertificateTemplate }
  /** `reason` of the Failed condition, and its message. */
  | { refusal: { reason: string; message: string } };

const MIN_DURATION_MS = 10 * 60_000;
const CLIENT_USAGES: readonly string[] = ['digital signature', 'key encipherment', 'client auth'];

/** The signer `kubernetes.io/kube-apiserver-client`: client certificates and nothing else. */
export function signClientCertificate(
  request: SigningRequest,
  policy: SigningPolicy,
  ca: { notAfter: number },
  now: number,
): SigningDecision {
  const wrongUsage = invalidClientUsage(request.usages);
  if (wrongUsage) return { refusal: { reason: 'SignerValidationFailure', message: wrongUsage } };
  if (ca.notAfter <= now) {
    return { refusal: { reason: 'SigningError', message: 'the signing CA certificate has expired' } };
  }
  const usages = request.usages as KeyUsage[];
  const { subject, publicKey } = request;
  return { template: { subject, publicKey, usages, ...validity(request.expirationSeconds, policy, ca, now) } };
}

function invalidClientUsage(usages: string[]): string | undefined {
  const invalid = usages.find((usage) => !CLIENT_USAGES.includes(usage));
  if (invalid !== undefined) return `invalid usage for client certificate: ${invalid}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}

/** From `backdateMs` before now to the requested end, capped by the policy and by the CA's own end. */
export function validity(
  expirationSeconds: number | undefined,
  policy: SigningPolicy,
  ca: { notAfter: number },
  now: number,
): { notBefore: number; notAfter: number } {
  const requested = expirationSeconds === undefined ? policy.maxDurationMs : expirationSeconds * 1000;
  const duration = Math.min(Math.max(requested, MIN_DURATION_MS), policy.maxDurationMs);
  const end = duration < policy.shortMs ? now + duration : now + duration - policy.backdateMs;
  return { notBefore: now - policy.backdateMs, notAfter: Math.min(end, ca.notAfter) };
}
