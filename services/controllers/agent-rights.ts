import { karmadaAgentRules } from '../../shared/apis/cluster/karmada-agent-rules.ts';
import {
  agentRightsNames,
  agentUser,
  CLUSTER_GROUP,
  CLUSTER_NAMESPACE,
  executionSpace,
  SYSTEM_LABEL,
} from '../../shared/apis/cluster/v1alpha1.ts';
import { namespaces } from '../../shared/apis/core/v1.ts';
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
import { WORK_GROUP } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { createIfAbsent, deleteIfPresent, getIfPresent } from '../../shared/client/ensure-object.ts';
import { KARMADA_AGENT_ANNOTATION } from './karmada-compat/annotations.ts';

/**
 * What one agent may do on the hub: the names of the wire contract, section 2.5, with fewer rights. Nothing here reaches another
 * cluster's objects; creating is bounded by name at admission (`agentMayWrite`), since RBAC can't. No joiner ever writes these.
 */

interface Right {
  type: ResourceType<KubeObject & { rules?: PolicyRule[] }>;
  bindingType: ResourceType;
  name: string;
  namespace?: string;
  rules: PolicyRule[];
}

/** Outside the namespaces that go with the cluster first, in the order in which they are removed last. */
function rightsOf(cluster: string, isKarmadas = false): Right[] {
  const names = agentRightsNames(cluster);
  if (isKarmadas) return karmadaRightsOf(cluster);
  const namespaced = { type: roles, bindingType: roleBindings } as const;
  return [
    { type: clusterRoles, bindingType: clusterRoleBindings, name: names.cluster, rules: clusterRules(cluster) },
    { ...namespaced, name: names.work, namespace: executionSpace(cluster), rules: workRules() },
    { ...namespaced, name: names.lease, namespace: CLUSTER_NAMESPACE, rules: leaseRules(cluster) },
  ];
}

function karmadaRightsOf(cluster: string): Right[] {
  const names = agentRightsNames(cluster);
  const rules = karmadaAgentRules(cluster);
  const namespaced = { type: roles, bindingType: roleBindings } as const;
  return [
    { type: clusterRoles, bindingType: clusterRoleBindings, name: names.cluster, rules: rules.cluster },
    { ...namespaced, name: names.work, namespace: executionSpace(cluster), rules: rules.work },
    { ...namespaced, name: names.secret, namespace: CLUSTER_NAMESPACE, rules: rules.secret },
  ];
}

function clusterRules(cluster: string): PolicyRule[] {
  const group = [CLUSTER_GROUP];
  const own = [cluster];
  return [
    { apiGroups: group, resources: ['clusters'], resourceNames: own, verbs: ['get', 'list', 'watch', 'delete'] },
    { apiGroups: group, resources: ['clusters'], verbs: ['create'] },
    { apiGroups: group, resources: ['clusters/status'], resourceNames: own, verbs: ['update'] },
    {
      apiGroups: [''],
      resources: ['namespaces'],
      resourceNames: [executionSpace(cluster), CLUSTER_NAMESPACE, 'kube-system'],
      verbs: ['get'],
    },
    { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['get', 'create'] },
    { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ];
}

/** It makes one Work itself, which delivers nothing and tells of orphaned objects. */
function workRules(): PolicyRule[] {
  return [
    { apiGroups: [WORK_GROUP], resources: ['works'], verbs: ['get', 'create', 'list', 'watch', 'update', 'delete'] },
    { apiGroups: [WORK_GROUP], resources: ['works/status'], verbs: ['patch', 'update'] },
  ];
}

function leaseRules(cluster: string): PolicyRule[] {
  const lease = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
  return [{ ...lease, resourceNames: [cluster], verbs: ['get', 'update'] }];
}

/** Creates what is missing and brings roles back to their rules. The namespaces must exist; the execution space says whose agent it is. */
export async function ensureAgentRights(client: KubeClient, cluster: string, signal: AbortSignal): Promise<void> {
  const space = await getIfPresent(client, namespaces, { name: executionSpace(cluster) }, signal);
  const isKarmadas = space?.metadata.annotations?.[KARMADA_AGENT_ANNOTATION] === 'true';
  for (const right of rightsOf(cluster, isKarmadas)) {
    await ensure(client, right.type, newRole(right), signal);
    const binding = newBinding(right, cluster);
    if (isKarmadas) binding.metadata.annotations = { [KARMADA_AGENT_ANNOTATION]: 'true' };
    await ensure(client, right.bindingType, binding, signal);
  }
}

/** Takes every right away, those that Karmada's own register would have made included. Bindings first: half done is closed already. */
export async function removeAgentRights(client: KubeClient, cluster: string, signal: AbortSignal): Promise<void> {
  const namespace = CLUSTER_NAMESPACE;
  const names = agentRightsNames(cluster);
  const secret = { type: roles, bindingType: roleBindings, name: names.secret, namespace };
  const all = [...rightsOf(cluster), secret];
  const keyOf = (right: { name: string; namespace?: string }) =>
    right.namespace === undefined ? { name: right.name } : { name: right.name, namespace: right.namespace };
  for (const right of all) await deleteIfPresent(client, right.bindingType, keyOf(right), signal);
  for (const right of all) await deleteIfPresent(client, right.type, keyOf(right), signal);
}

async function ensure<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  wanted: T & { rules?: PolicyRule[]; subjects?: unknown },
  signal: AbortSignal,
): Promise<void> {
  if (await createIfAbsent(client, type, wanted, signal)) return;
  const { name = '', namespace } = wanted.metadata;
  const patch = wanted.rules ? { rules: wanted.rules } : { subjects: wanted.subjects };
  const key = namespace === undefined ? { name } : { name, namespace };
  await client.patch(type, key, { type: 'merge', patch }, { signal });
}

function metadataOf(right: Right): KubeObject['metadata'] {
  const labels = { [SYSTEM_LABEL]: 'true' };
  return { name: right.name, labels, ...(right.namespace === undefined ? {} : { namespace: right.namespace }) };
}

function newRole(right: Right): KubeObject & { rules: PolicyRule[] } {
  const apiVersion = `${RBAC_GROUP}/v1`;
  return { apiVersion, kind: right.type.kind, metadata: metadataOf(right), rules: right.rules };
}

function newBinding(right: Right, cluster: string): KubeObject & { subjects: unknown } {
  return {
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: right.bindingType.kind,
    metadata: metadataOf(right),
    roleRef: { apiGroup: RBAC_GROUP, kind: right.type.kind, name: right.name },
    subjects: [{ apiGroup: RBAC_GROUP, kind: 'User', name: agentUser(cluster) }],
  } as KubeObject & { subjects: unknown };
}
