import type { KubeClient } from '../../../shared/client/client.ts';
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
  { group: '*', resource: '*', verb: '*', isClusterWide: true },
];

export async function checkMember(member: KubeClient, namespace: string, signal: AbortSignal): Promise<Check> {
  const name = 'rights in the member';
  try {
    const missing = await missingRights(member, TO_INSTALL, namespace, signal);
    if (missing.length === 0) return ok(name, 'the user of the kubeconfig may install an agent');
    const fix = "Use a kubeconfig of an administrator: the agent's rights can only be given by who has them.";
    return failed(name, `the user of the kubeconfig may not: ${missing.join(', ')}`, fix);
  } catch (error) {
    return failed(name, reasonOf(error), "Check the member's kubeconfig: --kubeconfig, --context.");
  }
}
