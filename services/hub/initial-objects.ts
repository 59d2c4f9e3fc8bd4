import { type Namespace, namespaces } from '../../shared/apis/core/v1.ts';
import { clusterRoleBindings, clusterRoles } from '../../shared/apis/rbac/v1.ts';
import { priorityClasses, SYSTEM_PRIORITY_CLASSES } from '../../shared/apis/scheduling/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { KUBERNETES_CLUSTER_ROLE_BINDINGS, KUBERNETES_CLUSTER_ROLES } from '../apiserver/authz/default-policy.ts';
import { ensureObjects } from '../install/ensure-objects.ts';
import { ensurePolicy } from '../install/policy/ensure-policy.ts';

/** What has to be there before an API can be used as a Kubernetes cluster. Each start makes what is missing. */

const KUBERNETES_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** What kube-apiserver makes by itself: namespaces, the classes of system pods and the default roles. */
export async function ensureKubernetesObjects(client: KubeClient): Promise<void> {
  await ensureObjects(client, namespaces, KUBERNETES_NAMESPACES.map(newNamespace));
  await ensureObjects(client, priorityClasses, SYSTEM_PRIORITY_CLASSES);
  await ensurePolicy(client, clusterRoles, KUBERNETES_CLUSTER_ROLES);
  await ensurePolicy(client, clusterRoleBindings, KUBERNETES_CLUSTER_ROLE_BINDINGS);
}

function newNamespace(name: string): Namespace {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}
