import {
  type CertificateSigningRequest,
  certificateSigningRequests,
  KUBE_APISERVER_CLIENT_SIGNER,
} from '../../../shared/apis/certificates/v1.ts';
import { AGENT_RBAC_GENERATOR } from '../../../shared/apis/cluster/v1alpha1.ts';
import { type Controller, type ReconcileResult, source } from '../../../shared/controller/controller.ts';
import { withRequestCondition } from '../../../shared/controller/request-condition.ts';
import { keyOf } from '../../../shared/controller/store.ts';
import { parseCertificateRequest } from '../../../shared/pki/x509.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { isAgentRequest } from '../csr-approving/recognizers.ts';
import { csrInformer, readWhole } from '../csr-informer.ts';
import { APPROVED_BY_HUB, isDecided, LEAVING_RETRY_MS, REFUSED_BY_HUB, requestPem } from '../csr-state.ts';
import { prepareGenerator } from './prepare-generator.ts';

/** Decides on requests for the identity rbac-generator, in the mode that serves karmadactl. All others are the approver's. */

export function newGeneratorApprovingController(deps: ControllerDeps): Controller {
  const { clock, informers, log } = deps;
  const informer = csrInformer(informers);
  return deps.newController({
    name: 'generator-approving',
    sources: [source(informer, (csr) => (isDecided(csr) ? [] : [keyOf(csr)]))],
    reconcile: (name, signal) => reconcileGenerator(deps, informer.store.get(name), signal),
    clock,
    log,
  });
}

async function reconcileGenerator(
  deps: ControllerDeps,
  known: CertificateSigningRequest | undefined,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  if (known?.spec.signerName !== KUBE_APISERVER_CLIENT_SIGNER || isDecided(known)) return undefined;
  const csr = await readWhole(deps.client, known, signal);
  if (!csr || isDecided(csr) || !(await isGenerators(csr))) return undefined;
  const outcome = await prepareGenerator(deps, csr, signal);
  if (outcome === 'leaving') return { requeueAfterMs: LEAVING_RETRY_MS };
  await decide(deps, csr, outcome === 'ready' ? undefined : outcome.refused, signal);
  return undefined;
}

async function isGenerators(csr: CertificateSigningRequest): Promise<boolean> {
  try {
    const request = await parseCertificateRequest(requestPem(csr));
    return isAgentRequest(request, csr.spec.usages ?? []) && request.subject.commonName === AGENT_RBAC_GENERATOR;
  } catch {
    return false;
  }
}

async function decide(
  { client, clock, log }: ControllerDeps,
  csr: CertificateSigningRequest,
  refusal: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const message = refusal ?? 'Auto approving karmada agent certificate after SubjectAccessReview.';
  const decision =
    refusal === undefined
      ? ({ type: 'Approved', reason: APPROVED_BY_HUB } as const)
      : ({ type: 'Denied', reason: REFUSED_BY_HUB } as const);
  const decided = withRequestCondition(csr, { ...decision, message }, clock);
  await client.update(certificateSigningRequests, decided, { signal, subresource: 'approval' });
  const about = { csr: csr.metadata.name, requester: csr.spec.username, decision: decision.type, why: message };
  log.warn(about, 'karmadactl asked for the identity rbac-generator');
}
