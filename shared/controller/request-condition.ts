import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../apis/certificates/v1.ts';
import type { Clock } from './clock.ts';
import { rfc3339 } from './conditions.ts';

/** The request with one more condition, as of now. Nothing is written. */
export function withRequestCondition(
  csr: CertificateSigningRequest,
  said: Pick<CertificateSigningRequestCondition, 'type' | 'reason' | 'message'>,
  clock: Pick<Clock, 'now'>,
): CertificateSigningRequest {
  const time = rfc3339(clock.now());
  const condition = { ...said, status: 'True', lastUpdateTime: time, lastTransitionTime: time } as const;
  return { ...csr, status: { ...csr.status, conditions: [...(csr.status?.conditions ?? []), condition] } };
}
