/** A process of fleet-latency.ts: the delivery of some clusters, each with connections of its own, as the agent wires it. Ends with its parent. */

import { runDelivery } from '../../agent/work/controller.ts';
import { newKindLookup } from '../../agent/work/kind-lookup.ts';
import { newSecretStateStore } from '../../agent/work/secret-state-store.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { newRestMapper } from '../../shared/client/rest-mapper.ts';
import type { Informer, InformerOptions } from '../../shared/controller/informer.ts';
import { newInformer } from '../../shared/controller/list-watch-informer.ts';
import { silentLogger as log } from '../../shared/controller/silent-logger.ts';
import { systemClock as clock } from '../../shared/controller/system-clock.ts';
import { newController } from '../../shared/controller/worker-loop.ts';

const [hubKubeconfig = '', memberKubeconfig = '', ...clusters] = process.argv.slice(2);
const { signal } = new AbortController();
setInterval(() => {}, 2 ** 30);
await Promise.all(clusters.map(deliverTo));

/** All members are one API server: each cluster has a namespace there for its objects, and one for its agent's state. */
async function deliverTo(cluster: string): Promise<void> {
  const [hub, member] = [await connect(hubKubeconfig), await connect(memberKubeconfig)];
  const inMember = <T extends KubeObject>(options: InformerOptions<T>): Informer<T> =>
    newInformer(options.client === member ? { ...options, namespace: cluster } : options);
  await runDelivery(
    {
      ...{ hub, member, clock, log, newController, newInformer: inMember },
      ...newKindLookup(newRestMapper(member, clock)),
      recordEvent: () => {},
      state: newSecretStateStore({ member, namespace: `state-${cluster}`, log }),
    },
    { cluster, concurrentWorkSyncs: 16, keepsWorks: true },
    signal,
  );
}

async function connect(path: string): Promise<KubeClient> {
  const { transport } = await loadKubeconfig({ path });
  return newKubeClient({ transport: newHttpTransport(transport), userAgent: 'pullet-bench' });
}
