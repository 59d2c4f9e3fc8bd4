import { type Controller, source } from '../../../shared/controller/controller.ts';
import { keyOf } from '../../../shared/controller/store.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { csrInformer } from '../csr-informer.ts';
import { awaitsSignature, reconcileSigning, type SigningDeps } from './reconcile.ts';

/** Looks at a certificate request when it is approved. Only a hub that was given a CA has this controller. */
export function newCsrSigningController(deps: ControllerDeps, signing: Pick<SigningDeps, 'ca' | 'policy'>): Controller {
  const { client, clock, informers, log } = deps;
  const informer = csrInformer(informers);
  const signingDeps = { client, clock, ...signing, getRequest: (name: string) => informer.store.get(name) };
  return deps.newController({
    name: 'csr-signing',
    sources: [source(informer, (csr) => (awaitsSignature(csr) ? [keyOf(csr)] : []))],
    reconcile: (name, signal) => reconcileSigning(signingDeps, name, signal),
    concurrency: 2,
    clock,
    log,
  });
}
