import { agentKeysKey } from '../../shared/apis/cluster/agent-keys.ts';
import { agentRightsNames, CLUSTER_NAMESPACE, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { otherKind } from './agent-workload.ts';
import { AGENT_NAME, HUB_CREDENTIALS_SECRET, type RegisterOptions } from './register-options.ts';

/** What a registration makes, told before it is made: one line an object. `replaces`: an earlier run has left the agent as the other kind. Pure. */
export function registerPlan(options: RegisterOptions, manifests: readonly KubeObject[], replaces = false): string[] {
  return [...hubPlan(options), ...memberPlan(options, manifests), ...(replaces ? [replacement(options)] : [])];
}

function replacement({ agentKind = 'Deployment', namespace }: RegisterOptions): string {
  return `Would delete from the member: ${otherKind(agentKind)} ${namespace}/${AGENT_NAME}, which the ${agentKind} replaces`;
}

/** The hub makes it all by itself but for the request, and the Cluster, which the agent makes when it starts. */
function hubPlan({ clusterName }: RegisterOptions): string[] {
  const names = agentRightsNames(clusterName);
  const space = executionSpace(clusterName);
  const keys = agentKeysKey(clusterName);
  return [
    `CertificateSigningRequest ${clusterName}-<random>`,
    `Namespace ${space}`,
    `Lease ${CLUSTER_NAMESPACE}/${clusterName}`,
    `ConfigMap ${keys.namespace}/${keys.name}`,
    `ClusterRole and ClusterRoleBinding ${names.cluster}`,
    `Role and RoleBinding ${space}/${names.work}`,
    `Role and RoleBinding ${CLUSTER_NAMESPACE}/${names.lease}`,
    `Cluster ${clusterName}, by the agent`,
  ].map((what) => `Would make on the hub: ${what}`);
}

function memberPlan(options: RegisterOptions, manifests: readonly KubeObject[]): string[] {
  const { agentKubeconfigOut, namespace } = options;
  if (agentKubeconfigOut !== undefined) return [`Would write ${agentKubeconfigOut}, and make nothing in the member`];
  const place = ({ metadata }: KubeObject): string =>
    metadata.namespace === undefined ? (metadata.name ?? '') : `${metadata.namespace}/${metadata.name ?? ''}`;
  const verb = options.output === 'yaml' ? 'Would print for the member' : 'Would make in the member';
  return [
    `Would make in the member: Namespace ${namespace}, unless it is there`,
    `Would make in the member: Secret ${namespace}/${HUB_CREDENTIALS_SECRET}`,
    ...manifests.map((object) => `${verb}: ${object.kind} ${place(object)}`),
  ];
}
