import { Command } from 'commander';
import { AGENT_KINDS, type AgentKind } from '../../agent/register/agent-workload.ts';
import type { RegisterOptions, Toleration } from '../../agent/register/register-options.ts';
import { AGENT_NAMESPACE, CLUSTER_NAMESPACE, validateClusterName } from '../../shared/apis/cluster/v1alpha1.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import { defaultKubeconfigFile } from '../../shared/client/kubeconfig.ts';
import { parseProxyUrl } from '../../shared/client/proxy.ts';
import {
  type AgentPodFlags,
  agentPodOf,
  collectToleration,
  nodeSelectorFlag,
  resourcesFlag,
} from '../agent-pod-flags.ts';
import type { Factory, MemberFlags } from '../factory.ts';
import { booleanFlag, choiceFlag, collectList, durationOption, hostAndPort, integerFlag } from '../flags.ts';
import { RUN_AGAIN, tellingHowToGoOn } from '../interrupted.ts';
import { UsageError } from '../usage-error.ts';

/** `pullet register`: lets the member cluster of a kubeconfig join a hub. Flags and defaults are karmadactl's. */

/** 30 days: the agent renews it long before. */
const CERTIFICATE_SECONDS = 30 * 24 * 3600;

export interface RegisterCommandOptions extends Omit<RegisterOptions, 'clusterName'> {
  member: MemberFlags;
  /** Absent: the cluster name of the member's kubeconfig. */
  clusterName?: string;
}

export function newRegisterCommand(factory: Factory): Command {
  const command = new Command('register')
    .description('Register a cluster in pull mode: its agent dials the hub')
    .argument('<hub>', 'HOST:PORT of the hub, as `pullet token create --print-register-command` prints it')
    .option('--token <token>', 'bootstrap token of the hub (required)')
    .option('--discovery-token-ca-cert-hash <hashes>', "pin of the hub's CA: sha256:<hex>", collectList)
    .option(
      '--discovery-token-unsafe-skip-ca-verification [bool]',
      'trust whatever CA the token vouches for',
      booleanFlag('--discovery-token-unsafe-skip-ca-verification'),
      false,
    )
    .addOption(durationOption('--discovery-timeout <duration>', 'how long each step may take', '5m'))
    .option('--cluster-name <name>', 'name of the cluster on the hub (default: its name in the kubeconfig)')
    .option('--kubeconfig <file>', 'kubeconfig of the member (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of that kubeconfig (default: its current one)')
    .option(
      '--karmada-agent-image <image>',
      'image of the agent; required but with --agent-kubeconfig-out, as none is published yet',
    )
    .option(
      '--karmada-agent-replicas <count>',
      'replicas of the agent as a Deployment',
      integerFlag('--karmada-agent-replicas'),
      1,
    )
    .option(
      '--agent-kind <kind>',
      'Deployment (the default), or DaemonSet: one on each control-plane node, or node of --agent-node-selector',
      choiceFlag('--agent-kind', AGENT_KINDS),
    )
    .option(
      '--agent-node-selector <labels>',
      'labels of the nodes that the agent may be on, e.g. kubernetes.io/os=linux,disk=ssd',
      nodeSelectorFlag,
    )
    .option(
      '--agent-kubeconfig-out <file>',
      "install nothing in the member: write the agent's kubeconfig for the hub here and print how to run it",
    )
    .option('--proxy-url <url>', 'proxy to the hub, for this command and for the agent: http://, https:// or socks5://')
    .option('--agent-env <NAME=VALUE>', "environment of the agent's container; may be given several times", collectEnv)
    .option(
      '--agent-requests <resources>',
      'what the agent asks for, e.g. cpu=10m,memory=64Mi',
      resourcesFlag('--agent-requests'),
    )
    .option('--agent-limits <resources>', 'the most that it gets, e.g. memory=256Mi', resourcesFlag('--agent-limits'))
    .option(
      '--agent-toleration <taint>',
      'KEY=VALUE:EFFECT, KEY:EFFECT, KEY or *; may be given several times',
      collectToleration,
    )
    .option(
      '--manage <resources>',
      'what the agent may manage in the member, e.g. deployments,services,widgets.example.com (default: everything)',
      collectList,
    )
    .option('-n, --namespace <namespace>', 'namespace of the agent in the member', AGENT_NAMESPACE)
    .option('--cluster-namespace <namespace>', 'namespace of the lease on the hub', CLUSTER_NAMESPACE)
    .option('--cluster-provider <provider>', 'provider of the cluster, for scheduling')
    .option('--cluster-region <region>', 'region of the cluster, for scheduling')
    .option('--cluster-zones <zones>', 'zones of the cluster, for scheduling', collectList)
    .option(
      '--enable-cert-rotation [bool]',
      'let the agent rotate its certificate',
      booleanFlag('--enable-cert-rotation'),
      true,
    )
    .option(
      '--cert-expiration-seconds <seconds>',
      "how long the agent's certificate should last",
      integerFlag('--cert-expiration-seconds'),
      CERTIFICATE_SECONDS,
    )
    .option('--proxy-server-address <url>', 'proxy through which the hub reaches the member, told to the hub')
    .option('--dry-run [bool]', 'check, and print what would be made on both sides', booleanFlag('--dry-run'), false)
    .option(
      '-o, --output <format>',
      "yaml: print the agent's manifests instead of applying them; only its credential goes into the member",
      choiceFlag('--output', ['yaml']),
    )
    .addHelpText(
      'after',
      `
Examples:
  # On the hub's side: prints the line to run
  pullet token create --print-register-command

  # Install the agent in the member
  pullet register hub.example.com:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash sha256:1234… \\
      --cluster-name member1 --kubeconfig member1.kubeconfig --karmada-agent-image registry.example.com/pullet-agent:0.1.0

  # Or run the agent elsewhere, under systemd for instance
  pullet register … --cluster-name member1 --kubeconfig member1.kubeconfig --agent-kubeconfig-out agent.kubeconfig`,
    );
  return command.action(async (hub: string, flags: RegisterFlags) => {
    const run = () => runRegister(optionsOf(hub, flags), factory);
    await (flags.dryRun ? run() : tellingHowToGoOn(factory, RUN_AGAIN, run));
  });
}

/** What commander hands over; the option parsers above make these types. */
interface RegisterFlags extends Omit<AgentPodFlags, 'agentTolerations'> {
  agentToleration?: Toleration[];
  token?: string;
  discoveryTokenCaCertHash?: string[];
  discoveryTokenUnsafeSkipCaVerification: boolean;
  discoveryTimeout: number;
  clusterName?: string;
  kubeconfig?: string;
  context?: string;
  karmadaAgentImage?: string;
  karmadaAgentReplicas: number;
  agentKind?: AgentKind;
  agentKubeconfigOut?: string;
  namespace: string;
  clusterNamespace: string;
  clusterProvider?: string;
  clusterRegion?: string;
  clusterZones?: string[];
  enableCertRotation: boolean;
  certExpirationSeconds: number;
  proxyServerAddress?: string;
  proxyUrl?: string;
  agentEnv?: { name: string; value: string }[];
  manage?: string[];
  dryRun: boolean;
  output?: 'yaml';
}

function optionsOf(hub: string, flags: RegisterFlags): RegisterCommandOptions {
  return {
    hubEndpoint: hostAndPort(hub),
    ...(flags.proxyUrl ? { proxyUrl: usableProxy(flags.proxyUrl) } : {}),
    token: flags.token ?? '',
    caCertHashes: flags.discoveryTokenCaCertHash ?? [],
    skipsCaVerification: flags.discoveryTokenUnsafeSkipCaVerification,
    timeoutMs: flags.discoveryTimeout,
    ...(flags.clusterName ? { clusterName: flags.clusterName } : {}),
    member: {
      ...(flags.kubeconfig ? { kubeconfig: flags.kubeconfig } : {}),
      ...(flags.context ? { context: flags.context } : {}),
    },
    namespace: flags.namespace,
    clusterNamespace: flags.clusterNamespace,
    ...(flags.clusterProvider ? { provider: flags.clusterProvider } : {}),
    ...(flags.clusterRegion ? { region: flags.clusterRegion } : {}),
    ...(flags.clusterZones ? { zones: flags.clusterZones } : {}),
    ...(flags.proxyServerAddress ? { proxyServerAddress: flags.proxyServerAddress } : {}),
    enablesCertRotation: flags.enableCertRotation,
    certExpirationSeconds: flags.certExpirationSeconds,
    ...(flags.karmadaAgentImage ? { agentImage: flags.karmadaAgentImage } : {}),
    agentReplicas: flags.karmadaAgentReplicas,
    ...(flags.agentKind ? { agentKind: flags.agentKind } : {}),
    ...(flags.agentEnv ? { agentEnv: flags.agentEnv } : {}),
    ...agentPodOf({ ...flags, ...(flags.agentToleration ? { agentTolerations: flags.agentToleration } : {}) }),
    ...(flags.manage ? { manage: flags.manage } : {}),
    isDryRun: flags.dryRun,
    ...(flags.output ? { output: flags.output } : {}),
    ...(flags.agentKubeconfigOut ? { agentKubeconfigOut: flags.agentKubeconfigOut } : {}),
  };
}

function usableProxy(url: string): string {
  try {
    parseProxyUrl(url, '--proxy-url');
    return url;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function collectEnv(
  text: string,
  previous: { name: string; value: string }[] | undefined,
): { name: string; value: string }[] {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_.-]*)=(.*)$/s.exec(text) ?? [];
  // What was given instead may be a password: it is not repeated.
  if (name === undefined || value === undefined) throw new UsageError('invalid value for --agent-env: give NAME=VALUE');
  return [...(previous ?? []), { name, value }];
}

function requireClusterName(name: string): void {
  const wrong = validateClusterName(name);
  if (wrong !== undefined)
    throw new UsageError(`invalid cluster name(${name}): ${wrong}\nGive one with --cluster-name.`);
}

function requireConsistentAgent({ agentKind, agentReplicas, agentKubeconfigOut }: RegisterCommandOptions): void {
  if (agentKind && agentKubeconfigOut !== undefined) {
    throw new UsageError(
      '--agent-kind is for the agent that register installs, and --agent-kubeconfig-out installs none',
    );
  }
  if (agentKind === 'DaemonSet' && agentReplicas !== 1) {
    throw new UsageError(
      '--karmada-agent-replicas does not go with --agent-kind=DaemonSet, which has one replica on each of its nodes: choose them with --agent-node-selector',
    );
  }
}

function requireConsistent(options: RegisterCommandOptions): void {
  if (options.token === '') throw new UsageError('token is required: `pullet token create` on the hub makes one');
  if (options.caCertHashes.length === 0 && !options.skipsCaVerification) {
    throw new UsageError(
      'need to verify CACertHashes, or set --discovery-token-unsafe-skip-ca-verification=true: ' +
        '`pullet token create --print-register-command` on the hub prints --discovery-token-ca-cert-hash with it',
    );
  }
  if (options.output && options.agentKubeconfigOut !== undefined) {
    throw new UsageError(
      '--output prints what would be installed, and --agent-kubeconfig-out installs nothing: give one of them',
    );
  }
  if (options.manage && options.agentKubeconfigOut !== undefined) {
    throw new UsageError(
      '--manage is for the agent that register installs; one outside of the member has the rights of the kubeconfig it is given',
    );
  }
  requireConsistentAgent(options);
  if (!options.agentImage && options.agentKubeconfigOut === undefined) {
    throw new UsageError(
      '--karmada-agent-image is required: no image of the agent is published yet\n' +
        'Build one and load it where the member can pull it, or run the agent outside the member with --agent-kubeconfig-out FILE.',
    );
  }
}

export async function runRegister(options: RegisterCommandOptions, factory: Factory): Promise<void> {
  requireConsistent(options);
  const { register } = await import('../../agent/register/register.ts');
  const { member: memberFlags, clusterName, ...rest } = options;
  const endpoint = await factory.memberEndpoint(memberFlags);
  const name = clusterName ?? endpoint.clusterName;
  requireClusterName(name);
  const memberKubeconfig = memberFlags.kubeconfig ?? defaultKubeconfigFile(factory.env);
  await register(
    { ...rest, clusterName: name },
    {
      member: await factory.memberClient(memberFlags),
      memberServer: endpoint.server,
      ...(memberKubeconfig ? { memberKubeconfig } : {}),
      ...(memberFlags.context ? { memberContext: memberFlags.context } : {}),
      newTransport: (to) => newHttpTransport({ ...to, env: factory.env }),
      newClient: (transport) => newKubeClient({ transport, userAgent: 'pullet' }),
      print: (line) => (options.output ? factory.streams.err : factory.streams.out)(`${line}\n`),
      out: factory.streams.exact,
      env: factory.env,
      clock: factory.clock,
    },
    factory.signal,
  );
}
