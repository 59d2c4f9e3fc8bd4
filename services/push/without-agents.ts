import type { Cluster } from '../../shared/apis/cluster/v1alpha1.ts';

/** A Cluster as push mode knows it: of one that has an agent no more than that. There may be thousands, and what their agents tell of them is large. */
export function withoutAgents(cluster: Cluster): Cluster {
  const { apiVersion, kind, metadata, spec } = cluster;
  const { syncMode } = spec;
  if (syncMode === 'Push') return cluster;
  const { name = '', uid = '', resourceVersion = '' } = metadata;
  return { apiVersion, kind, metadata: { name, uid, resourceVersion }, spec: { syncMode } };
}
