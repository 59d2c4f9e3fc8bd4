/**
 * A real Kubernetes control plane on loopback for tests: etcd, kube-apiserver and, with the chosen controllers,
 * kube-controller-manager. No nodes and no scheduler: pods are stored and stay Pending.
 */

import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ensureBinaries } from './binaries.ts';
import {
  type CertificateAndKey,
  type CertificateSubject,
  type ControlPlanePki,
  newControlPlanePki,
} from './certificates.ts';
import { type ControlPlaneLayout, kubeconfigPath, writePki } from './component-flags.ts';
import { pickFreePorts } from './free-ports.ts';
import { newKubeconfig } from './kubeconfig.ts';
import { newOrphanGuard, type OrphanGuard } from './orphan-guard.ts';
import { ControlPlaneProcesses } from './processes.ts';

/** What every cluster needs to create and delete namespaces with things in them. */
export const defaultControllers: readonly string[] = [
  'namespace',
  'garbagecollector',
  'serviceaccount',
  'serviceaccount-token',
  'root-ca-cert-publisher',
  'clusterrole-aggregation',
];

/** What makes pods out of Deployments and Jobs. */
export const workloadControllers: readonly string[] = ['deployment', 'replicaset', 'job'];

/** What lets a cluster join by bootstrap token: cluster-info, expiry of tokens, and certificates for signing requests. */
export const bootstrapControllers: readonly string[] = [
  'bootstrapsigner',
  'tokencleaner',
  'csrsigning',
  'csrapproving',
  'csrcleaner',
];

/** How the control plane is to be. */
export interface KubeControlPlaneOptions {
  /** Names the kubeconfig's context and the certificate authority; by default `kube`. */
  readonly name?: string;
  /** kube-controller-manager's names of the controllers to run; none leaves it out. By default {@link defaultControllers}. */
  readonly controllers?: readonly string[];
  /** More flags for kube-apiserver, after ours. */
  readonly apiserverFlags?: readonly string[];
  /** More flags for kube-controller-manager, after ours. */
  readonly controllerManagerFlags?: readonly string[];
  /** etcd syncs what it writes to the disk, as it does in earnest; by default it does not. */
  readonly isDurable?: boolean;
  /** The folder of the binaries; by default what `ensureBinaries` finds or builds. */
  readonly binariesDir?: string;
  /** How long the start may take, binaries not counted; by default 180 000 ms. */
  readonly startTimeoutMs?: number;
  /** Gives up the start. */
  readonly signal?: AbortSignal;
}

/** A control plane that is up. */
export interface KubeControlPlane {
  readonly name: string;
  /** `https://127.0.0.1:PORT`; the same for all its life. */
  readonly server: string;
  readonly caPem: string;
  /** The administrator's (`system:masters`) certificate and key. */
  readonly clientCertPem: string;
  readonly clientKeyPem: string;
  /** The administrator's kubeconfig, and a file that holds it. */
  readonly kubeconfig: string;
  readonly kubeconfigPath: string;
  /** Where everything of it lies; gone after `stop()`. */
  readonly dir: string;
  /** Where `<program>.log` lie. */
  readonly logDir: string;
  /** The process ids of what runs: etcd, kube-apiserver, kube-controller-manager. */
  pids(): readonly number[];
  /** A client certificate of the cluster's own authority for a user and groups. */
  issueClientCertificate(subject: CertificateSubject): Promise<CertificateAndKey>;
  /** A kubeconfig for another user. */
  kubeconfigFor(user: CertificateAndKey): string;
  /** Kills all processes (SIGKILL); data and port stay for `resume()`. */
  halt(): Promise<void>;
  /** Brings a halted control plane back up and resolves when it is ready. */
  resume(): Promise<void>;
  /** `halt()`, then `resume()`. */
  restart(): Promise<void>;
  /** Ends it for good: no process and no folder is left. May be called twice. */
  stop(): Promise<void>;
}

const startAttempts = 3;
const defaultStartTimeoutMs = 180_000;

/**
 * Starts a control plane and resolves when it is ready. Rejects with the last lines of the logs if it does not come up, having
 * left nothing behind. Ends with the test process, whatever becomes of that.
 */
export async function startKubeControlPlane(options: KubeControlPlaneOptions = {}): Promise<KubeControlPlane> {
  const name = options.name ?? 'kube';
  const binariesDir = options.binariesDir ?? (await requireBinaries());
  const pki = await newControlPlanePki(name);
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnFreePorts({ ...options, name, binariesDir }, pki);
    } catch (error) {
      if (attempt === startAttempts || !isPortTaken(error)) throw error;
    }
  }
}

async function requireBinaries(): Promise<string> {
  const binaries = await ensureBinaries();
  if ('reason' in binaries) throw new Error(binaries.reason);
  return binaries.dir;
}

/** Between picking a port and binding it somebody else may come. */
function isPortTaken(error: unknown): boolean {
  return String(error).includes('address already in use');
}

type StartOptions = KubeControlPlaneOptions & { readonly name: string; readonly binariesDir: string };

async function startOnFreePorts(options: StartOptions, pki: ControlPlanePki): Promise<KubeControlPlane> {
  const dir = await mkdtemp(join(tmpdir(), `pullet-kube-${options.name}-`));
  const guard = newOrphanGuard(dir);
  try {
    return await startIn(dir, guard, options, pki);
  } catch (error) {
    await guard.release();
    throw error;
  }
}

async function startIn(
  dir: string,
  guard: OrphanGuard,
  options: StartOptions,
  pki: ControlPlanePki,
): Promise<KubeControlPlane> {
  const layout = await newLayout(dir, options);
  const server = `https://127.0.0.1:${layout.ports.apiserver}`;
  const kubeconfigFor = (user: CertificateAndKey) =>
    newKubeconfig({ name: options.name, server, caPem: pki.ca.certPem, user });
  const identity = { server, caPem: pki.ca.certPem, clientCertPem: pki.admin.certPem, clientKeyPem: pki.admin.keyPem };
  await writePki(dir, pki, kubeconfigFor(pki.admin));
  const logDir = await newLogDir(dir);
  const startTimeoutMs = options.startTimeoutMs ?? defaultStartTimeoutMs;
  const processes = new ControlPlaneProcesses({
    binariesDir: options.binariesDir,
    logDir,
    layout,
    admin: identity,
    guard,
    startTimeoutMs,
  });
  await processes.start(options.signal);
  return {
    ...identity,
    name: options.name,
    kubeconfig: kubeconfigFor(pki.admin),
    kubeconfigPath: kubeconfigPath(dir),
    dir,
    logDir,
    pids: () => processes.pids,
    issueClientCertificate: (subject) => pki.ca.issue(subject),
    kubeconfigFor,
    ...newLifeCycle(processes, guard),
  };
}

function newLifeCycle(
  processes: ControlPlaneProcesses,
  guard: OrphanGuard,
): Pick<KubeControlPlane, 'halt' | 'resume' | 'restart' | 'stop'> {
  return {
    halt: () => processes.halt(),
    resume: () => processes.start(),
    restart: async () => {
      await processes.halt();
      await processes.start();
    },
    stop: async () => {
      await processes.halt();
      await guard.release();
    },
  };
}

async function newLayout(dir: string, options: KubeControlPlaneOptions): Promise<ControlPlaneLayout> {
  const [etcd = 0, apiserver = 0, controllerManager = 0] = await pickFreePorts(3);
  return {
    dir,
    ports: { etcd, apiserver, controllerManager },
    controllers: options.controllers ?? defaultControllers,
    apiserverFlags: options.apiserverFlags ?? [],
    controllerManagerFlags: options.controllerManagerFlags ?? [],
    isDurable: options.isDurable ?? false,
  };
}

/** In the control plane's own folder, or, to look at after the test, below the one PULLET_KUBE_LOG_DIR names. */
async function newLogDir(dir: string): Promise<string> {
  const kept = process.env['PULLET_KUBE_LOG_DIR'];
  const logDir = kept ? join(kept, basename(dir)) : join(dir, 'logs');
  await mkdir(logDir, { recursive: true });
  return logDir;
}
