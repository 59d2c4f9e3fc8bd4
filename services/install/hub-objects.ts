import { type CustomResourceDefinition, customResourceDefinitions } from '../../shared/apis/apiextensions/v1.ts';
import { clusterCrd } from '../../shared/apis/cluster/v1alpha1.crd.ts';
import { CLUSTER_NAMESPACE, clusters, SYSTEM_LABEL } from '../../shared/apis/cluster/v1alpha1.ts';
import { type Namespace, namespaces } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '../../shared/apis/rbac/v1.ts';
import { workCrd } from '../../shared/apis/work/v1alpha1.crd.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { jsonEqual } from '../../shared/controller/json-equal.ts';
import { ensureObjects } from './ensure-objects.ts';
import { ensurePolicy } from './policy/ensure-policy.ts';
import { CLUSTER_INFO_POLICY, JOIN_CLUSTER_ROLE_BINDINGS, JOIN_CLUSTER_ROLES } from './policy/join-policy.ts';

/** What has to be there before an API can be used as a hub. Each start makes what is missing. */

/** Karmada's agent keeps its leader lease in karmada-system. */
const HUB_NAMESPACES = ['karmada-system', CLUSTER_NAMESPACE];

/** Our own kinds, namespaces and the rights to join. */
export async function ensureHubObjects(client: KubeClient): Promise<void> {
  for (const crd of [clusterCrd, workCrd]) await ensureCrd(client, crd);
  await ensureObjects(
    client,
    namespaces,
    HUB_NAMESPACES.map((name) => newNamespace(name, { [SYSTEM_LABEL]: 'true' })),
  );
  await ensurePolicy(client, clusterRoles, JOIN_CLUSTER_ROLES);
  await ensurePolicy(client, clusterRoleBindings, JOIN_CLUSTER_ROLE_BINDINGS);
  await ensurePolicy(client, roles, [CLUSTER_INFO_POLICY.role]);
  await ensurePolicy(client, roleBindings, [CLUSTER_INFO_POLICY.binding]);
}

/** Resolves when the server serves our kinds; a real one needs a moment after their CRDs are made. */
export async function untilKindsAreServed(client: KubeClient, pause: () => Promise<void>, tries = 60): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.list(clusters, { limit: 1 });
      await client.list(works, { limit: 1 });
      return;
    } catch (error) {
      if (!isNotFound(error) || attempt === tries) throw error;
      await pause();
    }
  }
}

/** Brings a CRD of an older version up to ours; what a server fills in by itself is no difference. */
async function ensureCrd(client: KubeClient, crd: CustomResourceDefinition): Promise<void> {
  await ensureObjects(client, customResourceDefinitions, [crd]);
  const current = await client.get(customResourceDefinitions, { name: crd.metadata.name ?? '' });
  if (jsonEqual(current.spec.versions, crd.spec.versions)) return;
  await client.update(customResourceDefinitions, {
    ...current,
    spec: { ...current.spec, versions: crd.spec.versions },
  });
}

function newNamespace(name: string, labels?: Record<string, string>): Namespace {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...(labels ? { labels } : {}) } };
}
