import { type Flag, FlagError, type FlagValues, formatFlags, parseFlags } from '../../shared/process/flags.ts';
import type { PushOptions } from '../push/push-deps.ts';

/** The hub's flags: one table; parse → complete → validate → one read-only object. */

const HUB_FLAGS: readonly Flag[] = [
  {
    name: 'data-dir',
    type: 'string',
    value: 'DIR',
    help: 'where the embedded API keeps everything',
    env: 'PULLET_DATA_DIR',
  },
  {
    name: 'listen',
    type: 'string',
    value: 'HOST:PORT',
    default: '127.0.0.1:6443',
    help: 'address of the Kubernetes API; port 0 takes a free one',
    env: 'PULLET_LISTEN',
  },
  {
    name: 'advertise-address',
    type: 'string',
    value: 'HOST[:PORT]',
    help: 'address that members reach the API at (default: the one it listens on)',
    env: 'PULLET_ADVERTISE_ADDRESS',
  },
  {
    name: 'kubeconfig',
    type: 'string',
    value: 'FILE',
    help: 'run the controllers on this real Kubernetes API instead of the embedded one',
    env: 'PULLET_KUBECONFIG',
  },
  { name: 'context', type: 'string', value: 'NAME', help: 'context of that kubeconfig (default: its current one)' },
  {
    name: 'in-cluster',
    type: 'boolean',
    default: 'false',
    help: "the same on the API of the cluster that it runs in, as its pod's service account",
  },
  {
    name: 'leader-elect',
    type: 'boolean',
    default: 'true',
    help: 'with --kubeconfig: only one of several replicas works at a time',
  },
  {
    name: 'cluster-signing-cert-file',
    type: 'string',
    value: 'FILE',
    help: "with --kubeconfig: CA to sign agents' certificates with (default: kube-controller-manager signs)",
  },
  { name: 'cluster-signing-key-file', type: 'string', value: 'FILE', help: 'key of that CA' },
  {
    name: 'cluster-monitor-grace-period',
    type: 'duration',
    default: '40s',
    help: 'how long a heartbeat may be overdue before its cluster is Unknown',
  },
  {
    name: 'cluster-startup-grace-period',
    type: 'duration',
    default: '60s',
    help: 'the same for a cluster that never reported',
  },
  {
    name: 'cluster-status-update-frequency',
    type: 'duration',
    default: '10s',
    help: "how often the hub looks at a push-mode cluster's status",
  },
  {
    name: 'cluster-success-threshold',
    type: 'duration',
    default: '30s',
    help: 'how long a push-mode cluster must be healthy again before it is Ready',
  },
  {
    name: 'cluster-failure-threshold',
    type: 'duration',
    default: '30s',
    help: 'how long a push-mode cluster must be unhealthy before it is not Ready',
  },
  {
    name: 'concurrent-work-syncs',
    type: 'integer',
    default: '5',
    help: 'Works delivered at the same time to one push-mode cluster',
  },
  {
    name: 'allowed-exec-plugins',
    type: 'list',
    value: 'PROGRAMS',
    help: 'programs that kubeconfigs of push-mode clusters may have the hub run for credentials, by the name or absolute path that they give',
  },
  {
    name: 'approval',
    type: 'string',
    value: 'MODE',
    default: 'auto',
    help: 'auto, or manual: each cluster that wants to join waits for `pullet approve`',
  },
  {
    name: 'karmada-compat',
    type: 'boolean',
    default: 'false',
    help: "embedded API only: let Karmada's karmadactl register clusters and its karmada-agent serve them",
  },
  {
    name: 'control-listen',
    type: 'string',
    value: 'HOST:PORT',
    help: 'address of the control-plane API, for portals and scripts; port 0 takes a free one (default: it is off)',
    env: 'PULLET_CONTROL_LISTEN',
  },
  {
    name: 'control-tls-cert-file',
    type: 'string',
    value: 'FILE',
    help: "certificate of that API (default: the embedded API's; with --kubeconfig there is none)",
  },
  { name: 'control-tls-key-file', type: 'string', value: 'FILE', help: 'key of that certificate' },
  {
    name: 'control-cors-origins',
    type: 'list',
    value: 'ORIGINS',
    help: 'origins of web pages that may use that API, separated by commas (default: none)',
  },
  {
    name: 'control-requests-per-second',
    type: 'integer',
    default: '20',
    help: 'requests to that API by one caller, on average',
  },
  { name: 'control-burst', type: 'integer', default: '60', help: 'requests to that API by one caller at once' },
  {
    name: 'audit-log-file',
    type: 'string',
    value: 'FILE',
    help: 'write one line of JSON for each request to the embedded API, without its content; - for standard output (default: none)',
  },
  { name: 'log-format', type: 'string', value: 'FORMAT', default: 'text', help: 'text or json' },
  {
    name: 'v',
    short: 'v',
    type: 'integer',
    value: 'N',
    default: '2',
    help: 'how much is logged: 0 warnings only, 4 everything',
  },
  { name: 'help', short: 'h', type: 'boolean', default: 'false', help: 'show this' },
];

export interface HubOptions {
  /** The embedded API, or the kubeconfig of a real one. */
  readonly api: EmbeddedApiOptions | RealApiOptions;
  /** Each join waits for a person. */
  readonly requiresApproval: boolean;
  /** When a silent member becomes Unknown. */
  readonly monitorGrace: { readonly periodMs: number; readonly startupMs: number };
  /** For each cluster of push mode. */
  readonly push: Readonly<PushOptions>;
  /** The HTTP API for portals and scripts; absent: it is off. */
  readonly control?: ControlOptions;
  readonly logFormat: 'text' | 'json';
  readonly verbosity: number;
}

export interface ControlOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  readonly corsOrigins: readonly string[];
  readonly limits: { readonly requestsPerSecond: number; readonly burst: number };
}

export interface EmbeddedApiOptions {
  readonly kind: 'embedded';
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly advertise?: { readonly host: string; readonly port?: number };
  /** Serve karmadactl and karmada-agents too. */
  readonly karmadaCompat?: boolean;
  /** Where requests are audited to; `-` is standard output. */
  readonly auditLogFile?: string;
}

export interface RealApiOptions {
  readonly kind: 'kubeconfig';
  /** Absent: that of the cluster in which this process is a pod. */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly leaderElect: boolean;
  readonly signing?: { readonly certFile: string; readonly keyFile: string };
}

export const HUB_HELP = `Run the hub: the embedded Kubernetes API and the controllers that act on it.

Usage:
  pullet hub --data-dir DIR [--listen HOST:PORT] [--advertise-address HOST:PORT]
  pullet hub --kubeconfig FILE | --in-cluster
  pullet hub ca status|rotate|switch|finish|cancel
  pullet hub backup FILE
  pullet hub restore FILE --data-dir DIR

Examples:
  pullet hub --data-dir ./hub --listen 0.0.0.0:6443 --advertise-address hub.example.com:6443
  kubectl --kubeconfig ./hub/admin.kubeconfig get clusters

Flags:
${formatFlags(HUB_FLAGS)}`;

/** Undefined when help is asked for. Throws FlagError that names the flag. */
export function parseHubOptions(
  args: string[],
  env: Readonly<Record<string, string | undefined>>,
): HubOptions | undefined {
  const values = parseFlags(HUB_FLAGS, args, env);
  if (values['help'] === true) return undefined;
  const logFormat = values['log-format'];
  if (logFormat !== 'text' && logFormat !== 'json') {
    throw new FlagError(`invalid value "${String(logFormat)}" for --log-format: must be text or json`);
  }
  const approval = values['approval'];
  if (approval !== 'auto' && approval !== 'manual') {
    throw new FlagError(`invalid value "${String(approval)}" for --approval: must be auto or manual`);
  }
  const control = controlOptions(values);
  return Object.freeze({
    ...(control ? { control } : {}),
    requiresApproval: approval === 'manual',
    api: isOnRealApi(values) ? realApi(values) : embeddedApi(values),
    monitorGrace: {
      periodMs: Number(values['cluster-monitor-grace-period']),
      startupMs: Number(values['cluster-startup-grace-period']),
    },
    push: pushOptions(values),
    logFormat,
    verbosity: Number(values['v']),
  });
}

function pushOptions(values: FlagValues): PushOptions {
  const options = {
    statusUpdateFrequencyMs: Number(values['cluster-status-update-frequency']),
    successThresholdMs: Number(values['cluster-success-threshold']),
    failureThresholdMs: Number(values['cluster-failure-threshold']),
    concurrentWorkSyncs: Number(values['concurrent-work-syncs']),
    allowedExecPlugins: [values['allowed-exec-plugins'] ?? []].flat().map(String),
  };
  if (options.statusUpdateFrequencyMs < 1000)
    throw new FlagError('--cluster-status-update-frequency must be at least 1s');
  if (options.concurrentWorkSyncs < 1) throw new FlagError('--concurrent-work-syncs must be at least 1');
  return options;
}

function controlOptions(values: FlagValues): ControlOptions | undefined {
  const listen = text(values, 'control-listen');
  const [certFile, keyFile] = [text(values, 'control-tls-cert-file'), text(values, 'control-tls-key-file')];
  const corsOrigins = [values['control-cors-origins'] ?? []].flat().map(String);
  if (!listen) {
    if (certFile || keyFile || corsOrigins.length > 0) throw new FlagError('--control-… flags need --control-listen');
    return undefined;
  }
  const { host, port } = parseAddress('control-listen', listen);
  if (port === undefined) throw new FlagError('--control-listen needs a port: give HOST:PORT');
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new FlagError('--control-tls-cert-file and --control-tls-key-file go together');
  }
  if (certFile === undefined && isOnRealApi(values)) {
    throw new FlagError('--control-listen with --kubeconfig needs --control-tls-cert-file and --control-tls-key-file');
  }
  const wrong = corsOrigins.find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin);
  if (wrong !== undefined) {
    throw new FlagError(
      `invalid value "${wrong}" for --control-cors-origins: give origins such as https://portal.example.com`,
    );
  }
  return {
    host,
    port,
    corsOrigins,
    limits: controlLimits(values),
    ...(certFile && keyFile ? { tls: { certFile, keyFile } } : {}),
  };
}

function controlLimits(values: FlagValues): ControlOptions['limits'] {
  const [requestsPerSecond, burst] = [Number(values['control-requests-per-second']), Number(values['control-burst'])];
  if (requestsPerSecond < 1 || burst < 1) {
    throw new FlagError('--control-requests-per-second and --control-burst must be at least 1');
  }
  return { requestsPerSecond, burst };
}

function text(values: FlagValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isOnRealApi(values: FlagValues): boolean {
  return text(values, 'kubeconfig') !== undefined || values['in-cluster'] === true;
}

function embeddedApi(values: FlagValues): EmbeddedApiOptions {
  const dataDir = text(values, 'data-dir');
  if (!dataDir) throw new FlagError('--data-dir is required (or --kubeconfig, to run on a real Kubernetes API)');
  const listen = parseAddress('listen', text(values, 'listen') ?? '');
  if (listen.port === undefined) throw new FlagError('--listen needs a port: give HOST:PORT');
  const advertise = text(values, 'advertise-address');
  const auditLogFile = text(values, 'audit-log-file');
  return {
    kind: 'embedded',
    dataDir,
    host: listen.host,
    port: listen.port,
    ...(values['karmada-compat'] === true ? { karmadaCompat: true } : {}),
    ...(advertise ? { advertise: advertised(advertise) } : {}),
    ...(auditLogFile ? { auditLogFile } : {}),
  };
}

function advertised(value: string): { host: string; port?: number } {
  const address = parseAddress('advertise-address', value);
  if (address.host === '' || address.host === '0.0.0.0' || address.host === '::') {
    throw new FlagError(
      `invalid value "${value}" for --advertise-address: give a name or address that members can reach`,
    );
  }
  return address;
}

function realApi(values: FlagValues): RealApiOptions {
  const chosen = text(values, 'kubeconfig') ? '--kubeconfig' : '--in-cluster';
  const given = ['data-dir', 'advertise-address', 'audit-log-file'].filter((name) => text(values, name));
  for (const name of [...given, ...(values['karmada-compat'] === true ? ['karmada-compat'] : [])]) {
    throw new FlagError(`--${name} is for the embedded API and does not go with ${chosen}`);
  }
  const certFile = text(values, 'cluster-signing-cert-file');
  const keyFile = text(values, 'cluster-signing-key-file');
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new FlagError('--cluster-signing-cert-file and --cluster-signing-key-file go together');
  }
  const [kubeconfig, context] = [text(values, 'kubeconfig'), text(values, 'context')];
  if (kubeconfig && values['in-cluster'] === true) throw new FlagError('--in-cluster does not go with --kubeconfig');
  return {
    kind: 'kubeconfig',
    ...(kubeconfig ? { kubeconfig } : {}),
    ...(context ? { context } : {}),
    leaderElect: values['leader-elect'] === true,
    ...(certFile && keyFile ? { signing: { certFile, keyFile } } : {}),
  };
}

/** `host:port`, `[v6]:port` or a host alone. */
function parseAddress(flag: string, value: string): { host: string; port?: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d{1,5}))?$/.exec(value);
  const port = match?.[3] === undefined ? undefined : Number(match[3]);
  if (!match || (port !== undefined && port > 65535)) {
    throw new FlagError(`invalid value "${value}" for --${flag}: give HOST:PORT, an IPv6 host in brackets`);
  }
  const host = match[1] ?? match[2] ?? '';
  return port === undefined ? { host } : { host, port };
}
