import {
  type AgentKeys,
  lastRevokedEnd,
  withAgentKey,
  withRevokedKeys,
} from '../../../shared/apis/cluster/agent-keys.ts';
import { readyOf } from '../../../shared/apis/cluster/ready-of.ts';
import {
  CLAIM_KEY_ANNOTATION,
  CLAIM_UID_ANNOTATION,
  type Cluster,
  CONDITION_REMOVING,
  clusters,
  executionSpace,
  FORCE_REMOVAL_ANNOTATION,
  REASON_WAITING_FOR_AGENT,
} from '../../../shared/apis/cluster/v1alpha1.ts';
import { type Namespace, namespaces } from '../../../shared/apis/core/v1.ts';
import type { Condition } from '../../../shared/apis/meta/v1.ts';
import { changeAgentKeys, fetchAgentKeys } from '../../../shared/client/agent-keys.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { createIfAbsent, getIfPresent } from '../../../shared/client/ensure-object.ts';
import { newExecutionSpace } from '../cluster-mailbox.ts';

/**
 * The claim on a cluster's name is the execution space: who makes the namespace has the name, and the API server lets one succeed. It records
 * whose key it was, so that the same joiner, interrupted, may come again, and nobody else.
 */

export interface Claimant {
  cluster: string;
  /** `sha256:<hex>` over the SubjectPublicKeyInfo of the request. */
  key: string;
  /** uid of the member's kube-system as the joiner declares it; '' if it declares none. */
  uid: string;
}

export type Claim =
  | 'granted'
  | 'taken'
  /** The last cluster of the name is still being removed, and not waiting for this agent; ask again. */
  | 'leaving'
  /** The key is that of a credential which was taken back. */
  | 'revoked'
  /** The API can't end certificates, and one of this name that must not come back to life lasts until then; milliseconds since the epoch. */
  | { closedUntil: number };

export interface ClaimDeps {
  client: KubeClient;
  now: number;
  /** The API refuses a certificate as soon as the record of keys says so; a real kube-apiserver doesn't. */
  endsCertificates: boolean;
}

/** A newcomer's claim; with `isReplacing` the name is taken from whoever has it. Nothing is changed unless it is granted. */
export async function claimName(
  deps: ClaimDeps,
  claimant: Claimant,
  isReplacing: boolean,
  signal: AbortSignal,
): Promise<Claim> {
  const { client } = deps;
  const record = await fetchAgentKeys(client, claimant.cluster, signal);
  const known = record.keys[claimant.key];
  if (known?.isRevoked) return 'revoked';
  // A key that is on the record was let in before: looked at again, the join must not be refused for what it ended itself.
  const closed = known ? undefined : closedUntil(deps, record);
  if (closed) return closed;
  const cluster = await getIfPresent(client, clusters, { name: claimant.cluster }, signal);
  const key = { name: executionSpace(claimant.cluster) };
  const existing = await getIfPresent(client, namespaces, key, signal);
  const contest = existing && { space: existing, claimant, record, isReplacing };
  if (cluster?.metadata.deletionTimestamp && !(contest && isAwaited(cluster, contest))) return 'leaving';
  if (contest) return await judge(deps, contest, signal);
  // A Cluster without its namespace was made by hand: its name is taken although its mailbox is not there.
  if (cluster && !isReplacing) return 'taken';
  const space = newExecutionSpace(claimant.cluster, claimAnnotations(claimant));
  if (await createIfAbsent(client, namespaces, space, signal)) return 'granted';
  const made = await client.get(namespaces, key, { signal });
  return await judge(deps, { space: made, claimant, record, isReplacing }, signal);
}

/** Where a revoked certificate can't be refused, its name must not get rights again as long as it lasts. */
export function closedUntil(deps: ClaimDeps, record: AgentKeys): { closedUntil: number } | undefined {
  const end = deps.endsCertificates ? undefined : lastRevokedEnd(record, deps.now);
  return end === undefined ? undefined : { closedUntil: end };
}

interface Contest {
  space: Namespace;
  claimant: Claimant;
  record: AgentKeys;
  isReplacing: boolean;
}

/**
 * The removal waits for just this agent, which has lost its credential: it is let in to finish it, and leaves with its Cluster. Nobody else is, since the removal
 * ends with all rights and credentials of the name, and another member's agent would let go of Works whose objects are not in its cluster.
 */
function isAwaited(cluster: Cluster, { space, claimant, record, isReplacing }: Contest): boolean {
  const { annotations } = cluster.metadata;
  if (readyOf(cluster)?.status === 'True' || annotations?.[FORCE_REMOVAL_ANNOTATION] === 'true') return false;
  const removing = (cluster.status?.conditions as Condition[] | undefined)?.find(
    ({ type }) => type === CONDITION_REMOVING,
  );
  const isOfMember = claimant.uid !== '' && space.metadata.annotations?.[CLAIM_UID_ANNOTATION] === claimant.uid;
  if (removing?.reason !== REASON_WAITING_FOR_AGENT || !isOfMember) return false;
  return isReplacing || isSameClaimant(space, claimant, record);
}

async function judge(deps: ClaimDeps, contest: Contest, signal: AbortSignal): Promise<Claim> {
  const { space, claimant, record, isReplacing } = contest;
  if (space.metadata.deletionTimestamp) return 'leaving';
  if (isSameClaimant(space, claimant, record)) return 'granted';
  if (!isReplacing) return 'taken';
  const ends = Object.values(record.keys).map(({ until }) => until);
  const last = Math.max(...ends, 0);
  if (!deps.endsCertificates && last > deps.now) return { closedUntil: last };
  await takeOver(deps, claimant, signal);
  return 'granted';
}

/** The former credential ends first; then the name is the newcomer's, Cluster included. Each step may be repeated. */
async function takeOver({ client, now }: ClaimDeps, claimant: Claimant, signal: AbortSignal): Promise<void> {
  const { cluster: name, uid, key } = claimant;
  await changeAgentKeys(client, name, (record) => withRevokedKeys(record, now, key), signal);
  if (uid !== '' && (await getIfPresent(client, clusters, { name }, signal))) {
    await client.patch(clusters, { name }, { type: 'merge', patch: { spec: { id: uid } } }, { signal });
  }
  const patch = { metadata: { annotations: claimAnnotations(claimant) } };
  await client.patch(namespaces, { name: executionSpace(name) }, { type: 'merge', patch }, { signal });
}

function claimAnnotations({ key, uid }: Claimant): Record<string, string> {
  return { [CLAIM_KEY_ANNOTATION]: key, [CLAIM_UID_ANNOTATION]: uid };
}

/** The key of the claim, or an older one of the same agent's that is still good. */
function isSameClaimant({ metadata }: Namespace, claimant: Claimant, record: AgentKeys): boolean {
  const recorded = metadata.annotations ?? {};
  const isKnownKey = recorded[CLAIM_KEY_ANNOTATION] === claimant.key || record.keys[claimant.key] !== undefined;
  return isKnownKey && recorded[CLAIM_UID_ANNOTATION] === claimant.uid;
}

/**
 * Puts the key on the record before it is certified. A join ends whatever other credential the name ever had; a renewal leaves the former key good,
 * since the agent goes on with it until it has the new certificate.
 */
export async function recordKey(
  { client, now }: ClaimDeps,
  { cluster, key }: Claimant,
  { until, isJoin }: { until: number; isJoin: boolean },
  signal: AbortSignal,
): Promise<void> {
  const change = (record: AgentKeys): AgentKeys =>
    withAgentKey(isJoin ? withOthersRevoked(record, key, now) : record, key, until, now);
  await changeAgentKeys(client, cluster, change, signal);
}

/** Not written again by a join that is repeated. */
function withOthersRevoked(record: AgentKeys, key: string, now: number): AgentKeys {
  const others = Object.entries(record.keys).filter(([pin]) => pin !== key);
  const isDone = record.revokedBefore !== undefined && others.every(([, { isRevoked }]) => isRevoked);
  return isDone && record.keys[key] ? record : withRevokedKeys(record, now, key);
}

/** An agent's own renewal: the claim stays and is from now on that of the new key. False if the cluster is not there any more. */
export async function renewClaim(client: KubeClient, claimant: Claimant, signal: AbortSignal): Promise<boolean> {
  const name = executionSpace(claimant.cluster);
  const space = await getIfPresent(client, namespaces, { name }, signal);
  if (!space || space.metadata.deletionTimestamp) return false;
  if (space.metadata.annotations?.[CLAIM_KEY_ANNOTATION] === claimant.key) return true;
  const patch = { metadata: { annotations: { [CLAIM_KEY_ANNOTATION]: claimant.key } } };
  await client.patch(namespaces, { name }, { type: 'merge', patch }, { signal });
  return true;
}
