import {
  type CertificateSigningRequest,
  certificateSigningRequests,
  KUBE_APISERVER_CLIENT_SIGNER,
} from '../../../shared/apis/certificates/v1.ts';
import { AGENT_RBAC_GENERATOR, AGENT_USER_PREFIX } from '../../../shared/apis/cluster/v1alpha1.ts';
import { fetchAgentKeys } from '../../../shared/client/agent-keys.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import type { ReconcileResult } from '../../../shared/controller/controller.ts';
import { withRequestCondition } from '../../../shared/controller/request-condition.ts';
import { spkiPin } from '../../../shared/pki/ca-pin.ts';
import { type SigningPolicy, signClientCertificate } from '../../../shared/pki/signing-policy.ts';
import {
  type CertificateAuthority,
  type CertificateRequest,
  caNotAfter,
  issueCertificate,
  parseCertificateRequest,
} from '../../../shared/pki/x509.ts';
import { revokedMessage } from '../csr-approving/admit.ts';
import { isAgentRequest } from '../csr-approving/recognizers.ts';
import { readWhole } from '../csr-informer.ts';
import { hasCondition, isApprovedByOthers, isIssued, REFUSED_BY_HUB, requestPem } from '../csr-state.ts';

/**
 * Makes true: an approved request for `kubernetes.io/kube-apiserver-client` has its certificate, or the condition Failed that says why not. Whether
 * it should be approved was decided before; here only what this signer never issues is refused.
 */
export interface SigningDeps {
  client: KubeClient;
  /** As it is kept, without its texts. */
  getRequest: (name: string) => CertificateSigningRequest | undefined;
  /** The one that signs now. */
  ca: () => CertificateAuthority;
  policy: SigningPolicy;
  clock: Clock;
}

/** karmadactl asks for a year, and needs a moment. */
const GENERATOR_SECONDS = 600;
const ADMISSION_RETRY_MS = 500;

export function awaitsSignature(csr: CertificateSigningRequest): boolean {
  const isOpen = !isIssued(csr) && !hasCondition(csr, 'Denied') && !hasCondition(csr, 'Failed');
  return isOpen && hasCondition(csr, 'Approved') && csr.spec.signerName === KUBE_APISERVER_CLIENT_SIGNER;
}

export async function reconcileSigning(
  deps: SigningDeps,
  name: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const known = deps.getRequest(name);
  if (!known || !awaitsSignature(known)) return undefined;
  const csr = await readWhole(deps.client, known, signal);
  if (!csr || !awaitsSignature(csr)) return undefined;
  const parsed = await parse(csr);
  if (parsed instanceof Error) return await fail(deps, csr, 'CertificateRequestInvalid', parsed.message, signal);
  const admission = await admissionOf(deps.client, csr, parsed, signal);
  if (admission === 'awaited') return { requeueAfterMs: ADMISSION_RETRY_MS };
  if (admission !== 'granted') return await fail(deps, csr, REFUSED_BY_HUB, admission.refusal, signal);
  const { usages = [] } = csr.spec;
  const isGenerators = parsed.subject.commonName === AGENT_RBAC_GENERATOR;
  const expirationSeconds = isGenerators ? GENERATOR_SECONDS : csr.spec.expirationSeconds;
  const asked = { subject: parsed.subject, publicKey: parsed.publicKey, usages };
  const request = expirationSeconds === undefined ? asked : { ...asked, expirationSeconds };
  const ca = deps.ca();
  const decision = signClientCertificate(request, deps.policy, caNotAfter(ca), deps.clock.now());
  if ('refusal' in decision) {
    return await fail(deps, csr, decision.refusal.reason, decision.refusal.message, signal);
  }
  const certificate = Buffer.from(await issueCertificate(ca, decision.template)).toString('base64');
  const signed = { ...csr, status: { ...csr.status, certificate } };
  await deps.client.update(certificateSigningRequests, signed, { signal, subresource: 'status' });
  return undefined;
}

/** An agent that somebody else approved has its certificate when the hub has let it in, or has said in a condition why not. */
async function admissionOf(
  client: KubeClient,
  csr: CertificateSigningRequest,
  request: CertificateRequest,
  signal: AbortSignal,
): Promise<'granted' | 'awaited' | { refusal: string }> {
  const { commonName } = request.subject;
  if (!isApprovedByOthers(csr) || commonName === AGENT_RBAC_GENERATOR) return 'granted';
  if (!isAgentRequest(request, csr.spec.usages ?? [])) return 'granted';
  const cluster = commonName.slice(AGENT_USER_PREFIX.length);
  const known = (await fetchAgentKeys(client, cluster, signal)).keys[spkiPin(request.publicKey)];
  if (!known) return 'awaited';
  return known.isRevoked ? { refusal: revokedMessage(cluster) } : 'granted';
}

async function parse(csr: CertificateSigningRequest): Promise<CertificateRequest | Error> {
  try {
    return await parseCertificateRequest(requestPem(csr));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function fail(
  deps: SigningDeps,
  csr: CertificateSigningRequest,
  reason: string,
  message: string,
  signal: AbortSignal,
): Promise<undefined> {
  const written = withRequestCondition(csr, { type: 'Failed', reason, message }, deps.clock);
  await deps.client.update(certificateSigningRequests, written, { signal, subresource: 'status' });
  return undefined;
}
