import type { CertificateSigningRequest } from '../../../shared/apis/certificates/v1.ts';
import { tooManyKeys } from '../../../shared/apis/cluster/agent-keys.ts';
import {
  AGENT_USER_PREFIX,
  APPROVED_REQUEST_ANNOTATION,
  executionSpace,
  MEMBER_UID_ANNOTATION,
} from '../../../shared/apis/cluster/v1alpha1.ts';
import { fetchAgentKeys } from '../../../shared/client/agent-keys.ts';
import { rfc3339 } from '../../../shared/controller/conditions.ts';
import { spkiPin } from '../../../shared/pki/ca-pin.ts';
import type { CertificateRequest } from '../../../shared/pki/x509.ts';
import { ensureAgentRights } from '../agent-rights.ts';
import { ensureClusterNamespace, ensureLease } from '../cluster-mailbox.ts';
import { isApprovedByOthers } from '../csr-state.ts';
import { type Claim, type Claimant, type ClaimDeps, claimName, closedUntil, recordKey, renewClaim } from './claim.ts';
import type { Recognizer } from './recognizers.ts';
import type { ApprovingDeps } from './reconcile.ts';
import { tokenUseOf } from './token-use.ts';

/** Whether an agent is let in under the name it asks for, and what is made for it. Every step may be repeated. */

export interface Candidate {
  csr: CertificateSigningRequest;
  request: CertificateRequest;
  recognizer: Recognizer;
}

/** The longest certificate that signers give. */
const MAX_SECONDS = 365 * 24 * 3600;

export function claimantOf({ csr, request }: Candidate): Claimant {
  return {
    cluster: request.subject.commonName.slice(AGENT_USER_PREFIX.length),
    key: spkiPin(request.publicKey),
    uid: memberUidOf(csr),
  };
}

/** As the joiner declares it; '' if it declares none. */
export function memberUidOf({ metadata }: CertificateSigningRequest): string {
  return metadata.annotations?.[MEMBER_UID_ANNOTATION] ?? '';
}

function isJoin({ recognizer }: Candidate): boolean {
  return recognizer.name === 'agent';
}

/** Claims the name; nothing else is made before it is granted. */
export async function admit(deps: ApprovingDeps, candidate: Candidate, signal: AbortSignal): Promise<Verdict> {
  const claimant = claimantOf(candidate);
  if (!isJoin(candidate)) return await renew(deps, claimant, signal);
  const { cluster, key } = claimant;
  await deps.karmada?.beforeClaim({ cluster, key, token: candidate.csr.spec.username ?? '' }, signal);
  return await join(deps, candidate.csr, claimant, signal);
}

/** Puts the key on the record, where the API looks at it with every request. */
export async function recordAdmitted(deps: ApprovingDeps, candidate: Candidate, signal: AbortSignal): Promise<void> {
  await ensureClusterNamespace(deps.client, signal);
  const until = latestEnd(candidate.csr, deps.clock.now());
  await recordKey(claimDeps(deps), claimantOf(candidate), { until, isJoin: isJoin(candidate) }, signal);
}

/** The lease and the rights. */
export async function makeRoom({ client }: ApprovingDeps, cluster: string, signal: AbortSignal): Promise<void> {
  await ensureLease(client, cluster, signal);
  await ensureAgentRights(client, cluster, signal);
}

export type Verdict = 'granted' | 'leaving' | 'waits' | { refusal: string };

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
  const isApproved = isApprovedByPerson(csr) || isApprovedByOthers(csr);
  if ((deps.requiresApproval || use.limits.requiresApproval) && !isApproved) {
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
  const record = await fetchAgentKeys(deps.client, claimant.cluster, signal);
  if (record.keys[claimant.key]?.isRevoked) return { refusal: revokedMessage(claimant.cluster) };
  const closed = closedUntil(claimDeps(deps), record);
  if (closed) return { refusal: refusalOf(closed, claimant.cluster) };
  const tooMany = tooManyKeys(record, claimant.key, deps.clock.now());
  if (tooMany) return { refusal: tooManyMessage(claimant.cluster, tooMany) };
  if (await renewClaim(deps.client, claimant, signal)) return 'granted';
  return { refusal: `cluster ${claimant.cluster} is not registered any more` };
}

function refusalOf(claim: Exclude<Claim, 'granted' | 'leaving'>, cluster: string): string {
  if (claim === 'taken') return takenMessage(cluster);
  if (claim === 'revoked') return revokedMessage(cluster);
  return (
    `the name ${cluster} is closed until ${rfc3339(claim.closedUntil)}, when the last certificate of its former agent ends: the API ` +
    'server of this hub can not refuse a certificate before its end. Choose another --cluster-name'
  );
}

export function revokedMessage(cluster: string): string {
  return (
    `the key of this request was revoked for cluster ${cluster}. Have a token made on the hub, pullet token create --cluster-name ` +
    `${cluster} --replace, and use it here: pullet cert renew --new-key --token TOKEN`
  );
}

function tooManyMessage(cluster: string, why: string): string {
  return (
    `cluster ${cluster} gets no certificate for another key: ${why}. "pullet cert status ${cluster}" lists them. To end them all, have a token made on the hub, pullet token create ` +
    `--cluster-name ${cluster} --replace, and use it in the member: pullet cert renew --new-key --token TOKEN`
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
