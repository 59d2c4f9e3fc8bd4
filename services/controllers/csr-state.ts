import type { CertificateSigningRequest } from '../../shared/apis/certificates/v1.ts';

/** Questions about where a certificate request stands. */

type ConditionType = 'Approved' | 'Denied' | 'Failed';

export function hasCondition(csr: CertificateSigningRequest, type: ConditionType): boolean {
  return csr.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
}

export function isIssued(csr: CertificateSigningRequest): boolean {
  return (csr.status?.certificate ?? '') !== '';
}

/** Somebody has said yes or no, or it is issued; one that is only Failed is open. */
export function isDecided(csr: CertificateSigningRequest): boolean {
  return isIssued(csr) || hasCondition(csr, 'Approved') || hasCondition(csr, 'Denied');
}

/** `spec.request` as PEM text. */
export function requestPem(csr: CertificateSigningRequest): string {
  return Buffer.from(csr.spec.request, 'base64').toString('utf8');
}

/** Reason of the hub's own approvals. */
export const APPROVED_BY_HUB = 'AutoApproved';
/** Reason of what the hub denies, or gives nothing for. */
export const REFUSED_BY_HUB = 'PulletRefused';

/** While the last cluster of the name is being removed. */
export const LEAVING_RETRY_MS = 2000;

/** Somebody has approved it who is not the hub, as with `kubectl certificate approve`: what goes with a join may not be there. */
export function isApprovedByOthers(csr: CertificateSigningRequest): boolean {
  const isRefused = hasCondition(csr, 'Denied') || hasCondition(csr, 'Failed');
  const approval = csr.status?.conditions?.find(({ type, status }) => type === 'Approved' && status === 'True');
  return !isRefused && approval !== undefined && approval.reason !== APPROVED_BY_HUB;
}
