import { namespaces } from '../../../shared/apis/core/v1.ts';
import { type Controller, source } from '../../../shared/controller/controller.ts';
import { keyOf } from '../../../shared/controller/store.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { readServedResources } from '../served-resources.ts';
import { reconcileNamespace } from './reconcile.ts';

/** Looks at a namespace when it is being deleted. */
export function newNamespaceController(deps: ControllerDeps): Controller {
  const { client, clock, informers, log } = deps;
  const informer = informers.of(namespaces);
  const namespaceDeps = {
    client,
    clock,
    getNamespace: (name: string) => informer.store.get(name),
    readServedResources: (signal: AbortSignal) => readServedResources(client, signal),
  };
  return deps.newController({
    name: 'namespace',
    sources: [source(informer, (namespace) => (namespace.metadata.deletionTimestamp ? [keyOf(namespace)] : []))],
    reconcile: (name, signal) => reconcileNamespace(namespaceDeps, name, signal),
    concurrency: 4,
    clock,
    log,
  });
}
