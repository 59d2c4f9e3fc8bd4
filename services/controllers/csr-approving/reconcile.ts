import { subjectAccessReviews } from '../../../shared/apis/authorization/v1.ts';
import {
  type CertificateSigningRequest,
  type CertificateSigningRequestCondition,
  certificateSigningRequests,
  KUBE_APISERVER_CLIENT_SIGNER,
} from '../../../shared/apis/certificates/v1.ts';
import {
  AGENT_USER_PREFIX,
  APPROVED_REQUEST_ANNOTATION,
  executionSpace,
  MEMBER_UID_ANNOTATION,
} from '../../../shared/apis/cluster/v1alpha1.ts';
import { fetchAgentKeys } from '../../../shared/client/agent-keys.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import { rfc3339 } from '../../../shared/controller/conditions.ts';
import type { ReconcileResult } from '../../../shared/controller/controller.ts';
import type { Logger } from '../../../shared/controller/logger.ts';
import { spkiPin } from '../../../shared/pki/ca-pin.ts';
import type { CertificateRequest } from '../../../shared/pki/x509.ts';
import { ensureAgentRights } from '../agent-rights.ts';
import { ensureClusterNamespace, ensureLease } from '../cluster-mailbox.ts';
import { isDecided, requestPem } from '../csr-state.ts';
import type { KarmadaCompat } from '../karmada-compat/karmada-compat.ts';
import { type Claim, type Claimant, type ClaimDeps, claimName, closedUntil, recordKey, renewClaim } from './claim.ts';
import { isAgentRequest, RECOGNIZERS, type Recognizer, refusedName } from './recognizers.ts';
import { tokenUseOf } from './token-use.ts';

/**
 * Makes true: an agent's certificate request from somebody entitled is approved, after the hub has made what the agent needs: first the claim on
 * the name, then the lease and the rights. A name that can't be had is Denied with the reason. Leaves every other request to others.
 */
export interface ApprovingDeps {
  client: KubeClient;
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

const LEAVING_RETRY_MS = 2000;
/** The longest certificate that signers give. */
const MAX_SECONDS = 365 * 24 * 3600;

export async function reconcileApproval(
  deps: ApprovingDeps,
  name: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const csr = deps.getRequest(name);
  if (!csr || isDecided(csr) || csr.spec.signerName !== KUBE_APISERVER_CLIENT_SIGNER) return undefined;
  const request = await parseOrIgnore(deps, csr);
  if (!request || !isAgentRequest(request, csr.spec.usages ?? [])) return undefined;
  if (deps.karmada?.decidesOn(request.subject.commonName)) return undefined;
  const recognizer = await entitledAs(deps.client, csr, request, signal);
  if (!recognizer) return undefined;
  const refusal = refusedName(request.subject.commonName);
  if (refusal) return await decide(deps, csr, denied(refusal), signal);
  return await claimAndApprove(deps, { csr, request, recognizer }, signal);
}

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

async function claimAndApprove(
  deps: ApprovingDeps,
  candidate: { csr: CertificateSigningRequest; request: CertificateRequest; recognizer: Recognizer },
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const { csr, request, recognizer } = candidate;
  const claimant: Claimant = {
    cluster: request.subject.commonName.slice(AGENT_USER_PREFIX.length),
    key: spkiPin(request.publicKey),
    uid: csr.metadata.annotations?.[MEMBER_UID_ANNOTATION] ?? '',
  };
  const isJoin = recognizer.name === 'agent';
  const { cluster, key } = claimant;
  if (isJoin) await deps.karmada?.beforeClaim({ cluster, key, token: csr.spec.username ?? '' }, signal);
  const verdict = await (isJoin ? join(deps, csr, claimant, signal) : renew(deps, claimant, signal));
  if (verdict === 'waits') return undefined;
  if (verdict === 'leaving') return { requeueAfterMs: LEAVING_RETRY_MS };
  if (verdict !== 'granted') return await decide(deps, csr, denied(verdict.refusal), signal);
  await ensureClusterNamespace(deps.client, signal);
  await recordKey(claimDeps(deps), claimant, { until: latestEnd(csr, deps.clock.now()), isJoin }, signal);
  await ensureLease(deps.client, claimant.cluster, signal);
  await ensureAgentRights(deps.client, claimant.cluster, signal);
  const { message } = recognizer;
  return await decide(deps, csr, { type: 'Approved', status: 'True', reason: 'AutoApproved', message }, signal);
}

type Verdict = 'granted' | 'leaving' | 'waits' | { refusal: string };

function claimDeps({ client, clock, endsCertificates }: ApprovingDeps): ClaimDeps {
  return { client, now: clock.now(), endsCertificates };
}

/** When a certificate for this request ends at the latest. */
function latestEnd({ spec }: CertificateSigningRequest, now: number): number {
  return now + Math.min(spec.expirationSeconds ?? MAX_SECONDS, MAX_SECONDS) * 1000;
}

async function join(
  deps: ApprovingDeps,
  csr: CertificateSigningRequest,
  claimant: Claimant,
  signal: AbortSignal,
): Promise<Verdict> {
  const now = deps.clock.now();
  const use = await tokenUseOf({ client: deps.client, now }, csr.spec.username ?? '', claimant, signal);
  if (typeof use === 'string') return { refusal: use };
  if ((deps.requiresApproval || use.limits.requiresApproval) && !isApprovedByPerson(csr)) {
    const { name } = csr.metadata;
    deps.log.info(
      { csr: name, cluster: claimant.cluster, key: claimant.key },
      'a certificate request waits for approval',
    );
    return 'waits';
  }
  await use.note(signal);
  const claim = await claimName(claimDeps(deps), claimant, use.limits.isReplacing === true, signal);
  if (claim === 'granted') return claim;
  await use.forget(signal);
  return claim === 'leaving' ? claim : { refusal: refusalOf(claim, claimant.cluster) };
}

function isApprovedByPerson({ metadata }: CertificateSigningRequest): boolean {
  return metadata.uid !== undefined && metadata.annotations?.[APPROVED_REQUEST_ANNOTATION] === metadata.uid;
}

async function renew(deps: ApprovingDeps, claimant: Claimant, signal: AbortSignal): Promise<Verdict> {
  const closed = closedUntil(claimDeps(deps), await fetchAgentKeys(deps.client, claimant.cluster, signal));
  if (closed) return { refusal: refusalOf(closed, claimant.cluster) };
  if (await renewClaim(deps.client, claimant, signal)) return 'granted';
  return { refusal: `cluster ${claimant.cluster} is not registered any more` };
}

function refusalOf(claim: Exclude<Claim, 'granted' | 'leaving'>, cluster: string): string {
  if (claim === 'taken') return takenMessage(cluster);
  if (claim === 'revoked') {
    return (
      `the key of this request was revoked for cluster ${cluster}. Have a token made on the hub, pullet token create --cluster-name ` +
      `${cluster} --replace, and use it here: pullet cert renew --new-key --token TOKEN`
    );
  }
  return (
    `the name ${cluster} is closed until ${rfc3339(claim.closedUntil)}, when the last certificate of its former agent ends: the API ` +
    'server of this hub can not refuse a certificate before its end. Choose another --cluster-name'
  );
}

function takenMessage(cluster: string): string {
  return (
    `the name ${cluster} belongs to another cluster or to an earlier join of this one. Choose another --cluster-name. To give the name to ` +
    'this cluster, which ends the credential of the other, an administrator of the hub makes a token for it: pullet token create ' +
    `--cluster-name ${cluster} --replace --print-register-command. Or they remove that cluster first: kubectl delete cluster ${cluster}, or, if there is none of that name, ` +
    `kubectl delete namespace ${executionSpace(cluster)}`
  );
}

function denied(message: string): CertificateSigningRequestCondition {
  return { type: 'Denied', status: 'True', reason: 'PulletRefused', message };
}

async function decide(
  deps: ApprovingDeps,
  csr: CertificateSigningRequest,
  condition: CertificateSigningRequestCondition,
  signal: AbortSignal,
): Promise<undefined> {
  const time = rfc3339(deps.clock.now());
  const timed = { ...condition, lastUpdateTime: time, lastTransitionTime: time };
  const conditions = [...(csr.status?.conditions ?? []), timed];
  const decided = { ...csr, status: { ...csr.status, conditions } };
  await deps.client.update(certificateSigningRequests, decided, { signal, subresource: 'approval' });
  const { type, message } = condition;
  deps.log.info(
    { csr: csr.metadata.name, requester: csr.spec.username, decision: type, why: message },
    'a certificate request is decided',
  );
  return undefined;
}
