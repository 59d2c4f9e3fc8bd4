import { type CertificateSigningRequest, certificateSigningRequests } from '../../../shared/apis/certificates/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { deleteIfPresent } from '../../../shared/client/ensure-object.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import type { ReconcileResult } from '../../../shared/controller/controller.ts';
import { isIssued } from '../csr-state.ts';

/**
 * Makes true: certificate requests don't pile up. One that was issued, denied or has failed goes after an hour, one that nobody decided on or that was
 * approved and never signed after a day, as with kube-controller-manager.
 */
export interface CleanerDeps {
  client: KubeClient;
  getRequest: (name: string) => CertificateSigningRequest | undefined;
  clock: Clock;
}

const HOUR_MS = 3600_000;

/** Milliseconds since the epoch. */
function endOfRequest(csr: CertificateSigningRequest): number {
  const decided = csr.status?.conditions?.find(({ type }) => type !== 'Approved' || isIssued(csr));
  const decidedAt = Date.parse(decided?.lastUpdateTime ?? '');
  if (!Number.isNaN(decidedAt)) return decidedAt + HOUR_MS;
  return Date.parse(csr.metadata.creationTimestamp ?? '') + 24 * HOUR_MS;
}

export async function reconcileCsrCleaner(
  deps: CleanerDeps,
  name: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const csr = deps.getRequest(name);
  if (!csr || csr.metadata.deletionTimestamp) return undefined;
  const leftMs = endOfRequest(csr) - deps.clock.now();
  if (Number.isNaN(leftMs)) return undefined;
  if (leftMs > 0) return { requeueAfterMs: leftMs };
  const { uid } = csr.metadata;
  await deleteIfPresent(deps.client, certificateSigningRequests, uid ? { name, uid } : { name }, signal);
  return undefined;
}
