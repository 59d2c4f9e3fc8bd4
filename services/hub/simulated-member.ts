import type { KubeClient } from '../../shared/client/client.ts';
import { kubeconfigText } from '../../shared/client/kubeconfig-text.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { newInformer } from '../../shared/controller/list-watch-informer.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import { newHousekeepingControllers } from '../controllers/controllers.ts';
import { newInformers } from '../controllers/informers.ts';
import type { ServingCa } from '../controllers/serviceaccount-token/controller.ts';
import { newSimulationControllers } from '../controllers/simulation/controllers.ts';
import { createSimulatedNodes } from '../controllers/simulation/simulated-nodes.ts';
import type { Storage } from '../storage/backend.ts';
import { openLmdbStorage } from '../storage/lmdb-backend.ts';
import { newMemoryStorage } from '../storage/memory-backend.ts';
import { runInBackground } from './background.ts';
import { openDataDirectory, writePrivateFile } from './data-directory.ts';
import { type EmbeddedApi, newEmbeddedApi } from './embedded-api.ts';
import { type HubPki, loadHubPki } from './hub-pki.ts';
import { ensureKubernetesObjects } from './initial-objects.ts';
import { serverUrl, servingHosts } from './serving-hosts.ts';
import { newTeardown, type Teardown } from './teardown.ts';

/** A stand-in for a member cluster: the embedded API with nodes that say they are ready and workloads that become so. Nothing runs on it. */

export interface SimulatedMemberOptions {
  /** Cluster name in its kubeconfig. */
  name: string;
  /** For its keys, its kubeconfig and, unless kept in memory, its objects. */
  directory: string;
  host?: string;
  /** 0, the default, takes a free one. */
  port?: number;
  nodes?: number;
  /** `memory` forgets everything at the end. */
  store?: 'disk' | 'memory';
  clock: Clock;
  log: Logger;
}

export interface SimulatedMember {
  readonly name: string;
  readonly server: string;
  readonly caPem: string;
  /** The administrator's kubeconfig: a file. */
  readonly kubeconfig: string;
  readonly client: KubeClient;
  stop(): Promise<void>;
}

const KUBELET_VERSION = 'v1.36.0';

/** Resolves when it serves and its nodes are ready. Throws, in words, if it can't. */
export async function startSimulatedMember(options: SimulatedMemberOptions): Promise<SimulatedMember> {
  const teardown = newTeardown(options.log);
  try {
    return await start(options, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function start(options: SimulatedMemberOptions, teardown: Teardown): Promise<SimulatedMember> {
  const { name, host = '127.0.0.1', clock, log } = options;
  const directory = openDataDirectory(options.directory);
  const storage = openStorage(options, directory.store);
  teardown.add('store', () => storage.close());
  const pki = await loadHubPki({ directory: directory.pki, hosts: servingHosts(host, host), now: clock.now() });
  const identity = 'simulated-cluster';
  const embedded = newEmbeddedApi({ storage, pki, admission: [], healthChecks: [], identity, clock, log });
  teardown.add('api', () => embedded.close());
  const { client } = embedded;
  await ensureKubernetesObjects(client);
  await createSimulatedNodes(client, clock, { count: options.nodes ?? 2, kubeletVersion: KUBELET_VERSION });
  const port = await embedded.listen({ host, port: options.port ?? 0 });
  const server = serverUrl(host, port);
  const kubeconfig = directory.adminKubeconfig;
  writePrivateFile(kubeconfig, adminKubeconfig(name, pki, server));
  startControllers(options, { embedded, servingCa: unchanging(pki.caPem) }, teardown);
  return { name, server, caPem: pki.caPem, kubeconfig, client, stop: teardown.run };
}

function unchanging(caPem: string): ServingCa {
  return { pem: () => caPem, onChange: () => () => {} };
}

function openStorage({ store = 'disk', clock }: SimulatedMemberOptions, directory: string): Storage {
  return store === 'memory' ? newMemoryStorage({ clock }) : openLmdbStorage({ directory, clock });
}

function adminKubeconfig(name: string, { caPem, admin }: HubPki, server: string): string {
  return kubeconfigText({
    server,
    caPem,
    clusterName: name,
    userName: `${name}-admin`,
    contextName: name,
    certPem: admin.certPem,
    keyPem: admin.keyPem,
  });
}

function startControllers(
  { clock, log }: SimulatedMemberOptions,
  { embedded: { client, checkPolicyTypes }, servingCa }: { embedded: EmbeddedApi; servingCa: ServingCa },
  teardown: Teardown,
): void {
  const deps = { client, newInformer, newController, clock, log };
  const housekeeping = newHousekeepingControllers(deps, { servingCa, checkPolicyTypes });
  const informers = newInformers(deps);
  const simulation = newSimulationControllers({ client, newController, clock, log, informers });
  const running = runInBackground(async (signal) => {
    await Promise.all([
      housekeeping.run(signal),
      informers.run(signal),
      ...simulation.map((controller) => controller.run(signal)),
    ]);
  });
  running.ended.catch((error: unknown) => log.error({ err: error }, 'the simulated cluster has stopped working'));
  teardown.add('controllers', running.stop);
}
