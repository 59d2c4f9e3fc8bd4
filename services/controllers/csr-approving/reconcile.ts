import { subjectAccessReviews } from '../../../shared/apis/authorization/v1.ts';
import {
  type CertificateSigningRequest,
  certificateSigningRequests,
  KUBE_APISERVER_CLIENT_SIGNER,
} from '../../../shared/apis/certificates/v1.ts';
import { AGENT_RBAC_GENERATOR, REQUEST_WAITS_ANNOTATION } from '../../../shared/apis/cluster/v1alpha1.ts';
import { fetchAgentKeys } from '../../../shared/client/agent-keys.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import type { ReconcileResult } from '../../../shared/controller/controller.ts';
import type { Logger } from '../../../shared/controller/logger.ts';
import { withRequestCondition } from '../../../shared/controller/request-condition.ts';
import type { CertificateRequest } from '../../../shared/pki/x509.ts';
import { ensureClusterNamespace } from '../cluster-mailbox.ts';
import { readWhole } from '../csr-informer.ts';
import { reconcileIssued } from '../csr-issued/reconcile.ts';
import {
  APPROVED_BY_HUB,
  isApprovedByOthers,
  isDecided,
  isIssued,
  LEAVING_RETRY_MS,
  REFUSED_BY_HUB,
  requestPem,
} from '../csr-state.ts';
import type { KarmadaCompat } from '../karmada-compat/karmada-compat.ts';
import { admit, type Candidate, claimantOf, makeRoom, memberUidOf, recordAdmitted } from './admit.ts';
import { isAgentRequest, RECOGNIZERS, type Recognizer, refusedClaim } from './recognizers.ts';

/**
 * Makes true: an agent's certificate request from somebody entitled is approved, after the hub has made what the agent needs: first the claim on
 * the name, then the lease and the rights. A name that can't be had is Denied with the reason. One that somebody else has approved gets the same (`followApproval`).
 * Leaves every other request to others.
 */
export interface ApprovingDeps {
  client: KubeClient;
  /** As it is kept, without its texts. */
  getRequest: (name: string) => CertificateSigningRequest | undefined;
  /** Throws if the request can't be read or its signature is wrong. */
  parseRequest: (pem: string) => Promise<CertificateRequest>;
  /** Every join waits for a person, whatever its token says. */
  requiresApproval: boolean;
  /** See `ClaimDeps`. */
  endsCertificates: boolean;
  /** Where karmadactl is served too. */
  karmada?: KarmadaCompat;
  clock: Clock;
  log: Logger;
}

type Result = ReconcileResult | undefined;

export async function reconcileApproval(
  deps: ApprovingDeps,
  name: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const known = deps.getRequest(name);
  if (known?.spec.signerName !== KUBE_APISERVER_CLIENT_SIGNER || !isOpen(known)) return undefined;
  const csr = await readWhole(deps.client, known, signal);
  if (!csr || !isOpen(csr)) return undefined;
  const request = await parseOrIgnore(deps, csr);
  if (!request || !isAgentRequest(request, csr.spec.usages ?? [])) return undefined;
  if (deps.karmada?.decidesOn(request.subject.commonName)) return undefined;
  if (isApprovedByOthers(csr)) return await followApproval(deps, csr, request, signal);
  const recognizer = await entitledAs(deps.client, csr, request, signal);
  if (!recognizer) return undefined;
  const refusal = refusedClaim(request.subject.commonName, memberUidOf(csr));
  if (refusal) return await decide(deps, csr, denied(refusal), signal);
  return await admitAndApprove(deps, { csr, request, recognizer }, signal);
}

const isOpen = (csr: CertificateSigningRequest): boolean => !isDecided(csr) || isApprovedByOthers(csr);

/** What can't be read is nobody's agent; the signer says what is wrong with it if somebody approves it by hand. */
async function parseOrIgnore(
  deps: ApprovingDeps,
  csr: CertificateSigningRequest,
): Promise<CertificateRequest | undefined> {
  try {
    return await deps.parseRequest(requestPem(csr));
  } catch {
    return undefined;
  }
}

/** The first rule that fits decides, and then the requester's own rights. */
async function entitledAs(
  client: KubeClient,
  csr: CertificateSigningRequest,
  request: CertificateRequest,
  signal: AbortSignal,
): Promise<Recognizer | undefined> {
  for (const recognizer of RECOGNIZERS) {
    if (!recognizer.matches(csr.spec.username ?? '', request.subject.commonName)) continue;
    if (await mayCreate(client, csr, recognizer.permission, signal)) return recognizer;
  }
  return undefined;
}

async function mayCreate(
  client: KubeClient,
  csr: CertificateSigningRequest,
  subresource: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { username, uid, groups, extra } = csr.spec;
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: {},
    spec: {
      ...(username === undefined ? {} : { user: username }),
      ...(uid === undefined ? {} : { uid }),
      ...(groups === undefined ? {} : { groups }),
      ...(extra === undefined ? {} : { extra }),
      resourceAttributes: {
        group: 'certificates.k8s.io',
        version: '*',
        resource: 'certificatesigningrequests',
        verb: 'create',
        subresource,
      },
    },
  };
  const answer = await client.create(subjectAccessReviews, review, { signal });
  return answer.status?.allowed === true;
}

async function admitAndApprove(deps: ApprovingDeps, candidate: Candidate, signal: AbortSignal): Promise<Result> {
  const { csr, recognizer } = candidate;
  const claimant = claimantOf(candidate);
  const verdict = await admit(deps, candidate, signal);
  if (verdict === 'waits') return undefined;
  if (verdict === 'leaving') return await waitForLeaving(deps, csr, claimant.cluster, signal);
  if (verdict !== 'granted') return await decide(deps, csr, denied(verdict.refusal), signal);
  await recordAdmitted(deps, candidate, signal);
  await makeRoom(deps, claimant.cluster, signal);
  const { message } = recognizer;
  return await decide(deps, csr, { type: 'Approved', reason: APPROVED_BY_HUB, message }, signal);
}

/**
 * Somebody may approve requests and has approved this one: what a join needs is made as if the hub had. The key on the record, unless it is revoked, marks that it is done. What can't be had
 * is Failed with the reason, so that a signer that waits (as the embedded API's does) gives nothing out.
 */
async function followApproval(
  deps: ApprovingDeps,
  csr: CertificateSigningRequest,
  request: CertificateRequest,
  signal: AbortSignal,
): Promise<Result> {
  const { commonName } = request.subject;
  const recognizer = RECOGNIZERS.find(({ matches }) => matches(csr.spec.username ?? '', commonName));
  if (!recognizer || commonName === AGENT_RBAC_GENERATOR) return undefined;
  const wrong = refusedClaim(commonName, memberUidOf(csr));
  if (wrong) return await refuseApproved(deps, csr, wrong, signal);
  const candidate = { csr, request, recognizer };
  const { cluster, key } = claimantOf(candidate);
  if ((await fetchAgentKeys(deps.client, cluster, signal)).keys[key]?.isRevoked === false) return undefined;
  const verdict = await admit(deps, candidate, signal);
  if (verdict === 'leaving') return await waitForLeaving(deps, csr, cluster, signal);
  if (verdict === 'waits') return { requeueAfterMs: LEAVING_RETRY_MS };
  if (verdict !== 'granted') return await refuseApproved(deps, csr, verdict.refusal, signal);
  await ensureClusterNamespace(deps.client, signal);
  await makeRoom(deps, cluster, signal);
  await recordAdmitted(deps, candidate, signal);
  if (isIssued(csr)) await reconcileIssued(deps, csr.metadata.name ?? '', signal);
  deps.log.info({ csr: csr.metadata.name, cluster }, 'a join that somebody else approved is followed');
  return undefined;
}

/** Tells the joiner, who sees no more of the hub than its own request, and whose wait may be long: until the agent that leaves is back, or somebody goes on without it. */
async function waitForLeaving(
  { client, log }: ApprovingDeps,
  { metadata: { name = '', annotations } }: CertificateSigningRequest,
  cluster: string,
  signal: AbortSignal,
): Promise<Result> {
  const why = `the last cluster of the name ${cluster} is still being removed from the hub, where "pullet describe cluster ${cluster}" says what that waits for`;
  if (annotations?.[REQUEST_WAITS_ANNOTATION] !== why) {
    const patch = { metadata: { annotations: { [REQUEST_WAITS_ANNOTATION]: why } } };
    await client.patch(certificateSigningRequests, { name }, { type: 'merge', patch }, { signal });
    log.info(
      { csr: name, cluster },
      'a certificate request waits: the last cluster of the name is still being removed',
    );
  }
  return { requeueAfterMs: LEAVING_RETRY_MS };
}

async function refuseApproved(
  { client, clock, log }: ApprovingDeps,
  csr: CertificateSigningRequest,
  message: string,
  signal: AbortSignal,
): Promise<undefined> {
  log.warn(
    { csr: csr.metadata.name, why: message, isIssued: isIssued(csr) },
    'a request that somebody approved is refused',
  );
  if (isIssued(csr)) return undefined;
  const refused = withRequestCondition(csr, { type: 'Failed', reason: REFUSED_BY_HUB, message }, clock);
  await client.update(certificateSigningRequests, refused, { signal, subresource: 'status' });
  return undefined;
}

type Decision = Parameters<typeof withRequestCondition>[1];

const denied = (message: string): Decision => ({ type: 'Denied', reason: REFUSED_BY_HUB, message });

async function decide(
  deps: ApprovingDeps,
  csr: CertificateSigningRequest,
  decision: Decision,
  signal: AbortSignal,
): Promise<undefined> {
  const decided = withRequestCondition(csr, decision, deps.clock);
  await deps.client.update(certificateSigningRequests, decided, { signal, subresource: 'approval' });
  const { type, message } = decision;
  deps.log.info(
    { csr: csr.metadata.name, requester: csr.spec.username, decision: type, why: message },
    'a certificate request is decided',
  );
  return undefined;
}
