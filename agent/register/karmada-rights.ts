import { karmadaAgentRules } from '../../shared/apis/cluster/karmada-agent-rules.ts';
import {
  AGENT_RBAC_GENERATOR,
  agentRightsNames,
  agentUser,
  CLUSTER_GROUP,
  clusters,
  executionSpace,
  SYSTEM_LABEL,
} from '../../shared/apis/cluster/v1alpha1.ts';
import { namespaces } from '../../shared/apis/core/v1.ts';
import { isForbidden, isNotFound, isUnauthorized } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import {
  clusterRoleBindings,
  clusterRoles,
  type PolicyRule,
  RBAC_GROUP,
  roleBindings,
  roles,
} from '../../shared/apis/rbac/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { createIfAbsent, getIfPresent } from '../../shared/client/ensure-object.ts';
import { newKey, privateKeyPem } from '../../shared/pki/private-key.ts';
import { type RegisterDeps, RegisterError } from './register-options.ts';
import { type CertificateWish, requestCertificate, tokenNotAccepted } from './request-certificate.ts';

/**
 * On a Karmada control plane nobody makes an agent's rights but who joins it: through the short-lived identity rbac-generator, as karmadactl does (the
 * wire contract, sections 2.3 and 2.5). Other than there, a join that is refused takes nothing back: what is there may be a living cluster's.
 */

/** The shortest life that a kube-apiserver signs for. */
const GENERATOR_SECONDS = 600;

export interface RightsWish {
  clusterName: string;
  /** Namespace of cluster Secrets on the hub. */
  clusterNamespace: string;
  memberUid: string;
  server: string;
  proxyUrl?: string;
  caPem: string;
  timeoutMs: number;
}

/**
 * Whether this is a Karmada control plane, by what every authenticated user may read: only Karmada's aggregated API server has `clusters/proxy` in
 * cluster.karmada.io. A Pullet hub makes the rights itself.
 */
export async function isKarmada(hub: KubeClient, signal: AbortSignal): Promise<boolean> {
  try {
    const text = await hub.raw({ method: 'GET', path: `/apis/${CLUSTER_GROUP}/v1alpha1`, signal });
    const { resources = [] } = JSON.parse(text) as { resources?: { name: string; kind: string }[] };
    return resources.some(({ name, kind }) => name === 'clusters/proxy' && kind === 'ClusterProxyOptions');
  } catch (error) {
    if (isNotFound(error) || isForbidden(error)) return false;
    throw isUnauthorized(error) ? tokenNotAccepted(error) : error;
  }
}

/** `hub` speaks with the token. Throws RegisterError if the name is another cluster's. May be repeated. */
export async function makeKarmadaRights(
  deps: RegisterDeps,
  hub: KubeClient,
  wish: RightsWish,
  signal: AbortSignal,
): Promise<void> {
  const generator = await newGeneratorClient(deps, hub, wish, signal);
  try {
    await requireFreeName(generator, wish, signal);
    for (const { type, object } of rightsOf(wish)) await createIfAbsent(generator, type, object, signal);
  } finally {
    await generator.close();
  }
}

async function newGeneratorClient(
  deps: RegisterDeps,
  hub: KubeClient,
  wish: RightsWish,
  signal: AbortSignal,
): Promise<KubeClient> {
  const key = await newKey();
  const { server, proxyUrl, caPem } = wish;
  const to = { server, ...(proxyUrl ? { proxyUrl } : {}), caPem };
  const certificate: CertificateWish = {
    ...wish,
    key,
    expirationSeconds: GENERATOR_SECONDS,
    identity: { user: AGENT_RBAC_GENERATOR, requestPrefix: `agent-rbac-generator-${wish.clusterName}` },
  };
  const certPem = await requestCertificate({ hub, clock: deps.clock }, certificate, signal);
  return deps.newClient(deps.newTransport({ ...to, certPem, keyPem: privateKeyPem(key) }));
}

/** The same member may come again: its join was interrupted, or its agent is to get new credentials. */
async function requireFreeName(
  generator: KubeClient,
  { clusterName: name, memberUid }: RightsWish,
  signal: AbortSignal,
): Promise<void> {
  const cluster = await getIfPresent(generator, clusters, { name }, signal);
  if (!cluster || cluster.spec.id === memberUid) return;
  throw new RegisterError(`failed to register as cluster with name ${name} already exists`, {
    fix: `Choose another --cluster-name, or take that cluster off first: pullet unregister ${name}`,
  });
}

interface NewObject {
  type: ResourceType;
  object: KubeObject;
}

/** The rules of karmadactl: a karmada-agent may take this cluster over later. */
function rightsOf({ clusterName, clusterNamespace }: RightsWish): NewObject[] {
  const rules = karmadaAgentRules(clusterName);
  const names = agentRightsNames(clusterName);
  const space = executionSpace(clusterName);
  return [
    ...right(clusterName, { name: names.cluster, rules: rules.cluster }),
    { type: namespaces, object: newNamespace(clusterNamespace) },
    ...right(clusterName, { name: names.secret, namespace: clusterNamespace, rules: rules.secret }),
    { type: namespaces, object: newNamespace(space) },
    ...right(clusterName, { name: names.work, namespace: space, rules: rules.work }),
  ];
}

/** A role and its binding to the agent: in a namespace, or everywhere. */
function right(cluster: string, role: { name: string; namespace?: string; rules: PolicyRule[] }): NewObject[] {
  const { rules, ...key } = role;
  const isEverywhere = role.namespace === undefined;
  const [type, bindingType] = isEverywhere ? [clusterRoles, clusterRoleBindings] : [roles, roleBindings];
  const common = { apiVersion: `${RBAC_GROUP}/v1`, metadata: { ...key, labels: LABELS } };
  const binding = {
    ...common,
    kind: bindingType.kind,
    roleRef: { apiGroup: RBAC_GROUP, kind: type.kind, name: role.name },
    subjects: [{ apiGroup: RBAC_GROUP, kind: 'User', name: agentUser(cluster) }],
  };
  return [
    { type, object: { ...common, kind: type.kind, rules } as KubeObject },
    { type: bindingType, object: binding as KubeObject },
  ];
}

const LABELS = { [SYSTEM_LABEL]: 'true' };

function newNamespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: LABELS } };
}
