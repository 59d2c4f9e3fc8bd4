import { Command } from 'commander';
import type { Check } from '../../agent/register/doctor/check.ts';
import { AGENT_NAMESPACE } from '../../shared/apis/cluster/v1alpha1.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import type { Factory, MemberFlags } from '../factory.ts';
import { collectList, hostAndPort } from '../flags.ts';
import { UsageError } from '../usage-error.ts';

/** `pullet doctor`: looks at everything that joining needs, or that a joined agent needs, and says what to do. */

export interface DoctorCommandOptions {
  hub?: string;
  proxyUrl?: string;
  token?: string;
  pins: string[];
  agentKubeconfig?: string;
  /** Absent: the member is not looked at. */
  member?: MemberFlags;
  namespace: string;
  /** Absent: everything. */
  manage?: string[];
}

export function newDoctorCommand(factory: Factory): Command {
  return new Command('doctor')
    .description('Find out why a cluster can not join, or an agent not reach its hub')
    .argument('[hub]', 'HOST:PORT of the hub; not needed with --agent-kubeconfig')
    .option('--proxy-url <url>', "proxy to the hub (default: the agent's kubeconfig, then HTTPS_PROXY)")
    .option('--token <token>', 'bootstrap token to try')
    .option('--discovery-token-ca-cert-hash <hashes>', "pin of the hub's CA: sha256:<hex>", collectList)
    .option('--agent-kubeconfig <file>', 'kubeconfig of an agent that has joined')
    .option('--kubeconfig <file>', 'kubeconfig of the member, to see whether an agent may be installed with it')
    .option('--context <name>', 'context of that kubeconfig (default: its current one)')
    .option('-n, --namespace <namespace>', 'namespace of the agent in the member', AGENT_NAMESPACE)
    .option(
      '--manage <resources>',
      'what the agent is to manage there, as for register (default: everything)',
      collectList,
    )
    .addHelpText(
      'after',
      `
Exits with 1 if anything has failed.

Examples:
  pullet doctor hub.example.com:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash sha256:1234…
  pullet doctor hub.example.com:6443 --kubeconfig member1.kubeconfig
  pullet doctor --agent-kubeconfig agent.kubeconfig`,
    )
    .action(async (hub: string | undefined, flags) =>
      runDoctorCommand(
        {
          ...(hub === undefined ? {} : { hub }),
          ...(flags.proxyUrl ? { proxyUrl: flags.proxyUrl } : {}),
          ...(flags.token === undefined ? {} : { token: flags.token }),
          pins: flags.discoveryTokenCaCertHash ?? [],
          ...(flags.agentKubeconfig === undefined ? {} : { agentKubeconfig: flags.agentKubeconfig }),
          ...(flags.kubeconfig ? { member: memberOf(flags) } : {}),
          namespace: flags.namespace,
          ...(flags.manage ? { manage: flags.manage } : {}),
        },
        factory,
      ),
    );
}

function memberOf({ kubeconfig, context }: { kubeconfig: string; context?: string }): MemberFlags {
  return { kubeconfig, ...(context ? { context } : {}) };
}

export async function runDoctorCommand(options: DoctorCommandOptions, factory: Factory): Promise<void> {
  const { agentKubeconfig } = options;
  const joined = agentKubeconfig === undefined ? undefined : await readJoined(agentKubeconfig);
  const hubEndpoint = options.hub ?? joined?.hubEndpoint;
  if (hubEndpoint === undefined) throw new UsageError('give HOST:PORT of the hub, or --agent-kubeconfig FILE');
  const proxyUrl = options.proxyUrl ?? joined?.proxyUrl;
  const { runDoctor } = await import('../../agent/register/doctor/doctor.ts');
  const { formatChecks } = await import('../../agent/register/doctor/check.ts');
  const checks = await runDoctor(
    {
      hubEndpoint: hostAndPort(hubEndpoint),
      ...(proxyUrl ? { proxyUrl } : {}),
      pins: options.pins,
      ...(options.token === undefined ? {} : { token: options.token }),
      ...(joined ? { agent: joined.agent } : {}),
    },
    {
      newTransport: (to) => newHttpTransport({ ...to, env: factory.env }),
      newClient: (transport) => newKubeClient({ transport, userAgent: 'pullet' }),
      now: () => factory.clock.now(),
      env: factory.env,
      ...(options.member ? { checkMember: await memberCheck(options.member, options, factory) } : {}),
    },
    factory.signal,
  );
  factory.streams.out(formatChecks(checks));
  const bad = checks.filter(({ result }) => result === 'failed').length;
  if (bad > 0) throw new Error(`${bad} of ${checks.length} checks failed`);
}

async function readJoined(path: string) {
  const { readAgentAccess } = await import('../../agent/register/doctor/agent-access.ts');
  return readAgentAccess(path);
}

async function memberCheck(
  flags: MemberFlags,
  { namespace, manage }: DoctorCommandOptions,
  factory: Factory,
): Promise<(signal: AbortSignal) => Promise<Check[]>> {
  const { checkMember } = await import('../../agent/register/doctor/member-checks.ts');
  const member = await factory.memberClient(flags);
  return async (signal) => [await checkMember(member, { namespace, ...(manage ? { manage } : {}) }, signal)];
}
