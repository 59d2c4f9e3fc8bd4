import path from 'node:path';
import { PULLET_TOKEN_GROUP } from '../../shared/apis/bootstrap/token.ts';
import { AGENT_NAMESPACE, CLUSTER_NAMESPACE, CONDITION_READY, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { secrets } from '../../shared/apis/core/v1.ts';
import { withDeadline } from '../../shared/client/deadline.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import { newBootstrapToken, newBootstrapTokenSecret } from '../../shared/pki/bootstrap-token.ts';
import { caPins } from '../../shared/pki/ca-pin.ts';
import type { Factory } from '../factory.ts';
import { pollUntil } from '../poll.ts';
import { removeSample } from './deliver.ts';
import type { HubAccess, Member, Part } from './demo.ts';

/** A member joins the demo's hub through the same code as for real: a token, `register`, and an agent with what register handed out. */

export interface JoinRequest {
  member: Member;
  hub: HubAccess;
  dir: string;
  /** The agent is added to these. */
  parts: Part[];
}

const TOKEN_TTL_MS = 3_600_000;
const STEP_MS = 60_000;

export async function joinMember(request: JoinRequest, factory: Factory): Promise<void> {
  const agentKubeconfig = path.join(request.dir, `${request.member.name}-agent.kubeconfig`);
  await registerMember(request, agentKubeconfig, factory);
  await startAgent(request, agentKubeconfig, factory);
  if (!request.member.simulated) request.parts.push(leavingOf(request, factory));
}

/** A real cluster is left as it was found: what was delivered is removed by the agent, which is stopped after this. Nothing else there is touched. */
function leavingOf({ member, hub }: JoinRequest, factory: Factory): Part {
  return {
    async stop() {
      factory.streams.out(`Taking the workload out of ${member.name} again.\n`);
      // The user may have interrupted already; leaving has a limit of its own.
      const limit = { signal: undefined, timeoutMs: STEP_MS, what: () => `taking the workload out of ${member.name}` };
      await withDeadline(factory.clock, limit, (signal) => removeSample(hub, member.name, { ...factory, signal }));
    },
  };
}

async function registerMember({ member, hub }: JoinRequest, out: string, factory: Factory): Promise<void> {
  const { register } = await import('../../agent/register/register.ts');
  const token = await createToken(hub, member.name, factory);
  const lines: string[] = [];
  const options = {
    hubEndpoint: hub.endpoint,
    token,
    caCertHashes: caPins(hub.caPem),
    timeoutMs: STEP_MS,
    clusterName: member.name,
    namespace: AGENT_NAMESPACE,
    clusterNamespace: CLUSTER_NAMESPACE,
    certExpirationSeconds: 365 * 24 * 3600,
    agentReplicas: 1,
    agentKubeconfigOut: out,
  };
  const deps = {
    member: await factory.memberClient({ kubeconfig: member.kubeconfig }),
    memberServer: (await factory.memberEndpoint({ kubeconfig: member.kubeconfig })).server,
    memberKubeconfig: member.kubeconfig,
    newTransport: newHttpTransport,
    newClient: (transport: ReturnType<typeof newHttpTransport>) => newKubeClient({ transport, userAgent: 'pullet' }),
    print: (line: string) => void lines.push(line),
    clock: factory.clock,
  };
  await register(options, deps, factory.signal);
}

async function createToken(hub: HubAccess, cluster: string, factory: Factory): Promise<string> {
  const client = await factory.hubClient({ kubeconfig: hub.adminKubeconfig });
  const token = newBootstrapToken();
  await client.create(
    secrets,
    newBootstrapTokenSecret({
      token,
      usages: ['signing', 'authentication'],
      groups: [PULLET_TOKEN_GROUP],
      description: `demo: ${cluster}`,
      expiresAt: factory.clock.now() + TOKEN_TTL_MS,
    }),
  );
  return `${token.id}.${token.secret}`;
}

/** The agent's whole process, but in this one. */
async function startAgent(
  { member, dir, parts }: JoinRequest,
  agentKubeconfig: string,
  factory: Factory,
): Promise<void> {
  const { runAgent } = await import('../../agent/main.ts');
  const stop = new AbortController();
  const flags = [
    `--cluster-name=${member.name}`,
    `--hub-kubeconfig=${agentKubeconfig}`,
    `--kubeconfig=${member.kubeconfig}`,
    `--state-dir=${path.join(dir, `${member.name}-state`)}`, // so that nothing is left of it in a real cluster
    '--leader-elect=false',
    '--metrics-bind-address=0',
    '--health-probe-bind-address=0',
    '--v=0',
  ];
  const running = runAgent(flags, { streams: factory.streams, env: {}, signal: stop.signal });
  running.catch((error: unknown) => factory.streams.err(`the agent of ${member.name} has ended: ${String(error)}\n`));
  parts.push({
    async stop() {
      stop.abort();
      await running.catch(() => undefined);
    },
  });
}

/** Resolves when the hub says of every cluster that it is Ready. */
export async function waitUntilReady(hub: HubAccess, names: string[], factory: Factory): Promise<void> {
  const client = await factory.hubClient({ kubeconfig: hub.adminKubeconfig });
  const { clock, signal } = factory;
  for (const name of names) {
    const waitingFor = `cluster ${name} to be Ready`;
    await pollUntil({ clock, signal, everyMs: 50, deadlineMs: STEP_MS, waitingFor }, async () => {
      const cluster = await getIfPresent(client, clusters, { name }, signal);
      return cluster?.status?.conditions?.find(({ type, status }) => type === CONDITION_READY && status === 'True');
    });
  }
}
