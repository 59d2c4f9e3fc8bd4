import { CLUSTER_NAMESPACE, SYSTEM_LABEL } from '../shared/apis/cluster/v1alpha1.ts';
import { namespaces, type Secret, secrets, serviceAccounts } from '../shared/apis/core/v1.ts';
import type { KubeObject } from '../shared/apis/meta/v1.ts';
import { clusterRoleBindings, clusterRoles, RBAC_GROUP } from '../shared/apis/rbac/v1.ts';
import { keptStateCluster } from '../shared/apis/work/kept-state.ts';
import { STATE_LABEL } from '../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../shared/client/client.ts';
import { deleteIfPresent, getIfPresent } from '../shared/client/ensure-object.ts';
import { holdsOthers } from '../shared/client/holds-others.ts';
import type { Clock } from '../shared/controller/clock.ts';
import type { MadeObjects } from './made-objects.ts';
import { pollUntil } from './poll.ts';

/**
 * What a push-mode cluster hands to the hub: two service accounts in the member, one that may do everything and one for impersonation, and their tokens.
 * Names, labels and rules: the wire contract, section 4.4. Everything tolerates that it exists already, so that a broken `join` can be run again.
 */

export interface MemberCredentials {
  token: string;
  impersonatorToken: string;
  /** base64 of the member's CA bundle, from the token Secret. */
  caBundle: string;
}

const IMPERSONATOR = 'karmada-impersonator';
const TOKEN_TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';
const TOKEN_WAIT_MS = 30_000;
const NAMESPACE_WAIT_MS = 60_000;

export const accountName = (cluster: string): string => `karmada-${cluster}`;
const roleName = (cluster: string): string => `karmada-controller-manager:${accountName(cluster)}`;
const labels = { [SYSTEM_LABEL]: 'true' };

export interface MemberAccess {
  /** Of the account's token; named after the account if absent. */
  tokenSecret?: string;
  client: KubeClient;
  cluster: string;
  namespace: string;
  clock: Clock;
  signal: AbortSignal;
}

/** What makes objects, and knows afterwards which of them were not there before. */
export type MemberMaking = MemberAccess & { made: MadeObjects };

/** Makes the accounts and waits until the member has issued their tokens. Who gives up takes back what was made. */
export async function obtainMemberCredentials(access: MemberMaking): Promise<MemberCredentials> {
  const { made, cluster, namespace } = access;
  await ensureNamespace(access);
  const impersonator = await tokenOf(access, IMPERSONATOR);
  const account = await tokenOf(access, accountName(cluster), access.tokenSecret);
  await made.ensure(clusterRoles, {
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: 'ClusterRole',
    metadata: { name: roleName(cluster), labels },
    rules: [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['get'] },
    ],
  });
  await made.ensure(clusterRoleBindings, {
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: roleName(cluster), labels },
    roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: roleName(cluster) },
    subjects: [{ kind: 'ServiceAccount', namespace, name: accountName(cluster) }],
  });
  return {
    token: account.data?.['token'] ?? '',
    impersonatorToken: impersonator.data?.['token'] ?? '',
    caBundle: account.data?.['ca.crt'] ?? '',
  };
}

/** Names of the Secrets with tokens of the account that may do everything. */
export async function tokenSecrets(client: KubeClient, cluster: string, namespace: string): Promise<string[]> {
  const { items } = await client.list(secrets, { namespace });
  const account = accountName(cluster);
  return items
    .filter(({ metadata }) => metadata.annotations?.[ACCOUNT_ANNOTATION] === account)
    .map(({ metadata }) => metadata.name ?? '');
}

/** With its Secret a token ends. */
export async function removeTokens(client: KubeClient, namespace: string, names: readonly string[]): Promise<void> {
  for (const name of names) await deleteIfPresent(client, secrets, { namespace, name });
}

/** One that is just being deleted, by an unjoin a moment ago, is waited out. */
async function ensureNamespace({ client, made, namespace: name, clock, signal }: MemberMaking): Promise<void> {
  const waitingFor = `namespace ${name} in the member, which is being deleted`;
  const poll = { clock, signal, everyMs: 500, deadlineMs: NAMESPACE_WAIT_MS, waitingFor };
  await pollUntil(poll, async () => {
    await made.ensure(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    const { items } = await client.list(namespaces, { fieldSelector: `metadata.name=${name}` });
    return items.some(({ metadata }) => !metadata.deletionTimestamp) ? true : undefined;
  });
}

async function tokenOf(
  { client, made, namespace, clock, signal }: MemberMaking,
  name: string,
  secretName = name,
): Promise<Secret> {
  await made.ensure(serviceAccounts, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace, labels },
  });
  await made.ensure(secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretName, namespace, labels, annotations: { [ACCOUNT_ANNOTATION]: name } },
    type: TOKEN_TYPE,
  });
  return pollUntil(
    {
      clock,
      signal,
      everyMs: 500,
      deadlineMs: TOKEN_WAIT_MS,
      waitingFor: `the token of service account ${namespace}/${name} in the member`,
    },
    async () => {
      const secret = await client.get(secrets, { namespace, name: secretName });
      return secret.data?.['token'] ? secret : undefined;
    },
  );
}

/** Takes back what `obtainMemberCredentials` made; what accounts share only where nothing of others is left in the namespace. */
export async function removeMemberCredentials({ client, cluster, namespace, signal }: MemberAccess): Promise<void> {
  await deleteIfPresent(client, clusterRoleBindings, { name: roleName(cluster) }, signal);
  await deleteIfPresent(client, clusterRoles, { name: roleName(cluster) }, signal);
  await removeTokens(client, namespace, await tokenSecrets(client, cluster, namespace));
  await deleteIfPresent(client, serviceAccounts, { namespace, name: accountName(cluster) }, signal);
  if (await holdsOthers(client, namespace, (object) => isShared(object, cluster), signal)) return;
  await deleteIfPresent(client, secrets, { namespace, name: IMPERSONATOR }, signal);
  await deleteIfPresent(client, serviceAccounts, { namespace, name: IMPERSONATOR }, signal);
  await removeNamespace(client, namespace, cluster, signal);
}

function isShared(object: KubeObject, cluster: string): boolean {
  const { name, annotations } = object.metadata;
  const isImpersonators = name === IMPERSONATOR || annotations?.[ACCOUNT_ANNOTATION] === IMPERSONATOR;
  return isImpersonators || keptStateCluster(object) === cluster;
}

/** One that somebody else made stays, without what the hub has written down in it. */
async function removeNamespace(client: KubeClient, name: string, cluster: string, signal: AbortSignal): Promise<void> {
  const space = await getIfPresent(client, namespaces, { name }, signal);
  const isOurs = space?.metadata.labels?.[SYSTEM_LABEL] === 'true' || name === CLUSTER_NAMESPACE;
  if (isOurs) return void (await deleteIfPresent(client, namespaces, { name, uid: space?.metadata.uid }, signal));
  const { items } = await client.list(secrets, { namespace: name, labelSelector: STATE_LABEL, signal });
  for (const { metadata } of items.filter((secret) => keptStateCluster(secret) === cluster)) {
    await deleteIfPresent(client, secrets, { namespace: name, name: metadata.name ?? '' }, signal);
  }
}
