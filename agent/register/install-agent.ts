import { dump } from 'js-yaml';
import { deployments } from '../../shared/apis/apps/v1.ts';
import { serviceAccounts } from '../../shared/apis/core/v1.ts';
import { isForbidden, isStatusError, type StatusError } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '../../shared/apis/rbac/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { createIfAbsent, deleteIfPresent } from '../../shared/client/ensure-object.ts';
import { renderAgentManifests } from './agent-manifests.ts';
import { AGENT_WORKLOADS, findAgentWorkloads, otherKind } from './agent-workload.ts';
import { findResources } from './managed-resources.ts';
import { AGENT_NAME, type RegisterDeps, RegisterError, type RegisterOptions } from './register-options.ts';
import { waitForRollout } from './rollout.ts';

/** Brings the agent into the member, but for its credential: its rights and its Deployment or DaemonSet. */

/** In the order in which they are created. The member is asked what it serves only where the agent is to manage a part of it. */
export async function agentObjects(
  options: RegisterOptions,
  deps: RegisterDeps,
  signal: AbortSignal,
): Promise<KubeObject[]> {
  const { agentReplicas: replicas, agentImage: image = '', manage, ...same } = options;
  const manifest = { ...same, image, replicas, apiEndpoint: deps.memberServer };
  if (!manage) return renderAgentManifests(manifest);
  const { resources: manages, unknown } = await findResources(deps.member, manage, signal);
  for (const name of unknown)
    deps.print(`[preflight] The member serves no ${name} yet: the agent gets rights for it all the same`);
  return renderAgentManifests({ ...manifest, manages });
}

/** For a GitOps tool: several documents, none of them a secret. */
export function yamlOf(objects: readonly KubeObject[]): string {
  return objects.map((object) => `---\n${dump(object, { lineWidth: -1, noRefs: true })}`).join('');
}

export async function installAgent(
  options: RegisterOptions,
  deps: RegisterDeps,
  objects: readonly KubeObject[],
  signal: AbortSignal,
): Promise<void> {
  const image = options.agentImage ?? '';
  deps.print('[karmada-agent-start] Waiting the necessary secret and RBAC');
  const { agentKind: kind = 'Deployment', namespace, timeoutMs } = options;
  const isReplacing = await hasFormerWorkload(options, deps.member, signal);
  if (options.output === 'yaml') {
    if (isReplacing)
      deps.print(`Delete the ${otherKind(kind)} ${namespace}/${AGENT_NAME} of an earlier run: the ${kind} replaces it`);
    deps.out?.(yamlOf(objects));
    return;
  }
  if (isReplacing) {
    await deleteIfPresent(deps.member, AGENT_WORKLOADS[otherKind(kind)], { name: AGENT_NAME, namespace }, signal);
    deps.print(`[karmada-agent-start] Deleted the ${otherKind(kind)} of an earlier run`);
  }
  for (const object of objects) {
    if (object.kind === kind) deps.print(`[karmada-agent-start] Waiting karmada-agent ${kind}`);
    await createOrReplace(deps.member, object, signal).catch((error: unknown) => {
      throw isStatusError(error) && isForbidden(error) ? mayNotInstall(object, error) : error;
    });
  }
  const target = { kind, name: AGENT_NAME, what: 'agent', cluster: 'member', namespace, image, timeoutMs };
  await waitForRollout({ client: deps.member, clock: deps.clock }, target, signal);
}

/** Whether an interrupted run has left the agent as the other kind. */
export async function hasFormerWorkload(
  { agentKind = 'Deployment', namespace }: RegisterOptions,
  member: KubeClient,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await findAgentWorkloads(member, { name: AGENT_NAME, namespace }, signal);
  return found.some(({ kind }) => kind !== agentKind);
}

function mayNotInstall({ kind, metadata }: KubeObject, cause: StatusError): RegisterError {
  return new RegisterError(
    `the user of the member's kubeconfig may not make ${kind} ${metadata.name ?? ''}: ${cause.message}`,
    {
      cause,
      fix:
        'Use a kubeconfig of an administrator of the member: rights can only be given by who has them. `pullet doctor HUB --kubeconfig MEMBER` lists what is missing; ' +
        'an agent with --manage needs less.',
    },
  );
}

const TYPES: Record<string, ResourceType> = {
  ClusterRole: clusterRoles,
  ClusterRoleBinding: clusterRoleBindings,
  Role: roles,
  RoleBinding: roleBindings,
  ServiceAccount: serviceAccounts,
  ...AGENT_WORKLOADS,
};

/** What an interrupted run made gets this run's content, its image for instance; the workload's is this run's alone. */
async function createOrReplace(member: KubeClient, object: KubeObject, signal: AbortSignal): Promise<void> {
  const type = TYPES[object.kind];
  if (!type) throw new Error(`no resource for kind ${object.kind}`);
  if (await createIfAbsent(member, type, object, signal)) return;
  if (type.group === deployments.group) {
    await member.update(type, object, { signal });
    return;
  }
  const { name = '', namespace } = object.metadata;
  const key = namespace === undefined ? { name } : { name, namespace };
  await member.patch(type, key, { type: 'merge', patch: object }, { signal });
}
