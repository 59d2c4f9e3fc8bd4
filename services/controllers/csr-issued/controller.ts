import { type Controller, source } from '../../../shared/controller/controller.ts';
import { keyOf } from '../../../shared/controller/store.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { csrInformer } from '../csr-informer.ts';
import { isIssued } from '../csr-state.ts';
import { reconcileIssued } from './reconcile.ts';

/** Looks at a certificate request when it has its certificate, whoever signed it. */
export function newCsrIssuedController(deps: ControllerDeps): Controller {
  const { client, clock, informers, log } = deps;
  const informer = csrInformer(informers);
  const getRequest = (name: string) => informer.store.get(name);
  return deps.newController({
    name: 'csr-issued',
    sources: [
      source(informer, (csr, previous) => (isIssued(csr) && !(previous && isIssued(previous)) ? [keyOf(csr)] : [])),
    ],
    reconcile: (name, signal) => reconcileIssued({ client, getRequest }, name, signal),
    clock,
    log,
  });
}
