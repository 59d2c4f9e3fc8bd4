import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { type RunningAgent, startAgent } from '../../agent/agent.ts';
import type { AgentClients } from '../../agent/connect.ts';
import { parseOptions } from '../../agent/options.ts';
import { register } from '../../agent/register/register.ts';
import type { RegisterOptions } from '../../agent/register/register-options.ts';
import { PULLET_TOKEN_GROUP } from '../../shared/apis/bootstrap/token.ts';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { secrets } from '../../shared/apis/core/v1.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import { systemTimers } from '../../shared/client/timers.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { newBootstrapToken, newBootstrapTokenSecret, type TokenLimits } from '../../shared/pki/bootstrap-token.ts';
import { caPins } from '../../shared/pki/ca-pin.ts';
import { eventually } from './eventually.ts';
import { forever } from './forever.ts';
import type { TestHub } from './start-hub.ts';
import type { TestMember } from './start-member.ts';
import type { World } from './world.ts';

/** Registration and the agent, by the code that users run. */

/** A bootstrap token as `pullet token create` makes it: its text. */
export async function createToken(hub: TestHub, ttlMs = 3600_000, limits?: TokenLimits): Promise<string> {
  const token = newBootstrapToken();
  const secret = newBootstrapTokenSecret({
    token,
    usages: ['signing', 'authentication'],
    groups: [PULLET_TOKEN_GROUP],
    description: 'of a test',
    expiresAt: Date.now() + ttlMs,
    ...(limits ? { limits } : {}),
  });
  await hub.client.create(secrets, secret);
  return `${token.id}.${token.secret}`;
}

export interface RegisterRequest {
  hub: TestHub;
  member: TestMember;
  /** A new one if absent. */
  token?: string;
  /** The member's name if absent. */
  clusterName?: string;
  /** On the way to the hub. */
  proxyUrl?: string;
  /** Of each step. */
  timeoutMs?: number;
}

/** `pullet register … --agent-kubeconfig-out`; the agent's kubeconfig: a file. */
export async function registerMember(world: World, request: RegisterRequest): Promise<string> {
  const { member, clusterName = member.name } = request;
  const agentKubeconfigOut = path.join(world.dir, `${clusterName}-${randomUUID()}.kubeconfig`);
  await runRegister(request, { agentKubeconfigOut });
  return agentKubeconfigOut;
}

/** `pullet register` with the agent as a Deployment of the member, where nothing runs it. */
export function installAgentIn(request: RegisterRequest & { manage?: string[] }): Promise<void> {
  const { manage } = request;
  return runRegister(request, { agentImage: 'pullet-agent:test', ...(manage ? { manage } : {}) });
}

async function runRegister(request: RegisterRequest, more: Partial<RegisterOptions>): Promise<void> {
  const { hub, member, clusterName = member.name } = request;
  const options = {
    hubEndpoint: hub.endpoint,
    ...(request.proxyUrl ? { proxyUrl: request.proxyUrl } : {}),
    token: request.token ?? (await createToken(hub)),
    caCertHashes: caPins(hub.caPem),
    timeoutMs: request.timeoutMs ?? 180_000,
    clusterName,
    namespace: 'karmada-system',
    clusterNamespace: 'karmada-cluster',
    certExpirationSeconds: 3600,
    agentReplicas: 1,
    ...more,
  };
  await register(
    options,
    {
      member: member.client,
      memberServer: member.server,
      memberKubeconfig: member.kubeconfig,
      newTransport: newHttpTransport,
      newClient: (transport) => newKubeClient({ transport, userAgent: 'pullet' }),
      print: () => {},
      clock: systemTimers,
    },
    forever(),
  );
}

/** Starts the agent of a member with quick retries; stopped with the world if not before. */
export async function startTestAgent(
  world: World,
  member: TestMember,
  hubKubeconfig: string,
  flags: string[] = [],
  clients?: AgentClients,
): Promise<RunningAgent> {
  const options = parseOptions(
    [
      `--cluster-name=${member.name}`,
      `--karmada-kubeconfig=${hubKubeconfig}`,
      `--kubeconfig=${member.kubeconfig}`,
      '--metrics-bind-address=0',
      '--health-probe-bind-address=0',
      '--cluster-status-update-frequency=1s',
      '--cluster-success-threshold=1s',
      '--cluster-failure-threshold=1s',
      ...flags,
    ],
    {},
  );
  if (options === 'help') throw new Error('the agent was asked for help');
  const agent = await startAgent(options, {
    clock: systemClock,
    log: world.log.child({ part: `agent of ${member.name}` }),
    ...(clients ? { clients } : {}),
  });
  world.onStop(`agent of ${member.name}`, () => agent.stop());
  return agent;
}

/** Registers a member, starts its agent and resolves when the hub says that it is Ready. */
export async function joinMember(
  world: World,
  hub: TestHub,
  member: TestMember,
  flags: string[] = [],
): Promise<RunningAgent> {
  const agent = await startTestAgent(world, member, await registerMember(world, { hub, member }), flags);
  await untilReady(hub, member.name, 'True');
  return agent;
}

export function untilReady(hub: TestHub, name: string, status: 'True' | 'False' | 'Unknown'): Promise<true> {
  return eventually(`cluster ${name} is Ready=${status}`, async () => {
    const cluster = await hub.client.get(clusters, { name });
    return cluster.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === status);
  }) as Promise<true>;
}
