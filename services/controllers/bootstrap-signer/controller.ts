import { CLUSTER_INFO_NAME, CLUSTER_INFO_NAMESPACE } from '../../../shared/apis/bootstrap/token.ts';
import { configMaps } from '../../../shared/apis/core/v1.ts';
import { type Controller, source } from '../../../shared/controller/controller.ts';
import { joinKey } from '../../../shared/controller/store.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { tokenSecretInformer } from '../token-secrets.ts';
import { reconcileBootstrapSigner } from './reconcile.ts';

/** Any change of a token or of cluster-info is one look at cluster-info. */
export function newBootstrapSignerController(deps: ControllerDeps): Controller {
  const { client, clock, informers, log } = deps;
  const tokens = tokenSecretInformer(informers);
  const clusterInfos = informers.of(configMaps, {
    namespace: CLUSTER_INFO_NAMESPACE,
    fieldSelector: `metadata.name=${CLUSTER_INFO_NAME}`,
  });
  const key = joinKey(CLUSTER_INFO_NAMESPACE, CLUSTER_INFO_NAME);
  const signerDeps = {
    client,
    clock,
    getClusterInfo: () => clusterInfos.store.get(key),
    listTokenSecrets: () => tokens.store.list(),
  };
  return deps.newController({
    name: 'bootstrap-signer',
    sources: [source(tokens, () => [key]), source(clusterInfos, () => [key])],
    reconcile: (name, signal) => reconcileBootstrapSigner(signerDeps, name, signal),
    clock,
    log,
  });
}
