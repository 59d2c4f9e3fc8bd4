import { clusterOfAgentKeys } from '../../../shared/apis/cluster/agent-keys.ts';
import { CLUSTER_NAMESPACE } from '../../../shared/apis/cluster/v1alpha1.ts';
import { configMaps } from '../../../shared/apis/core/v1.ts';
import { type Controller, source } from '../../../shared/controller/controller.ts';
import { joinKey, keyOf } from '../../../shared/controller/store.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { knownClusters } from '../known-clusters.ts';
import { reconcileAgentKeys } from './reconcile.ts';

/** Looks at a record of keys when it changes, when its cluster comes or goes, and when the last certificate in it ends. */
export function newAgentKeysController(deps: ControllerDeps): Controller {
  const { client, clock, informers, log } = deps;
  const records = informers.of(configMaps, { namespace: CLUSTER_NAMESPACE });
  const clusterInformer = knownClusters(informers);
  const keysDeps = {
    client,
    clock,
    getRecord: (name: string) => records.store.get(joinKey(CLUSTER_NAMESPACE, name)),
    hasCluster: (name: string) => clusterInformer.store.get(name) !== undefined,
  };
  return deps.newController({
    name: 'agent-keys',
    sources: [
      source(records, ({ metadata }) => [clusterOfAgentKeys(metadata.name ?? '') ?? []].flat()),
      source(clusterInformer, (cluster) => [keyOf(cluster)]),
    ],
    reconcile: (cluster, signal) => reconcileAgentKeys(keysDeps, cluster, signal),
    clock,
    log,
  });
}
