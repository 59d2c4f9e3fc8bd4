import { dump, load } from 'js-yaml';
import {
  CLUSTER_INFO_KUBECONFIG_KEY,
  CLUSTER_INFO_NAME,
  CLUSTER_INFO_NAMESPACE,
} from '../../shared/apis/bootstrap/token.ts';
import { type ConfigMap, configMaps } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { createIfAbsent, getIfPresent } from '../../shared/client/ensure-object.ts';
import { MANAGED_BY, MANAGED_BY_LABEL } from './install-step.ts';

/** Where the hub is and whom to trust, for newcomers: kube-public/cluster-info, as kubeadm writes it (the wire contract, section 1.3). */

export interface ClusterInfo {
  server: string;
  caPem: string;
}

const KEY = { name: CLUSTER_INFO_NAME, namespace: CLUSTER_INFO_NAMESPACE };

/** A kubeconfig with one cluster without a name, and nothing else. */
export function clusterInfoKubeconfig({ server, caPem }: ClusterInfo): string {
  const cluster = { 'certificate-authority-data': Buffer.from(caPem).toString('base64'), server };
  const config = {
    apiVersion: 'v1',
    clusters: [{ cluster, name: '' }],
    contexts: null,
    'current-context': '',
    kind: 'Config',
    preferences: {},
    users: null,
  };
  return dump(config, { lineWidth: -1, noRefs: true });
}

/**
 * Creates it; with `replace` it is also brought up to date (the signer then signs it anew). Resolves to whether it was made now: another replica may be doing the
 * same.
 */
export async function ensureClusterInfo(
  client: KubeClient,
  info: ClusterInfo,
  { replace = false, signal }: { replace?: boolean; signal?: AbortSignal } = {},
): Promise<boolean> {
  const kubeconfig = clusterInfoKubeconfig(info);
  const current = await getIfPresent(client, configMaps, KEY, signal);
  if (!current) {
    if (await createIfAbsent(client, configMaps, newClusterInfo(kubeconfig), signal)) return true;
    return await ensureClusterInfo(client, info, { replace, ...(signal ? { signal } : {}) });
  }
  if (!replace || current.data?.[CLUSTER_INFO_KUBECONFIG_KEY] === kubeconfig) return false;
  const patch = { data: { [CLUSTER_INFO_KUBECONFIG_KEY]: kubeconfig } };
  await client.patch(configMaps, KEY, { type: 'merge', patch }, signal ? { signal } : {});
  return false;
}

export function newClusterInfo(kubeconfig: string): ConfigMap {
  const metadata = { ...KEY, labels: { [MANAGED_BY_LABEL]: MANAGED_BY } };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [CLUSTER_INFO_KUBECONFIG_KEY]: kubeconfig } };
}

/** What members are told; undefined where nobody has said so yet, or it can't be read. */
export async function readClusterInfo(client: KubeClient, signal?: AbortSignal): Promise<ClusterInfo | undefined> {
  const current = await getIfPresent(client, configMaps, KEY, signal);
  const server = current ? serverOfClusterInfo(current) : '';
  if (!current || server === '') return undefined;
  const authority = clusterOf(current)['certificate-authority-data'];
  return { server, caPem: typeof authority === 'string' ? Buffer.from(authority, 'base64').toString() : '' };
}

/** What it tells: `https://host:port`; '' if that can't be read. */
export function serverOfClusterInfo(clusterInfo: ConfigMap): string {
  const { server } = clusterOf(clusterInfo);
  return typeof server === 'string' ? server.replace(/\/$/, '') : '';
}

function clusterOf({ data }: ConfigMap): Record<string, unknown> {
  try {
    const config = load(data?.[CLUSTER_INFO_KUBECONFIG_KEY] ?? '') as {
      clusters?: { cluster?: Record<string, unknown> }[];
    } | null;
    return config?.clusters?.[0]?.cluster ?? {};
  } catch {
    return {};
  }
}
