/** The embedded API and a real kube-apiserver side by side, both with their first objects. */

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newHousekeepingControllers } from '../../services/controllers/controllers.ts';
import { runInBackground } from '../../services/hub/background.ts';
import { type EmbeddedApi, newEmbeddedApi } from '../../services/hub/embedded-api.ts';
import { loadHubPki } from '../../services/hub/hub-pki.ts';
import { ensureKubernetesObjects } from '../../services/hub/initial-objects.ts';
import { newMemoryStorage } from '../../services/storage/memory-backend.ts';
import { kubeconfigText } from '../../shared/client/kubeconfig-text.ts';
import { newInformer } from '../../shared/controller/list-watch-informer.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import { newWorld, type World } from '../framework/world.ts';
import { startKubeControlPlane } from '../kube/control-plane.ts';
import { type Http2Sender, newHttp2Sender } from './http2-exchange.ts';
import { newRawSender, type RawSender } from './raw-exchange.ts';
import { newSender, type Sender } from './send.ts';

export interface ConformanceServer {
  readonly name: 'embedded' | 'upstream';
  readonly server: string;
  readonly caPem: string;
  /** The administrator's, a file. */
  readonly kubeconfig: string;
  /** Sends as the administrator. */
  readonly send: Sender;
  /** Sends without a certificate: as nobody, or with a token. */
  readonly sendBare: Sender;
  /** Sends bytes as the administrator, on a connection of their own. */
  readonly sendRaw: RawSender;
  /** Sends frames of HTTP/2 as the administrator, on a connection of their own. */
  readonly sendHttp2: Http2Sender;
}

export interface ServerPair {
  readonly embedded: ConformanceServer;
  readonly upstream: ConformanceServer;
  /** Ends both and leaves nothing. */
  stop(): Promise<void>;
}

export interface ServerPairOptions {
  /** Whether both have what deletes dependents, empties namespaces and checks the types of policies; by default nothing runs beside the APIs. */
  hasControllers?: boolean;
}

export async function startServerPair({ hasControllers = false }: ServerPairOptions = {}): Promise<ServerPair> {
  const world = await newWorld();
  try {
    const [embedded, upstream] = await Promise.all([
      startEmbedded(world, hasControllers),
      startUpstream(world, hasControllers),
    ]);
    return { embedded, upstream, stop: world.stop };
  } catch (error) {
    await world.stop();
    throw error;
  }
}

export async function startEmbedded(world: World, hasControllers = false): Promise<ConformanceServer> {
  const host = '127.0.0.1';
  const storage = newMemoryStorage({ clock: systemClock });
  world.onStop('store', () => storage.close());
  const pki = await loadHubPki({ directory: world.dir, hosts: [host], now: systemClock.now() });
  const { log } = world;
  const api = newEmbeddedApi({
    storage,
    pki,
    admission: [],
    healthChecks: [],
    // By whose name the status of a namespace that goes is owned.
    identity: hasControllers ? 'kube-controller-manager' : 'conformance',
    clock: systemClock,
    log,
  });
  world.onStop('embedded', () => api.close());
  await ensureKubernetesObjects(api.client);
  if (hasControllers) runControllers(world, api);
  const server = `https://${host}:${await api.listen({ host, port: 0 })}`;
  const caPem = pki.ca.certificatePem;
  const { certPem, keyPem } = pki.admin;
  const kubeconfig = path.join(world.dir, 'embedded.kubeconfig');
  const names = { clusterName: 'kube', userName: 'admin', contextName: 'kube' };
  await writeFile(kubeconfig, kubeconfigText({ server, caPem, certPem, keyPem, ...names }));
  return { name: 'embedded', server, caPem, kubeconfig, ...senders(world, { server, caPem, certPem, keyPem }) };
}

function runControllers(world: World, { client, checkPolicyTypes }: EmbeddedApi): void {
  const deps = { client, newInformer, newController, clock: systemClock, log: world.log };
  const running = runInBackground((signal) => newHousekeepingControllers(deps, { checkPolicyTypes }).run(signal));
  world.onStop('controllers', running.stop);
}

async function startUpstream(world: World, hasControllers: boolean): Promise<ConformanceServer> {
  const kube = await startKubeControlPlane({
    name: 'conformance',
    controllers: hasControllers ? ['namespace', 'garbagecollector', 'validatingadmissionpolicy-status-controller'] : [],
  });
  world.onStop('upstream', () => kube.stop());
  const { server, caPem, clientCertPem: certPem, clientKeyPem: keyPem, kubeconfigPath: kubeconfig } = kube;
  return { name: 'upstream', server, caPem, kubeconfig, ...senders(world, { server, caPem, certPem, keyPem }) };
}

type Senders = Pick<ConformanceServer, 'send' | 'sendBare' | 'sendRaw' | 'sendHttp2'>;

function senders(world: World, target: Parameters<typeof newSender>[0]): Senders {
  const { server, caPem } = target;
  const [admin, nobody] = [newSender(target), newSender({ server, caPem })];
  world.onStop('connections', admin.close);
  world.onStop('bare connections', nobody.close);
  const byTheByte = { sendRaw: newRawSender(target), sendHttp2: newHttp2Sender(target) };
  return { send: admin.send, sendBare: nobody.send, ...byTheByte };
}
