import { type Controller, source } from '../../../shared/controller/controller.ts';
import { keyOf } from '../../../shared/controller/store.ts';
import { parseCertificateRequest } from '../../../shared/pki/x509.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { csrInformer } from '../csr-informer.ts';
import { isApprovedByOthers, isDecided } from '../csr-state.ts';
import { type ApprovingDeps, reconcileApproval } from './reconcile.ts';

/** Looks at a certificate request when it comes or changes, as long as the hub has not decided on it. */
export function newCsrApprovingController(
  deps: ControllerDeps,
  options: Pick<ApprovingDeps, 'requiresApproval' | 'endsCertificates' | 'karmada'>,
): Controller {
  const { client, clock, informers, log } = deps;
  const informer = csrInformer(informers);
  const approvingDeps = {
    client,
    clock,
    log,
    ...options,
    parseRequest: parseCertificateRequest,
    getRequest: (name: string) => informer.store.get(name),
  };
  return deps.newController({
    name: 'csr-approving',
    sources: [source(informer, (csr) => (isDecided(csr) && !isApprovedByOthers(csr) ? [] : [keyOf(csr)]))],
    reconcile: (name, signal) => reconcileApproval(approvingDeps, name, signal),
    clock,
    log,
  });
}
