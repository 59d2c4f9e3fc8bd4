import {
  type Cluster,
  clusters,
  DESCRIPTION_ANNOTATION,
  DISPLAY_NAME_ANNOTATION,
  TAINT_UNSCHEDULABLE,
} from '../../shared/apis/cluster/v1alpha1.ts';
import { isConflict } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { isCordon } from './cluster-view.ts';
import type { ClusterChangeRequest } from './schemas/cluster.ts';

const TRIES = 5;

/** Writes the change in one patch; resolves to the cluster as it is then. Taints are a list, so those are written over what was read, and again if that has changed. */
export async function changeCluster(
  client: KubeClient,
  name: string,
  change: ClusterChangeRequest,
  signal: AbortSignal,
): Promise<Cluster> {
  for (let tries = 1; ; tries++) {
    const cluster = await client.get(clusters, { name }, { signal });
    try {
      return await client.patch(clusters, { name }, { type: 'merge', patch: patchOf(cluster, change) }, { signal });
    } catch (error) {
      if (tries === TRIES || !isConflict(error)) throw error;
    }
  }
}

function patchOf(cluster: Cluster, { cordoned, labels, displayName, description }: ClusterChangeRequest): object {
  const annotations = {
    ...(displayName === undefined ? {} : { [DISPLAY_NAME_ANNOTATION]: displayName }),
    ...(description === undefined ? {} : { [DESCRIPTION_ANNOTATION]: description }),
  };
  const taints = cordoned === undefined ? undefined : taintsOf(cluster, cordoned);
  return {
    metadata: {
      resourceVersion: cluster.metadata.resourceVersion,
      ...(labels ? { labels } : {}),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    ...(taints ? { spec: { taints: taints.length > 0 ? taints : null } } : {}),
  };
}

/** Undefined: they are as wanted. */
function taintsOf({ spec }: Cluster, cordoned: boolean): NonNullable<Cluster['spec']['taints']> | undefined {
  const taints = spec.taints ?? [];
  if (taints.some(isCordon) === cordoned) return undefined;
  if (!cordoned) return taints.filter((taint) => !isCordon(taint));
  return [...taints, { key: TAINT_UNSCHEDULABLE, effect: 'NoSchedule' }];
}
