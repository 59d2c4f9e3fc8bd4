import { FlagError, type FlagValues, formatFlags, parseFlags } from '../../shared/process/flags.ts';
import type { PushOptions } from '../push/push-deps.ts';
import { DEFAULT_LISTEN, HUB_FLAGS } from './options-table.ts';

/** The hub's flags: parse by the table → complete → validate → one read-only object. */

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
  readonly tlsSecret?: ControlSecret;
  readonly corsOrigins: readonly string[];
  readonly limits: { readonly requestsPerSecond: number; readonly burst: number };
}

/** A Secret that holds the certificate, or into which the hub puts one that is for these names. */
export interface ControlSecret {
  readonly namespace: string;
  readonly name: string;
  readonly names: readonly string[];
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
  /** `HOST:PORT` or `:PORT`; absent: not served. */
  readonly healthAddress?: string;
  readonly metricsAddress?: string;
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
      periodMs: graceMs(values, 'cluster-monitor-grace-period'),
      startupMs: graceMs(values, 'cluster-startup-grace-period'),
    },
    push: pushOptions(values),
    logFormat,
    verbosity: Number(values['v']),
  });
}

/** With none, every cluster would be lost from one heartbeat to the next. */
function graceMs(values: FlagValues, flag: string): number {
  const ms = Number(values[flag]);
  if (ms < 1000) throw new FlagError(`--${flag} must be at least 1s`);
  return ms;
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
  const tlsSecret = controlSecret(values);
  const corsOrigins = [values['control-cors-origins'] ?? []].flat().map(String);
  if (!listen) {
    if (certFile || keyFile || tlsSecret || corsOrigins.length > 0)
      throw new FlagError('--control-… flags need --control-listen');
    return undefined;
  }
  const { host, port } = parseAddress('control-listen', listen);
  if (port === undefined) throw new FlagError('--control-listen needs a port: give HOST:PORT');
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new FlagError('--control-tls-cert-file and --control-tls-key-file go together');
  }
  if (certFile === undefined && !tlsSecret && isOnRealApi(values)) {
    throw new FlagError(
      '--control-listen with --kubeconfig needs --control-tls-cert-file and --control-tls-key-file, or --control-tls-secret',
    );
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
    ...(tlsSecret ? { tlsSecret } : {}),
  };
}

function controlSecret(values: FlagValues): ControlSecret | undefined {
  const given = text(values, 'control-tls-secret');
  const names = [values['control-tls-names'] ?? []].flat().map(String);
  if (given === undefined) {
    if (names.length > 0) throw new FlagError('--control-tls-names goes with --control-tls-secret');
    return undefined;
  }
  const [, namespace, name] = /^([a-z0-9][-a-z0-9]*)\/([a-z0-9][-a-z0-9.]*)$/.exec(given) ?? [];
  if (!namespace || !name) {
    throw new FlagError(`invalid value "${given}" for --control-tls-secret: give NAMESPACE/NAME`);
  }
  if (!isOnRealApi(values)) throw new FlagError('--control-tls-secret goes with --kubeconfig or --in-cluster');
  if (text(values, 'control-tls-cert-file')) {
    throw new FlagError('--control-tls-secret does not go with --control-tls-cert-file');
  }
  return { namespace, name, names: ['localhost', '127.0.0.1', '::1', ...names] };
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

/** The embedded API has its own authority, and serves health and metrics itself. */
const ONLY_ON_REAL_API = [
  'context',
  'cluster-signing-cert-file',
  'cluster-signing-key-file',
  'health-probe-bind-address',
  'metrics-bind-address',
];

function embeddedApi(values: FlagValues): EmbeddedApiOptions {
  const dataDir = text(values, 'data-dir');
  for (const name of ONLY_ON_REAL_API.filter((each) => text(values, each)))
    throw new FlagError(`--${name} is for a real Kubernetes API and does not go without --kubeconfig or --in-cluster`);
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
  const isInPod = values['in-cluster'] === true;
  const healthAddress = pagesAddress(values, 'health-probe-bind-address', isInPod ? ':10357' : '0');
  const metricsAddress = pagesAddress(values, 'metrics-bind-address', isInPod ? ':8080' : '0');
  const given = ['data-dir', 'advertise-address', 'audit-log-file'].filter((name) => text(values, name));
  if (values['listen'] !== DEFAULT_LISTEN) given.push('listen');
  for (const name of [...given, ...(values['karmada-compat'] === true ? ['karmada-compat'] : [])]) {
    throw new FlagError(`--${name} is for the embedded API and does not go with ${chosen}`);
  }
  const certFile = text(values, 'cluster-signing-cert-file');
  const keyFile = text(values, 'cluster-signing-key-file');
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new FlagError('--cluster-signing-cert-file and --cluster-signing-key-file go together');
  }
  const [kubeconfig, context] = [text(values, 'kubeconfig'), text(values, 'context')];
  if (kubeconfig && isInPod) throw new FlagError('--in-cluster does not go with --kubeconfig');
  return {
    kind: 'kubeconfig',
    ...(kubeconfig ? { kubeconfig } : {}),
    ...(context ? { context } : {}),
    leaderElect: values['leader-elect'] === true,
    ...(healthAddress ? { healthAddress } : {}),
    ...(metricsAddress ? { metricsAddress } : {}),
    ...(certFile && keyFile ? { signing: { certFile, keyFile } } : {}),
  };
}

/** Undefined for no listener. */
function pagesAddress(values: FlagValues, name: string, byDefault: string): string | undefined {
  const address = text(values, name) ?? byDefault;
  if (address === '0') return undefined;
  if (parseAddress(name, address).port === undefined) throw new FlagError(`--${name} needs a port: give HOST:PORT`);
  return address;
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
