import {
  CLUSTER_INFO_KUBECONFIG_KEY,
  CLUSTER_INFO_NAME,
  CLUSTER_INFO_NAMESPACE,
} from '../../shared/apis/bootstrap/token.ts';
import { type ConfigMap, configMaps } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newClusterInfo } from './cluster-info.ts';
import type { ClusterInfoDecision } from './cluster-info-decision.ts';
import { isOurs } from './install-step.ts';

/** Writes what was decided of kube-public/cluster-info, and takes it back. Signatures in it are others' business. */

const KEY = { name: CLUSTER_INFO_NAME, namespace: CLUSTER_INFO_NAMESPACE };
/** What somebody else had written before it was overwritten. */
const FORMER_ANNOTATION = 'pullet.io/former-kubeconfig';

export async function getClusterInfo(client: KubeClient, signal: AbortSignal): Promise<ConfigMap | undefined> {
  try {
    return await client.get(configMaps, KEY, { signal });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export async function writeClusterInfo(
  client: KubeClient,
  current: ConfigMap | undefined,
  { kubeconfig }: ClusterInfoDecision,
  signal: AbortSignal,
): Promise<void> {
  if (kubeconfig === undefined) return;
  if (!current) {
    await client.create(configMaps, newClusterInfo(kubeconfig), { signal });
    return;
  }
  const { annotations = {}, resourceVersion } = current.metadata;
  const theirs = current.data?.[CLUSTER_INFO_KUBECONFIG_KEY];
  const isKept = isOurs(current) || annotations[FORMER_ANNOTATION] !== undefined || theirs === undefined;
  const kept = isKept ? {} : { annotations: { [FORMER_ANNOTATION]: theirs } };
  const patch = { metadata: { resourceVersion, ...kept }, data: { [CLUSTER_INFO_KUBECONFIG_KEY]: kubeconfig } };
  await client.patch(configMaps, KEY, { type: 'merge', patch }, { signal });
}

/** Deletes what we made; puts back what we wrote over; leaves all else. In words, or undefined if there was nothing to do. */
export async function takeBackClusterInfo(client: KubeClient, signal: AbortSignal): Promise<string | undefined> {
  const current = await getClusterInfo(client, signal);
  if (!current) return undefined;
  if (isOurs(current)) {
    await client.delete(configMaps, KEY, { signal });
    return 'deleted';
  }
  const former = current.metadata.annotations?.[FORMER_ANNOTATION];
  if (former === undefined) return undefined;
  const metadata = { resourceVersion: current.metadata.resourceVersion, annotations: { [FORMER_ANNOTATION]: null } };
  const patch = { metadata, data: { [CLUSTER_INFO_KUBECONFIG_KEY]: former } };
  await client.patch(configMaps, KEY, { type: 'merge', patch }, { signal });
  return 'put back as it was';
}
