import type { Cluster } from '../../../shared/apis/cluster/v1alpha1.ts';
import { type Controller, source } from '../../../shared/controller/controller.ts';
import { keyOf } from '../../../shared/controller/store.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { knownClusters } from '../known-clusters.ts';
import { BY_CLUSTER, tokenSecretInformer } from '../token-secrets.ts';
import { reconcileTokenCleaner } from './reconcile.ts';

/** Looks at a token when it changes, again exactly when it expires, and when a cluster that used it is registered. */
export function newTokenCleanerController(deps: ControllerDeps): Controller {
  const { client, clock, informers, log } = deps;
  const informer = tokenSecretInformer(informers);
  const clusterInformer = knownClusters(informers);
  const getSecret = (key: string) => informer.store.get(key);
  const getCluster = (name: string) => clusterInformer.store.get(name);
  const usedBy = ({ metadata }: Cluster) =>
    informer.store.byIndex(BY_CLUSTER, metadata.name ?? '').map((secret) => keyOf(secret));
  return deps.newController({
    name: 'token-cleaner',
    sources: [source(informer, (secret) => [keyOf(secret)]), source(clusterInformer, usedBy)],
    reconcile: (key, signal) => reconcileTokenCleaner({ client, clock, getSecret, getCluster }, key, signal),
    clock,
    log,
  });
}
