import {
  CLUSTER_INFO_JWS_PREFIX,
  CLUSTER_INFO_KUBECONFIG_KEY,
  CLUSTER_INFO_NAME,
  CLUSTER_INFO_NAMESPACE,
} from '../../../shared/apis/bootstrap/token.ts';
import { type ConfigMap, configMaps, type Secret } from '../../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import type { ReconcileResult } from '../../../shared/controller/controller.ts';
import { isExpired, readBootstrapTokenSecret } from '../../../shared/pki/bootstrap-token.ts';
import { signClusterInfo } from '../../../shared/pki/cluster-info-signature.ts';

/**
 * Makes true: kube-public/cluster-info has one signature `jws-kubeconfig-<id>` for every valid token that may sign, and none for any other. Owns
 * those keys; the kubeconfig in it is whoever's wrote it.
 */
export interface BootstrapSignerDeps {
  client: KubeClient;
  getClusterInfo: () => ConfigMap | undefined;
  listTokenSecrets: () => Secret[];
  clock: Clock;
}

export async function reconcileBootstrapSigner(
  deps: BootstrapSignerDeps,
  _key: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const clusterInfo = deps.getClusterInfo();
  if (!clusterInfo) return undefined;
  const now = deps.clock.now();
  const tokens = deps.listTokenSecrets().flatMap((secret) => {
    const record = secret.metadata.deletionTimestamp ? undefined : readBootstrapTokenSecret(secret);
    return record?.usages.includes('signing') && !isExpired(record, now) ? [record] : [];
  });
  const kubeconfig = clusterInfo.data?.[CLUSTER_INFO_KUBECONFIG_KEY];
  const wanted = new Map(
    kubeconfig === undefined
      ? []
      : tokens.map(({ token }) => [`${CLUSTER_INFO_JWS_PREFIX}${token.id}`, signClusterInfo(kubeconfig, token)]),
  );
  await write(deps, clusterInfo, wanted, signal);
  const nextEnd = Math.min(...tokens.map(({ expiresAt }) => expiresAt ?? Number.POSITIVE_INFINITY));
  return nextEnd === Number.POSITIVE_INFINITY ? undefined : { requeueAfterMs: nextEnd - now };
}

async function write(
  deps: BootstrapSignerDeps,
  clusterInfo: ConfigMap,
  wanted: Map<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const current = clusterInfo.data ?? {};
  const changed = [...wanted].filter(([key, signature]) => current[key] !== signature);
  const stale = Object.keys(current).filter((key) => key.startsWith(CLUSTER_INFO_JWS_PREFIX) && !wanted.has(key));
  if (changed.length === 0 && stale.length === 0) return;
  const data = { ...Object.fromEntries(changed), ...Object.fromEntries(stale.map((key) => [key, null])) };
  const { resourceVersion } = clusterInfo.metadata;
  const key = { name: CLUSTER_INFO_NAME, namespace: CLUSTER_INFO_NAMESPACE };
  // With the resourceVersion: signatures over a kubeconfig that has changed meanwhile would be wrong.
  await deps.client.patch(
    configMaps,
    key,
    { type: 'merge', patch: { metadata: { resourceVersion }, data } },
    { signal },
  );
}
