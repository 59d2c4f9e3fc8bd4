import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Informer } from '../../shared/controller/informer.ts';
import { type Informers, withoutManagedFields } from './informers.ts';

/**
 * Clusters as the hub's controllers know them: of the status the conditions alone. What an agent tells of its member, with each kind that is served there, is ten
 * times the rest, and none of them asks for it. Whoever writes a status patches it, or reads the Cluster anew.
 */
export function knownClusters(informers: Informers): Informer<Cluster> {
  return informers.of(clusters, { transform: keepConditions });
}

function keepConditions(cluster: Cluster): Cluster {
  const { status, ...rest } = withoutManagedFields(cluster);
  const conditions = status?.conditions;
  return conditions ? Object.assign(rest, { status: { conditions } }) : rest;
}
