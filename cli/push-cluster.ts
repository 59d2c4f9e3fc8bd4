import { isDeepStrictEqual } from 'node:util';
import { type Cluster, clusters, SYSTEM_LABEL } from '../shared/apis/cluster/v1alpha1.ts';
import { namespaces, type Secret, secrets } from '../shared/apis/core/v1.ts';
import type { KubeClient } from '../shared/client/client.ts';
import { createIfAbsent, getIfPresent } from '../shared/client/ensure-object.ts';
import type { Endpoint } from './factory.ts';
import type { MemberCredentials } from './member-credentials.ts';

/** What the hub has of a push-mode cluster: two Secrets with the ways in, and the Cluster that names them. Source: the wire contract, sections 3.2 and 4.5. */

export interface PushCluster {
  cluster: string;
  /** Of the Secrets on the hub, and of the accounts in the member. */
  clusterNamespace: string;
  provider?: string;
  region?: string;
  zones: string[];
}

/** What the hub is given to reach a member with. */
export interface HubCredentials {
  /** Of the Secret, as base64: a token and the authorities to trust, or a whole kubeconfig. */
  data: Record<'token' | 'caBundle', string> | Record<'kubeconfig', string>;
  /** base64; absent with a kubeconfig, for which no account is made. */
  impersonatorToken?: string;
}

export function tokenData({ token, caBundle, impersonatorToken }: MemberCredentials): HubCredentials {
  return { data: { token, caBundle }, impersonatorToken };
}

/** Before the Cluster, so that the hub finds them when it sees it. */
export async function storeCredentials(
  hub: KubeClient,
  options: PushCluster,
  credentials: HubCredentials,
): Promise<void> {
  const namespace = options.clusterNamespace;
  const labels = { [SYSTEM_LABEL]: 'true' };
  await createIfAbsent(hub, namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } });
  const secret = (name: string, data: Record<string, string>): Secret => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels },
    type: 'Opaque',
    data,
  });
  const { impersonatorToken: token, data } = credentials;
  if (token !== undefined) await put(hub, secret(`${options.cluster}-impersonator`, { token }));
  await put(hub, secret(options.cluster, data));
}

const NO_CREDENTIALS = { token: null, caBundle: null, kubeconfig: null };

/** In one write, so that the hub never sees half of both. */
export async function replaceCredentials(
  hub: KubeClient,
  key: { namespace: string; name: string },
  { data }: HubCredentials,
): Promise<void> {
  await hub.patch(secrets, key, { type: 'merge', patch: { data: { ...NO_CREDENTIALS, ...data } } });
}

/** A Secret that an earlier, broken join left has an old token, and perhaps an owner that is gone: replaced. */
async function put(hub: KubeClient, secret: Secret): Promise<void> {
  if (await createIfAbsent(hub, secrets, secret)) return;
  const { name = '', namespace = '' } = secret.metadata;
  const patch = { metadata: { ownerReferences: null }, data: { ...NO_CREDENTIALS, ...secret.data } };
  await hub.patch(secrets, { name, namespace }, { type: 'merge', patch });
}

/** Whoever deletes the Cluster, with whatever tool, deletes the Secrets with it. */
export async function tieCredentials(
  hub: KubeClient,
  { clusterNamespace }: PushCluster,
  owner: Cluster,
): Promise<void> {
  const { apiVersion, kind, metadata } = owner;
  const reference = {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  const patch = { metadata: { ownerReferences: [reference] } };
  // The one by which an unfinished join is known comes last.
  for (const { name } of [owner.spec.impersonatorSecretRef, owner.spec.secretRef].filter((ref) => ref !== undefined)) {
    await hub.patch(secrets, { name, namespace: clusterNamespace }, { type: 'merge', patch });
  }
}

/** Whether a join came as far as the Cluster and no further: its Secrets are not tied to it yet. */
export async function isUnfinished(
  hub: KubeClient,
  { clusterNamespace: namespace }: PushCluster,
  { metadata, spec }: Cluster,
): Promise<boolean> {
  const { secretRef } = spec;
  if (spec.syncMode !== 'Push' || secretRef?.namespace !== namespace) return false;
  const secret = await getIfPresent(hub, secrets, { namespace, name: secretRef.name });
  const { labels, ownerReferences = [] } = secret?.metadata ?? {};
  return labels?.[SYSTEM_LABEL] === 'true' && !ownerReferences.some(({ uid }) => uid === metadata.uid);
}

export function newPushCluster(
  options: PushCluster,
  endpoint: Endpoint,
  { id, hasImpersonator }: { id: string; hasImpersonator: boolean },
): Cluster {
  const reference = (name: string) => ({ namespace: options.clusterNamespace, name });
  return {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name: options.cluster },
    spec: {
      syncMode: 'Push',
      id,
      apiEndpoint: endpoint.server,
      ...(endpoint.insecureSkipTlsVerify ? { insecureSkipTLSVerification: true } : {}),
      ...(endpoint.proxyUrl ? { proxyURL: endpoint.proxyUrl } : {}),
      secretRef: reference(options.cluster),
      ...(hasImpersonator ? { impersonatorSecretRef: reference(`${options.cluster}-impersonator`) } : {}),
      ...(options.provider ? { provider: options.provider } : {}),
      ...(options.region ? { region: options.region } : {}),
      ...(options.zones.length > 0 ? { zones: options.zones } : {}),
    },
  };
}

/** What a join says of its cluster, present or not. */
const SAID = [
  ...['apiEndpoint', 'insecureSkipTLSVerification', 'proxyURL', 'impersonatorSecretRef'],
  ...['provider', 'region', 'zones'],
] as const;

/** What an unfinished join has made is as the join says that goes on with it; the rest of it is somebody else's. */
export async function bringUpToDate(hub: KubeClient, unfinished: Cluster, { spec }: Cluster): Promise<Cluster> {
  const before: Partial<Record<string, unknown>> = { ...unfinished.spec };
  const now: Partial<Record<string, unknown>> = { ...spec };
  const differing = SAID.filter((field) => !isDeepStrictEqual(before[field], now[field]));
  if (differing.length === 0) return unfinished;
  const changes = Object.fromEntries(differing.map((field) => [field, now[field] ?? null]));
  const { name = '' } = unfinished.metadata;
  return hub.patch(clusters, { name }, { type: 'merge', patch: { spec: changes } });
}
