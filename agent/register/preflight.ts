import { validateClusterName } from '../../shared/apis/cluster/v1alpha1.ts';
import { namespaces, secrets, serviceAccounts } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import { findAgentWorkloads } from './agent-workload.ts';
import { JOINING_ANNOTATION } from './join-progress.ts';
import { type AgentAccount, findOtherAgents } from './other-agents.ts';
import { AGENT_NAME, AGENT_SERVICE_ACCOUNT, HUB_CREDENTIALS_SECRET, RegisterError } from './register-options.ts';

/** What must be so before anything is changed anywhere. Texts: the wire contract, section 2.3. */

export function requireValidName(name: string): void {
  const wrong = validateClusterName(name);
  if (wrong !== undefined) throw new RegisterError(`invalid cluster name(${name}): ${wrong}`);
}

/** No other agent lives in the member, of those that register installs; what an interrupted join of the same cluster left there is gone on with. */
export async function requireNoOtherAgent(
  member: KubeClient,
  target: { namespace: string; mark: string },
  signal: AbortSignal,
): Promise<void> {
  const { namespace, mark } = target;
  const [other] = await findOtherAgents(member, namespace, signal);
  if (other) throw hasAnother(other);
  if (!(await getIfPresent(member, namespaces, { name: namespace }, signal))) return;
  const secret = await getIfPresent(member, secrets, { name: HUB_CREDENTIALS_SECRET, namespace }, signal);
  if (secret?.metadata.annotations?.[JOINING_ANNOTATION] === mark) return;
  const account = await getIfPresent(member, serviceAccounts, { name: AGENT_SERVICE_ACCOUNT, namespace }, signal);
  const agents = await findAgentWorkloads(member, { name: AGENT_NAME, namespace }, signal);
  const findings = [
    ...(secret ? [`${namespace}/${HUB_CREDENTIALS_SECRET} Secret already exists`] : []),
    ...(account ? [`${namespace}/${AGENT_SERVICE_ACCOUNT} ServiceAccount already exists`] : []),
    ...agents.map(({ kind }) => `${namespace}/${AGENT_NAME} ${kind} already exists`),
  ];
  if (findings.length === 0) return;
  const lines = ['[preflight] Some fatal errors occurred:', ...findings.map((finding) => `\t[ERROR]: ${finding}`)];
  throw new RegisterError(
    [`error execution phase preflight: ${lines.join('\n')}`, '', '[preflight] Please check the above errors'].join(
      '\n',
    ),
    {
      fix: 'This cluster is registered already. To register it anew: pullet unregister NAME --cluster-kubeconfig MEMBER',
    },
  );
}

/** Both would have their rights by the same names, of which the second would take the first one's. */
function hasAnother({ name, namespace }: AgentAccount): RegisterError {
  return new RegisterError(
    `error execution phase preflight: an agent is installed in namespace ${namespace} of the member already: its ServiceAccount ${name} has the ClusterRole ${AGENT_NAME}`,
    {
      fix:
        `A member has one agent that is installed in it. Take that one away (pullet unregister NAME --cluster-kubeconfig MEMBER -n ${namespace}), or run this one with ` +
        'rights of its own: --agent-kubeconfig-out FILE writes what it needs.',
    },
  );
}
