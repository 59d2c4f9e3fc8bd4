import { validatingAdmissionPolicies } from '../../shared/apis/admissionregistration/v1.ts';
import { customResourceDefinitions } from '../../shared/apis/apiextensions/v1.ts';
import { clusterCrd } from '../../shared/apis/cluster/v1alpha1.crd.ts';
import { CLUSTER_NAMESPACE, clusters, SYSTEM_LABEL } from '../../shared/apis/cluster/v1alpha1.ts';
import { type Namespace, namespaces } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '../../shared/apis/rbac/v1.ts';
import { workCrd } from '../../shared/apis/work/v1alpha1.crd.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { type EnsureOptions, ensureSteps } from './ensure-item.ts';
import { type InstallStep, newItem } from './install-step.ts';
import {
  AGENT_ADMISSION_POLICY,
  AGENT_ADMISSION_POLICY_BINDING,
  validatingAdmissionPolicyBindings,
} from './policy/agent-admission-policy.ts';
import { CLUSTER_INFO_POLICY, JOIN_CLUSTER_ROLE_BINDINGS, JOIN_CLUSTER_ROLES } from './policy/join-policy.ts';

/** What has to be there before an API can be used as a hub. Each start makes what is missing. */

/** Karmada's agent keeps its leader lease in karmada-system, and so does a hub. */
export const HUB_LEASE_NAMESPACE = 'karmada-system';
const HUB_NAMESPACES = [HUB_LEASE_NAMESPACE, CLUSTER_NAMESPACE];

/** Our own kinds, namespaces and the rights to join. */
export const HUB_STEPS: readonly InstallStep[] = [
  [clusterCrd, workCrd].map((crd) => newItem(customResourceDefinitions, crd)),
  HUB_NAMESPACES.map((name) => newItem(namespaces, newNamespace(name), 'kept')),
  [
    ...JOIN_CLUSTER_ROLES.map((role) => newItem(clusterRoles, role, 'completed')),
    ...JOIN_CLUSTER_ROLE_BINDINGS.map((binding) => newItem(clusterRoleBindings, binding, 'completed')),
    newItem(roles, CLUSTER_INFO_POLICY.role, 'completed'),
    newItem(roleBindings, CLUSTER_INFO_POLICY.binding, 'completed'),
  ],
];

/** For an API server that doesn't run our own admission: the policy first, which its binding brings into force. */
export const ADMISSION_STEPS: readonly InstallStep[] = [
  [newItem(validatingAdmissionPolicies, AGENT_ADMISSION_POLICY)],
  [newItem(validatingAdmissionPolicyBindings, AGENT_ADMISSION_POLICY_BINDING)],
];

export function ensureHubObjects(client: KubeClient, options: Pick<EnsureOptions, 'signal'> = {}): Promise<void> {
  return ensureSteps(client, HUB_STEPS, options);
}

/** How often it is asked, with half a second between. */
const TRIES = 60;

/** Resolves when the server serves our kinds; a real one needs a moment after their CRDs are made. Throws if `signal` aborts before. */
export async function untilKindsAreServed(client: KubeClient, clock: Clock, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      await client.list(clusters, { limit: 1, signal });
      await client.list(works, { limit: 1, signal });
      return;
    } catch (error) {
      if (!isNotFound(error) || attempt === TRIES) throw error;
      await sleep(clock, 500, signal);
    }
  }
}

function newNamespace(name: string): Namespace {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [SYSTEM_LABEL]: 'true' } } };
}
