import { validateClusterName } from '../shared/apis/cluster/v1alpha1.ts';
import { FlagError, type FlagValue, type FlagValues, formatFlags, parseFlags } from '../shared/process/flags.ts';
import { OPTION_TABLE } from './options-table.ts';

/** The agent's options: parsed from flags and environment, completed, validated, and then read-only. */
export interface AgentOptions {
  readonly clusterName: string;
  /** Files; `memberKubeconfig` is absent inside of a pod. */
  readonly hubKubeconfig: string;
  readonly hubContext?: string;
  readonly memberKubeconfig?: string;
  readonly memberContext?: string;
  readonly clusterNamespace: string;
  readonly apiEndpoint?: string;
  readonly proxyURL?: string;
  readonly provider?: string;
  readonly region?: string;
  readonly zones: string[];
  readonly statusUpdateFrequencyMs: number;
  readonly leaseDurationSeconds: number;
  readonly leaseRenewIntervalFraction: number;
  readonly successThresholdMs: number;
  readonly failureThresholdMs: number;
  /** Status and heartbeat; Works. */
  readonly controllers: { readonly status: boolean; readonly delivery: boolean; readonly certRotation: boolean };
  /** Of the agent's own certificate: how often it is looked at, the part of its life that must be left, and where its Secret is. */
  readonly rotation: { readonly checkEveryMs: number; readonly remaining: number; readonly secretNamespace: string };
  readonly concurrentWorkSyncs: number;
  readonly leaderElection?: {
    readonly leaseDurationMs: number;
    readonly renewDeadlineMs: number;
    readonly retryPeriodMs: number;
  };
  /** In the member: of the leader's Lease and of the Secrets with the agent's state. */
  readonly memberNamespace: string;
  /** Where the agent keeps its state; absent: in Secrets of the member. */
  readonly stateDir?: string;
  /** Absent: not served. */
  readonly metricsAddress?: string;
  readonly healthAddress?: string;
  readonly logFormat: 'text' | 'json';
  readonly verbosity: number;
}

/** 'help' if that is what was asked for. Throws `FlagError` with words for the user. */
export function parseOptions(args: string[], env: Readonly<Record<string, string | undefined>>): AgentOptions | 'help' {
  const values = parseFlags(OPTION_TABLE, args, env);
  if (values['help'] === true) return 'help';
  return validate(complete(values, env));
}

function complete(values: FlagValues, env: Readonly<Record<string, string | undefined>>): AgentOptions {
  const text = (name: string): string => String(values[name] ?? '');
  const number = (name: string): number => Number(values[name]);
  const names = (name: string): string[] => (Array.isArray(values[name]) ? values[name] : []);
  const isInPod = Boolean(env['KUBERNETES_SERVICE_HOST']) && text('kubeconfig') === '';
  return {
    clusterName: text('cluster-name'),
    hubKubeconfig: text('karmada-kubeconfig'),
    ...optional('hubContext', text('karmada-context')),
    ...optional('memberKubeconfig', text('kubeconfig')),
    ...optional('memberContext', text('context')),
    clusterNamespace: text('cluster-namespace'),
    ...optional('apiEndpoint', text('cluster-api-endpoint')),
    ...optional('proxyURL', text('proxy-server-address')),
    ...optional('provider', text('cluster-provider')),
    ...optional('region', text('cluster-region')),
    zones: names('cluster-zones'),
    statusUpdateFrequencyMs: number('cluster-status-update-frequency'),
    leaseDurationSeconds: number('cluster-lease-duration') / 1000,
    leaseRenewIntervalFraction: number('cluster-lease-renew-interval-fraction'),
    successThresholdMs: number('cluster-success-threshold'),
    failureThresholdMs: number('cluster-failure-threshold'),
    controllers: enabledControllers(names('controllers')),
    rotation: {
      checkEveryMs: number('cert-rotation-checking-interval'),
      remaining: number('cert-rotation-remaining-time-threshold'),
      secretNamespace: text('karmada-kubeconfig-namespace') || text('leader-elect-resource-namespace'),
    },
    concurrentWorkSyncs: number('concurrent-work-syncs'),
    ...(values['leader-elect'] === true ? { leaderElection: leaderElection(number) } : {}),
    memberNamespace: text('leader-elect-resource-namespace'),
    ...optional('stateDir', text('state-dir')),
    ...optional('metricsAddress', address(values['metrics-bind-address'], isInPod ? ':8080' : '0')),
    ...optional('healthAddress', address(values['health-probe-bind-address'], isInPod ? ':10357' : '0')),
    logFormat: logFormat(text('log-format')),
    verbosity: number('v'),
  };
}

/** Karmada's own command line gives empty values for what it doesn't know: they mean nothing. */
function optional<K extends string>(key: K, value: string): { [P in K]?: string } {
  return (value === '' ? {} : { [key]: value }) as { [P in K]?: string };
}

function logFormat(format: string): AgentOptions['logFormat'] {
  if (format === 'json' || format === 'text') return format;
  throw new FlagError(`invalid value "${format}" for --log-format: must be text or json`);
}

function leaderElection(ms: (name: string) => number): NonNullable<AgentOptions['leaderElection']> {
  return {
    leaseDurationMs: ms('leader-elect-lease-duration'),
    renewDeadlineMs: ms('leader-elect-renew-deadline'),
    retryPeriodMs: ms('leader-elect-retry-period'),
  };
}

/** `0` and the empty string mean no listener. */
function address(given: FlagValue | undefined, byDefault: string): string {
  const value = String(given ?? byDefault);
  return value === '0' ? '' : value;
}

/** As upstream: an exact name wins, then `-name`, then `*`. Names of controllers that don't exist here are passed over. */
function enabledControllers(names: string[]): AgentOptions['controllers'] {
  const isEnabled = (name: string): boolean =>
    names.includes(name) || (names.includes('*') && !names.includes(`-${name}`));
  return {
    status: isEnabled('clusterStatus'),
    delivery: isEnabled('execution'),
    certRotation: isEnabled('certRotation'),
  };
}

function validate(options: AgentOptions): AgentOptions {
  const problem = problemOf(options);
  if (problem) throw new FlagError(problem);
  return Object.freeze(options);
}

function problemOf(options: AgentOptions): string | undefined {
  const { clusterName, leaseRenewIntervalFraction: fraction } = options;
  if (clusterName === '')
    return '--cluster-name is required: the name under which this member is registered on the hub';
  const name = validateClusterName(clusterName);
  if (name) return `--cluster-name "${clusterName}": ${name}`;
  if (options.hubKubeconfig === '') return '--karmada-kubeconfig is required: the kubeconfig file for the hub';
  if (!(fraction > 0 && fraction < 1)) {
    return '--cluster-lease-renew-interval-fraction must be greater than 0 and less than 1';
  }
  if (!(options.leaseDurationSeconds >= 1)) return '--cluster-lease-duration must be at least 1s';
  if (!Number.isInteger(options.leaseDurationSeconds)) return '--cluster-lease-duration must be of whole seconds';
  if (!(options.statusUpdateFrequencyMs >= 1000)) return '--cluster-status-update-frequency must be at least 1s';
  const { checkEveryMs, remaining } = options.rotation;
  if (!(remaining > 0 && remaining < 1))
    return '--cert-rotation-remaining-time-threshold must be greater than 0 and less than 1';
  if (!(checkEveryMs >= 1000)) return '--cert-rotation-checking-interval must be at least 1s';
  if (!(options.concurrentWorkSyncs >= 1)) return '--concurrent-work-syncs must be at least 1';
  if (!Object.values(options.controllers).includes(true))
    return '--controllers turns on none of clusterStatus, execution and certRotation: give * for all of them';
  return (
    leaderElectionProblem(options.leaderElection) ??
    addressProblem('--metrics-bind-address', options.metricsAddress) ??
    addressProblem('--health-probe-bind-address', options.healthAddress)
  );
}

/** As client-go asks for: who can't renew ends before another may begin, and has tried more than once until then. */
function leaderElectionProblem(timing: AgentOptions['leaderElection']): string | undefined {
  if (!timing) return undefined;
  const { leaseDurationMs, renewDeadlineMs, retryPeriodMs } = timing;
  if (!(retryPeriodMs > 0)) return '--leader-elect-retry-period must be greater than 0';
  if (!(renewDeadlineMs > 1.2 * retryPeriodMs))
    return '--leader-elect-renew-deadline must be more than 1.2 times --leader-elect-retry-period';
  if (!(leaseDurationMs > renewDeadlineMs))
    return '--leader-elect-lease-duration must be greater than --leader-elect-renew-deadline';
  return undefined;
}

const ADDRESS = /^(\[[0-9a-f:.%]+\]|[^:[\]]*):(\d{1,5})$/i;

function addressProblem(flag: string, address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const [, , port] = ADDRESS.exec(address) ?? [];
  if (port !== undefined && Number(port) <= 65_535) return undefined;
  return `invalid value "${address}" for ${flag}: give HOST:PORT, an IPv6 host in brackets, or 0 for not at all`;
}

/** What `--help` prints. */
export function usage(command: string): string {
  return `Keeps a member cluster registered with a hub, and in the state that its Works
on the hub describe.

Usage:
  ${command} --cluster-name NAME --karmada-kubeconfig FILE [--kubeconfig FILE] [flags]
  ${command} doctor [flags]    finds out why it does not reach its hub, or can't do its work

Examples:
  # Outside of the member, with a kubeconfig for each side
  ${command} --cluster-name member1 --karmada-kubeconfig hub.kubeconfig --kubeconfig member.kubeconfig

  # In a pod of the member
  ${command} --cluster-name member1 --karmada-kubeconfig /etc/kubeconfig/karmada-kubeconfig

Flags, each of which can also be given by the environment, as
PULLET_AGENT_CLUSTER_NAME for --cluster-name:
${formatFlags(OPTION_TABLE.map(({ env: _, ...flag }) => flag))}
The flags of karmada-agent that have no meaning here are accepted and ignored.
`;
}
