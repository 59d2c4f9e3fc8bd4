import { karmadaAgentRules } from '../../../shared/apis/cluster/karmada-agent-rules.ts';
import {
  AGENT_RBAC_GENERATOR,
  CLUSTER_NAMESPACE,
  executionSpace,
  SYSTEM_LABEL,
} from '../../../shared/apis/cluster/v1alpha1.ts';
import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import {
  clusterRoleBindings,
  clusterRoles,
  type PolicyRule,
  RBAC_GROUP,
  roleBindings,
  roles,
} from '../../../shared/apis/rbac/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { createIfAbsent, deleteIfPresent } from '../../../shared/client/ensure-object.ts';

/**
 * What the identity rbac-generator may do during one join: what the agent will have, and to create roles, bindings and namespaces, so that RBAC's own
 * check against escalation is the limit. Never `escalate` or `bind`, no changing and no deleting, but of its own request. Admission holds it to
 * the names of that join besides, and all of those the hub has made already: in the end it creates nothing.
 */

export async function giveGeneratorRights(
  client: KubeClient,
  join: { cluster: string; request: string },
  signal: AbortSignal,
): Promise<void> {
  await removeGeneratorRights(client, join.cluster, signal);
  for (const { key, rules } of rolesOf(join.cluster, join.request)) {
    const [type, bindingType] =
      key.namespace === undefined ? [clusterRoles, clusterRoleBindings] : [roles, roleBindings];
    const common = { apiVersion: `${RBAC_GROUP}/v1`, metadata: { ...key, labels: { [SYSTEM_LABEL]: 'true' } } };
    const roleRef = { apiGroup: RBAC_GROUP, kind: type.kind, name: key.name };
    const subjects = [{ apiGroup: RBAC_GROUP, kind: 'User', name: AGENT_RBAC_GENERATOR }];
    await createIfAbsent(client, type, { ...common, kind: type.kind, rules } as KubeObject, signal);
    await createIfAbsent(
      client,
      bindingType,
      { ...common, kind: bindingType.kind, roleRef, subjects } as never,
      signal,
    );
  }
}

/** Bindings first: half done is closed already. */
export async function removeGeneratorRights(client: KubeClient, cluster: string, signal: AbortSignal): Promise<void> {
  const keys = rolesOf(cluster, '').map(({ key }) => key);
  for (const key of keys)
    await deleteIfPresent(client, key.namespace === undefined ? clusterRoleBindings : roleBindings, key, signal);
  for (const key of keys)
    await deleteIfPresent(client, key.namespace === undefined ? clusterRoles : roles, key, signal);
}

interface GeneratorRole {
  key: { name: string; namespace?: string };
  rules: PolicyRule[];
}

function rolesOf(cluster: string, request: string): GeneratorRole[] {
  const name = `system:karmada:${cluster}:rbac-generator`;
  const agents = karmadaAgentRules(cluster);
  return [
    { key: { name }, rules: [...agents.cluster, ...mayCreate(), mayDelete(request)] },
    { key: { name, namespace: CLUSTER_NAMESPACE }, rules: agents.secret },
    { key: { name, namespace: executionSpace(cluster) }, rules: agents.work },
  ];
}

function mayCreate(): PolicyRule[] {
  const resources = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'];
  return [
    { apiGroups: [RBAC_GROUP], resources, verbs: ['create'] },
    { apiGroups: [''], resources: ['namespaces'], verbs: ['create'] },
  ];
}

function mayDelete(request: string): PolicyRule {
  const resource = { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'] };
  return { ...resource, resourceNames: [request], verbs: ['delete'] };
}
