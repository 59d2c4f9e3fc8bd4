import { clusterOfAgentKeys } from '../../../shared/apis/cluster/agent-keys.ts';
import { CLUSTER_NAMESPACE, clusterOfExecutionSpace, executionSpace } from '../../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, namespaces } from '../../../shared/apis/core/v1.ts';
import { type Controller, source } from '../../../shared/controller/controller.ts';
import { joinKey, keyOf } from '../../../shared/controller/store.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { knownClusters } from '../known-clusters.ts';
import { reconcileAgentCertificate } from './reconcile.ts';

/** Looks at a Cluster when it changes, when the record of its agent's keys or its execution space does, and when a certificate nears its end. */
export function newAgentCertificateController(deps: ControllerDeps): Controller {
  const { client, clock, informers, log } = deps;
  const [clusterInformer, spaces] = [knownClusters(informers), informers.of(namespaces)];
  const records = informers.of(configMaps, { namespace: CLUSTER_NAMESPACE });
  const certificateDeps = {
    client,
    clock,
    getCluster: (name: string) => clusterInformer.store.get(name),
    getRecord: (name: string) => records.store.get(joinKey(CLUSTER_NAMESPACE, name)),
    getSpace: (name: string) => spaces.store.get(executionSpace(name)),
  };
  return deps.newController({
    name: 'agent-certificate',
    sources: [
      source(clusterInformer, (cluster) => [keyOf(cluster)]),
      source(records, ({ metadata }) => [clusterOfAgentKeys(metadata.name ?? '') ?? []].flat()),
      source(spaces, ({ metadata }) => [clusterOfExecutionSpace(metadata.name ?? '') ?? []].flat()),
    ],
    reconcile: (name, signal) => reconcileAgentCertificate(certificateDeps, name, signal),
    clock,
    log,
  });
}
