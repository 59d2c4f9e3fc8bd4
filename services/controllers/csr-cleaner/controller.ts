import { type Controller, source } from '../../../shared/controller/controller.ts';
import { keyOf } from '../../../shared/controller/store.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { csrInformer } from '../csr-informer.ts';
import { reconcileCsrCleaner } from './reconcile.ts';

/** Looks at a certificate request when it changes, and then again exactly when its time is over. */
export function newCsrCleanerController(deps: ControllerDeps): Controller {
  const { client, clock, informers, log } = deps;
  const informer = csrInformer(informers);
  const getRequest = (name: string) => informer.store.get(name);
  return deps.newController({
    name: 'csr-cleaner',
    sources: [source(informer, (csr) => [keyOf(csr)])],
    reconcile: (name, signal) => reconcileCsrCleaner({ client, clock, getRequest }, name, signal),
    clock,
    log,
  });
}
