import { validatingAdmissionPolicies } from '../../../shared/apis/admissionregistration/v1.ts';
import { type Controller, source } from '../../../shared/controller/controller.ts';
import { keyOf } from '../../../shared/controller/store.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { type PolicyTypeCheck, reconcilePolicyTypes } from './reconcile.ts';

/** A change of a policy is a look at it. */
export function newPolicyTypesController(deps: ControllerDeps, warningsOf: PolicyTypeCheck): Controller {
  const { client, clock, informers, log } = deps;
  const informer = informers.of(validatingAdmissionPolicies);
  const getPolicy = (name: string) => informer.store.get(name);
  return deps.newController({
    name: 'policy-types',
    sources: [source(informer, (policy) => [keyOf(policy)])],
    reconcile: (name, signal) => reconcilePolicyTypes({ client, getPolicy, warningsOf }, name, signal),
    clock,
    log,
  });
}
