import type { Cluster } from '../../../shared/apis/cluster/v1alpha1.ts';
import { type Secret, secrets } from '../../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { deleteIfPresent } from '../../../shared/client/ensure-object.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import type { ReconcileResult } from '../../../shared/controller/controller.ts';
import { splitKey } from '../../../shared/controller/store.ts';
import { type BootstrapTokenRecord, readBootstrapTokenSecret } from '../../../shared/pki/bootstrap-token.ts';

/**
 * Makes true: an expired bootstrap token's Secret is deleted, the moment it expires, and that of a token for one use when the cluster that used it is
 * registered, or soon after if it was registered before. Until then an interrupted join may be taken up again. Leaves Secrets that hold no readable token.
 */
export interface TokenCleanerDeps {
  client: KubeClient;
  getSecret: (key: string) => Secret | undefined;
  getCluster: (name: string) => Cluster | undefined;
  clock: Clock;
}

/** The joiner still asks with it for the certificate that it was promised. */
const GRACE_MS = 5 * 60_000;

/** When a token for one use has done its work; infinity if it hasn't, or is for more. It says since when it was used only if its cluster was there already. */
function endOfUse({ limits, usedBy = [], usedAt }: BootstrapTokenRecord, { getCluster }: TokenCleanerDeps): number {
  const isRegistered = limits?.isSingleUse && usedBy.some((name) => getCluster(name) !== undefined);
  if (!isRegistered) return Number.POSITIVE_INFINITY;
  return usedAt === undefined ? 0 : usedAt + GRACE_MS;
}

export async function reconcileTokenCleaner(
  deps: TokenCleanerDeps,
  key: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const secret = deps.getSecret(key);
  const record = secret && readBootstrapTokenSecret(secret);
  if (!secret || !record) return undefined;
  const end = Math.min(record.expiresAt ?? Number.POSITIVE_INFINITY, endOfUse(record, deps));
  const leftMs = end - deps.clock.now();
  if (leftMs > 0) return Number.isFinite(leftMs) ? { requeueAfterMs: leftMs } : undefined;
  const { uid } = secret.metadata;
  await deleteIfPresent(deps.client, secrets, { ...splitKey(key), ...(uid ? { uid } : {}) }, signal);
  return undefined;
}
