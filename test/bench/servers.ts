/** The API servers that are compared, as processes: the hub's bundle with its embedded API, and kube-apiserver with etcd. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KubeClient } from '../../shared/client/client.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { newKey, privateKeyPem, publicKeyDer, readPrivateKey } from '../../shared/pki/private-key.ts';
import { eventually } from '../framework/eventually.ts';
import { type KubeControlPlaneOptions, startKubeControlPlane } from '../kube/control-plane.ts';
import { newCertificatePress } from './certificate-press.ts';
import type { Bench } from './run-bench.ts';

export interface CertificateAndKey {
  readonly certPem: string;
  readonly keyPem: string;
}

/** An API server that is up. */
export interface BenchServer {
  readonly server: string;
  readonly caPem: string;
  /** The administrator's: a file. */
  readonly kubeconfig: string;
  readonly admin: KubeClient;
  /** Of all of its processes. */
  readonly pids: readonly number[];
  /** A client certificate that it accepts. */
  issue(user: string, group: string): Promise<CertificateAndKey>;
}

/** The bundle of a process, as it is installed. */
export function bundle(name: 'hub' | 'agent'): string {
  return fileURLToPath(new URL(`../../dist/${name}.js`, import.meta.url));
}

/** For a profile of Pullet's process: `PULLET_BENCH_NODE_FLAGS='--cpu-prof --cpu-prof-dir=/tmp'`. */
export function nodeFlags(): string[] {
  return (process.env['PULLET_BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');
}

export interface EmbeddedHubOptions {
  /** Of its data directory and log; `hub` by default. */
  name?: string;
  /** Of another build than the one in `dist`. */
  bundlePath?: string;
  /** Any that is free, if absent. */
  port?: number;
}

/** Thousands of agents may ask before. */
const READY_DEADLINE_MS = 120_000;

/** `pullet hub` on a new data directory, or on that of the last one of its name; resolves when it is ready. */
export async function startEmbeddedHub(
  bench: Bench,
  { name = 'hub', bundlePath = bundle('hub'), port = 0 }: EmbeddedHubOptions = {},
): Promise<BenchServer> {
  const dataDir = join(bench.dir, name);
  const flags = [`--data-dir=${dataDir}`, `--listen=127.0.0.1:${port}`, '--v=0'];
  const hub = await bench.spawn(name, process.execPath, [...nodeFlags(), bundlePath, ...flags]);
  const kubeconfig = join(dataDir, 'admin.kubeconfig');
  const isReady = async () => {
    await hub.throwIfEnded();
    const read = await loadKubeconfig({ path: kubeconfig });
    const probe = newKubeClient({ transport: newHttpTransport(read.transport), userAgent: 'pullet-bench' });
    return probe
      .raw({ method: 'GET', path: '/readyz' })
      .then(() => read)
      .finally(() => probe.close());
  };
  const access = await eventually('the embedded hub is ready', isReady, READY_DEADLINE_MS);
  const issue = await newIssuer(join(dataDir, 'pki/ca.pem'));
  return {
    ...(await accessTo(bench, kubeconfig)),
    server: access.transport.server,
    kubeconfig,
    pids: [hub.pid],
    issue,
  };
}

/** All simulated clients use one key: making keys is not what is measured. */
async function newIssuer(caFile: string): Promise<BenchServer['issue']> {
  const text = await readFile(caFile, 'utf8');
  const start = text.indexOf('-----BEGIN PRIVATE KEY-----');
  const ca = { certificatePem: text.slice(0, start), privateKey: readPrivateKey(text.slice(start)) };
  const key = await newKey();
  const keyPem = privateKeyPem(key);
  const press = newCertificatePress(ca, publicKeyDer(key));
  return async (user, group) => ({ certPem: await press(user, group), keyPem });
}

/** kube-apiserver and etcd, with the controllers asked for. */
export async function startKubeServer(bench: Bench, options: KubeControlPlaneOptions): Promise<BenchServer> {
  const kube = await startKubeControlPlane({ ...options, signal: bench.signal });
  bench.onStop(() => kube.stop());
  const { server, kubeconfigPath: kubeconfig } = kube;
  return {
    ...(await accessTo(bench, kubeconfig)),
    server,
    kubeconfig,
    pids: kube.pids(),
    issue: (user, group) => kube.issueClientCertificate({ commonName: user, organizations: [group] }),
  };
}

async function accessTo(bench: Bench, kubeconfig: string): Promise<{ admin: KubeClient; caPem: string }> {
  const { transport } = await loadKubeconfig({ path: kubeconfig });
  const admin = newKubeClient({ transport: newHttpTransport(transport), userAgent: 'pullet-bench' });
  bench.onStop(() => admin.close());
  return { admin, caPem: transport.caPem ?? '' };
}
