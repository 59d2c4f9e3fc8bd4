import { RBAC_GROUP } from '../../../shared/apis/rbac/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { MANAGE_VERBS } from '../agent-rights.ts';
import { findResources } from '../managed-resources.ts';
import { type Check, failed, ok, reasonOf } from './check.ts';
import { missingRights, type Needed } from './missing-rights.ts';

/** Whether the user of the member's kubeconfig may install an agent there. */

const TO_INSTALL: readonly Needed[] = [
  { group: '', resource: 'namespaces', verb: 'get', isClusterWide: true },
  { group: '', resource: 'namespaces', verb: 'create', isClusterWide: true },
  { group: '', resource: 'secrets', verb: 'create' },
  { group: '', resource: 'serviceaccounts', verb: 'create' },
  { group: 'apps', resource: 'deployments', verb: 'create' },
  { group: 'rbac.authorization.k8s.io', resource: 'clusterroles', verb: 'create', isClusterWide: true },
  { group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings', verb: 'create', isClusterWide: true },
];
const EVERYTHING: Needed = { group: '*', resource: '*', verb: '*', isClusterWide: true };

/** `manage` as in register: what the agent is to manage, which is all that is to be given then. */
export async function checkMember(
  member: KubeClient,
  { namespace, manage }: { namespace: string; manage?: readonly string[] },
  signal: AbortSignal,
): Promise<Check> {
  const name = 'rights in the member';
  try {
    const toGive = manage ? await managingRights(member, manage, signal) : [EVERYTHING];
    const missing = await missingRights(member, [...TO_INSTALL, ...toGive], namespace, signal);
    if (missing.length === 0) return ok(name, 'the user of the kubeconfig may install an agent');
    const fix = "Use a kubeconfig of an administrator: the agent's rights can only be given by who has them.";
    return failed(name, `the user of the kubeconfig may not: ${missing.join(', ')}`, fix);
  } catch (error) {
    return failed(name, reasonOf(error), "Check the member's kubeconfig: --kubeconfig, --context.");
  }
}

/** Who gives rights must have them, those for the agent itself too. */
async function managingRights(member: KubeClient, names: readonly string[], signal: AbortSignal): Promise<Needed[]> {
  const { resources } = await findResources(member, names, signal);
  const looking = { group: '', isClusterWide: true };
  return [
    ...resources.flatMap((managed) => MANAGE_VERBS.map((verb) => ({ ...managed, verb, isClusterWide: true }))),
    ...['nodes', 'pods'].flatMap((resource) =>
      ['get', 'list', 'watch'].map((verb) => ({ ...looking, resource, verb })),
    ),
    ...MANAGE_VERBS.map((verb) => ({ group: '', resource: 'secrets', verb })),
    ...['create', 'get', 'update', 'patch'].map((verb) => ({ group: 'coordination.k8s.io', resource: 'leases', verb })),
    ...['roles', 'rolebindings'].map((resource) => ({ group: RBAC_GROUP, resource, verb: 'create' })),
  ];
}
