import type { CertificateSigningRequest } from '../../shared/apis/certificates/v1.ts';

/** Questions about where a certificate request stands. */

type ConditionType = 'Approved' | 'Denied' | 'Failed';

export function hasCondition(csr: CertificateSigningRequest, type: ConditionType): boolean {
  return csr.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
}

export function isIssued(csr: CertificateSigningRequest): boolean {
  return (csr.status?.certificate ?? '') !== '';
}

/** Approved, denied or already issued. */
export function isDecided(csr: CertificateSigningRequest): boolean {
  return isIssued(csr) || hasCondition(csr, 'Approved') || hasCondition(csr, 'Denied');
}

/** `spec.request` as PEM text. */
export function requestPem(csr: CertificateSigningRequest): string {
  return Buffer.from(csr.spec.request, 'base64').toString('utf8');
}
