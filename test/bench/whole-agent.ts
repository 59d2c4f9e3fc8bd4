/**
 * The part of an agent that its hub sees when nothing is delivered, as the agent wires it: status, heartbeat and the watches on its Cluster and its Works, over
 * the product's own transport, with its own backoff. The member behind it is always well and has no nodes.
 */

import { runCluster } from '../../agent/cluster/controller.ts';
import { CLUSTER_NAMESPACE, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import type { Transport } from '../../shared/client/transport.ts';
import type { Informer, InformerOptions } from '../../shared/controller/informer.ts';
import { newInformer } from '../../shared/controller/list-watch-informer.ts';
import { newObjectStore } from '../../shared/controller/object-store.ts';
import { silentLogger as log } from '../../shared/controller/silent-logger.ts';
import { systemClock as clock } from '../../shared/controller/system-clock.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import type { BenchServer, CertificateAndKey } from './servers.ts';

/** Told of each renewal that was asked for: when it was begun, and whether it was answered with 200. Times by `performance.now()`. */
export type RenewalListener = (renewal: { startMs: number; endMs: number; isTaken: boolean }) => void;

export interface WholeAgentOptions {
  name: string;
  identity: CertificateAndKey;
  onRenewal: RenewalListener;
}

/** As the agent's flags have it. */
const PERIODS = { statusUpdateFrequencyMs: 10_000, successThresholdMs: 30_000, failureThresholdMs: 30_000 };
const HEARTBEAT = { namespace: CLUSTER_NAMESPACE, leaseDurationSeconds: 40, renewIntervalFraction: 0.25 };

/** Runs until the signal aborts. The Cluster must be there. */
export async function runWholeAgent(
  { server, caPem }: BenchServer,
  { name, identity, onRenewal }: WholeAgentOptions,
  signal: AbortSignal,
): Promise<void> {
  const transport = newHttpTransport({ server, caPem, ...identity, timers: clock });
  const hub = newKubeClient({ transport: withRenewalsTold(transport, onRenewal), userAgent: 'pullet-bench', clock });
  const member = newKubeClient({ transport: HEALTHY_MEMBER, clock });
  const ofEither = <T extends KubeObject>(options: InformerOptions<T>): Informer<T> =>
    options.client === member ? newEmptyInformer(options) : newInformer(options);
  const discover = async () => ({ resources: [], failed: [] });
  const deps = { hub, member, clock, log, newInformer: ofEither, newController, discover };
  const worksInformer = newInformer({ client: hub, type: works, namespace: executionSpace(name), clock, log });
  worksInformer.synced().catch(() => {}); // Ended before.
  const running = [worksInformer.run(signal), runCluster(deps, { name, ...PERIODS, heartbeat: HEARTBEAT }, signal)];
  await Promise.all(running).finally(() => hub.close());
}

function withRenewalsTold(transport: Transport, onRenewal: RenewalListener): Transport {
  return {
    ...transport,
    request: async (request) => {
      if (request.method !== 'PUT' || !request.path.includes('/leases/')) return transport.request(request);
      const startMs = performance.now();
      const tell = (isTaken: boolean): void => onRenewal({ startMs, endMs: performance.now(), isTaken });
      try {
        const response = await transport.request(request);
        tell(response.status === 200);
        return response;
      } catch (error) {
        tell(false);
        throw error;
      }
    },
  };
}

/** Answers what it is asked, which is whether it is ready, and its version. */
const HEALTHY_MEMBER: Transport = {
  request: async () => ({ status: 200, headers: {}, body: answer() }),
  close: async () => {},
};

async function* answer(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"gitVersion":"v1.36.3"}');
}

function newEmptyInformer<T extends KubeObject>({ type }: InformerOptions<T>): Informer<T> {
  return {
    type,
    store: newObjectStore<T>(),
    hasSynced: () => true,
    seenUpTo: () => undefined,
    synced: async () => {},
    addHandler: () => () => {},
    run: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
  };
}
