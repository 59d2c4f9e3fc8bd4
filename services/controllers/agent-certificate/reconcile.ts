import { type AgentKey, agentKeysKey, readAgentKeys } from '../../../shared/apis/cluster/agent-keys.ts';
import {
  CLAIM_KEY_ANNOTATION,
  type Cluster,
  CONDITION_CERTIFICATE_EXPIRING,
  CONDITION_CERTIFICATE_ROTATED,
  clusters,
} from '../../../shared/apis/cluster/v1alpha1.ts';
import type { ConfigMap, Namespace } from '../../../shared/apis/core/v1.ts';
import type { Condition } from '../../../shared/apis/meta/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import { findCondition, type NewCondition, rfc3339, setCondition } from '../../../shared/controller/conditions.ts';
import type { ReconcileResult } from '../../../shared/controller/controller.ts';
import { KARMADA_AGENT_ANNOTATION } from '../karmada-compat/annotations.ts';

/**
 * Makes true: a Cluster says in its condition CertificateExpiring when its agent's certificate is near its end. Of a karmada-agent, which neither renews nor reloads it,
 * the end is told from the start, until Pullet's agent in its place renews it; of one that renews in time, nothing is. Owns that condition; leaves what the agent says of itself (CertificateRotated).
 */
export interface AgentCertificateDeps {
  client: KubeClient;
  getCluster: (name: string) => Cluster | undefined;
  /** By the name of the ConfigMap. */
  getRecord: (name: string) => ConfigMap | undefined;
  /** The execution space of a cluster. */
  getSpace: (cluster: string) => Namespace | undefined;
  clock: Clock;
}

const DAY_MS = 24 * 3600_000;
/** Near is the last fifth of its life, and no more than a month. Agents renew with three tenths left. */
const NEAR_SHARE = 0.2;
const NEAR_MS = 30 * DAY_MS;

export async function reconcileAgentCertificate(
  deps: AgentCertificateDeps,
  name: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const cluster = deps.getCluster(name);
  if (!cluster || cluster.metadata.deletionTimestamp || cluster.spec.syncMode !== 'Pull') return undefined;
  const annotations = deps.getSpace(name)?.metadata.annotations ?? {};
  const issued = unrevokedKey(deps.getRecord(agentKeysKey(name).name), annotations[CLAIM_KEY_ANNOTATION])?.issued;
  if (!issued) return undefined;
  const now = deps.clock.now();
  const nearAt = issued.until - Math.min(NEAR_MS, (issued.until - issued.from) * NEAR_SHARE);
  const isKarmadas = annotations[KARMADA_AGENT_ANNOTATION] === 'true' && !isRenewed(cluster);
  const isTold = findCondition(conditionsOf(cluster), CONDITION_CERTIFICATE_EXPIRING) !== undefined;
  if (isKarmadas || isTold || now >= nearAt) {
    await tell(deps, cluster, conditionFor({ until: issued.until, nearAt, now, isKarmadas }), signal);
  }
  const next = [nearAt, issued.until].find((ms) => ms > now);
  return next === undefined ? undefined : { requeueAfterMs: Math.min(next - now, DAY_MS) };
}

/** Only Pullet's agent says so, or that it could not. */
function isRenewed(cluster: Cluster): boolean {
  return findCondition(conditionsOf(cluster), CONDITION_CERTIFICATE_ROTATED) !== undefined;
}

/** The one that has the claim on the name, unless it is revoked. */
function unrevokedKey(stored: ConfigMap | undefined, pin: string | undefined): AgentKey | undefined {
  const key = stored && pin ? readAgentKeys(stored).keys[pin] : undefined;
  return key?.isRevoked ? undefined : key;
}

function conditionsOf({ status }: Cluster): Condition[] {
  return (status?.conditions ?? []) as Condition[];
}

interface Certificate {
  until: number;
  nearAt: number;
  now: number;
  isKarmadas: boolean;
}

function conditionFor({ until, nearAt, now, isKarmadas }: Certificate): NewCondition {
  const type = CONDITION_CERTIFICATE_EXPIRING;
  const [isOver, isNear] = [now >= until, now >= nearAt];
  const reason = isOver ? 'Ended' : isNear ? 'EndsSoon' : 'NotYet';
  const ends = `the certificate of its agent ${isOver ? 'has ended' : 'ends'} at ${rfc3339(until)}`;
  const how = isKarmadas
    ? '. It joined as karmada-agent, which neither renews nor reloads it: with a token made for this name, in the member: pullet cert renew --token TOKEN; then restart the agent'
    : isOver
      ? ': with a token made for this name, in the member: pullet cert renew --token TOKEN'
      : isNear
        ? ' and has not been renewed: look at the condition CertificateRotated, and at the log of the agent'
        : '';
  return { type, status: isNear ? 'True' : 'False', reason, message: ends + how };
}

async function tell(
  { client, clock }: AgentCertificateDeps,
  cluster: Cluster,
  condition: NewCondition,
  signal: AbortSignal,
): Promise<void> {
  const before = conditionsOf(cluster);
  const conditions = setCondition(before, condition, clock);
  if (conditions === before) return;
  const { name = '', resourceVersion } = cluster.metadata;
  const patch = { metadata: { resourceVersion }, status: { conditions } };
  await client.patch(clusters, { name }, { type: 'merge', patch }, { signal, subresource: 'status' });
}
