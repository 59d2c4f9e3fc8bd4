import { BOOTSTRAP_TOKEN_USER_PREFIX, KARMADA_TOKEN_GROUP } from '../../../shared/apis/bootstrap/token.ts';
import type { CertificateSigningRequest } from '../../../shared/apis/certificates/v1.ts';
import {
  CLAIM_KEY_ANNOTATION,
  CLAIM_UID_ANNOTATION,
  clusters,
  executionSpace,
  validateClusterName,
} from '../../../shared/apis/cluster/v1alpha1.ts';
import { type Namespace, namespaces } from '../../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { createIfAbsent, getIfPresent } from '../../../shared/client/ensure-object.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import { rfc3339 } from '../../../shared/controller/conditions.ts';
import { newExecutionSpace } from '../cluster-mailbox.ts';
import { JOINING_SINCE_ANNOTATION, JOINING_TOKEN_ANNOTATION, KARMADA_AGENT_ANNOTATION } from './annotations.ts';

/**
 * A join by karmadactl has two halves: the request for the identity rbac-generator begins it and claims the name for the token, the agent's own
 * request with the same token ends it. In between, and for ten minutes at most, the generator has rights.
 */

const JOIN_MS = 10 * 60_000;

/** No user of a token. */
const NOBODY = '';

const GENERATOR_REQUEST = /^agent-rbac-generator-(.+)[a-z0-9]{5}$/;

/** The cluster that karmadactl's request for the generator is about; only the request's name says it. */
export function joiningCluster(csr: CertificateSigningRequest): string | undefined {
  const cluster = GENERATOR_REQUEST.exec(csr.metadata.name ?? '')?.[1];
  return cluster !== undefined && validateClusterName(cluster) === undefined ? cluster : undefined;
}

/** True for a token of karmadactl's own group; Pullet's have another. */
export function isKarmadaToken({ spec }: CertificateSigningRequest): boolean {
  const isToken = spec.username?.startsWith(BOOTSTRAP_TOKEN_USER_PREFIX) === true;
  return isToken && spec.groups?.includes(KARMADA_TOKEN_GROUP) === true;
}

/** Claims a free name for the token; the same token may begin again. */
export async function beginJoin(
  { client, clock }: { client: KubeClient; clock: Clock },
  cluster: string,
  token: string,
  signal: AbortSignal,
): Promise<'begun' | 'taken' | 'leaving'> {
  const name = executionSpace(cluster);
  const existing = await getIfPresent(client, namespaces, { name }, signal);
  if (existing?.metadata.deletionTimestamp) return 'leaving';
  const joining = { [JOINING_TOKEN_ANNOTATION]: token, [JOINING_SINCE_ANNOTATION]: rfc3339(clock.now()) };
  if (existing) {
    if (joinTokenOf(existing) !== token) return 'taken';
    const patch = { metadata: { resourceVersion: existing.metadata.resourceVersion, annotations: joining } };
    await client.patch(namespaces, { name }, { type: 'merge', patch }, { signal });
    return 'begun';
  }
  if (await getIfPresent(client, clusters, { name: cluster }, signal)) return 'taken';
  const space = newExecutionSpace(cluster, { ...joining, [KARMADA_AGENT_ANNOTATION]: 'true' });
  return (await createIfAbsent(client, namespaces, space, signal)) ? 'begun' : 'taken';
}

/** The agent's own request: the claim passes from the token to the agent's key. False if no join of this token is under way for the name. */
export async function handOver(
  client: KubeClient,
  agent: { cluster: string; token: string; key: string },
  signal: AbortSignal,
): Promise<boolean> {
  const name = executionSpace(agent.cluster);
  const space = await getIfPresent(client, namespaces, { name }, signal);
  if (!space || joinTokenOf(space) !== agent.token) return false;
  const annotations = {
    [CLAIM_KEY_ANNOTATION]: agent.key,
    [CLAIM_UID_ANNOTATION]: '',
    [JOINING_TOKEN_ANNOTATION]: null,
    [JOINING_SINCE_ANNOTATION]: null,
  };
  const { resourceVersion } = space.metadata;
  const patch = { metadata: { resourceVersion, annotations } };
  await client.patch(namespaces, { name }, { type: 'merge', patch }, { signal });
  return true;
}

/** From now on no token can begin or end this join. Throws Conflict if one has just done so. */
export async function closeJoin(client: KubeClient, { metadata }: Namespace, signal: AbortSignal): Promise<void> {
  const { name = '', uid, resourceVersion } = metadata;
  const patch = { metadata: { uid, resourceVersion, annotations: { [JOINING_TOKEN_ANNOTATION]: NOBODY } } };
  await client.patch(namespaces, { name }, { type: 'merge', patch }, { signal });
}

/** The user of the token whose join is under way, or nobody's once it is closed; undefined where none is. */
export function joinTokenOf(space: Namespace): string | undefined {
  return space.metadata.annotations?.[JOINING_TOKEN_ANNOTATION];
}

/** Milliseconds since the epoch; NaN if nobody can tell. */
export function joinEnd(space: Namespace): number {
  return Date.parse(space.metadata.annotations?.[JOINING_SINCE_ANNOTATION] ?? '') + JOIN_MS;
}
