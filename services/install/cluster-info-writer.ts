import {
  CLUSTER_INFO_KUBECONFIG_KEY,
  CLUSTER_INFO_NAME,
  CLUSTER_INFO_NAMESPACE,
} from '../../shared/apis/bootstrap/token.ts';
import { type ConfigMap, configMaps } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { deleteIfPresent, getIfPresent } from '../../shared/client/ensure-object.ts';
import { newClusterInfo } from './cluster-info.ts';
import type { ClusterInfoDecision } from './cluster-info-decision.ts';
import { isOurs } from './install-step.ts';

/** Writes what was decided of kube-public/cluster-info, and takes it back. Signatures in it are others' business. */

const KEY = { name: CLUSTER_INFO_NAME, namespace: CLUSTER_INFO_NAMESPACE };
/** What somebody else had written before it was overwritten. */
const FORMER_ANNOTATION = 'pullet.io/former-kubeconfig';

export function getClusterInfo(client: KubeClient, signal?: AbortSignal): Promise<ConfigMap | undefined> {
  return getIfPresent(client, configMaps, KEY, signal);
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
    await deleteIfPresent(client, configMaps, { ...KEY, uid: current.metadata.uid }, signal);
    return 'deleted';
  }
  const former = current.metadata.annotations?.[FORMER_ANNOTATION];
  if (former === undefined) return undefined;
  const metadata = { resourceVersion: current.metadata.resourceVersion, annotations: { [FORMER_ANNOTATION]: null } };
  const patch = { metadata, data: { [CLUSTER_INFO_KUBECONFIG_KEY]: former } };
  await client.patch(configMaps, KEY, { type: 'merge', patch }, { signal });
  return 'put back as it was';
}
