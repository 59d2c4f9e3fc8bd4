import path from 'node:path';
import { type Hub, startHub } from '../../services/hub/hub.ts';
import { type HubOptions, parseHubOptions } from '../../services/hub/options.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { bootstrapControllers, defaultControllers, startKubeControlPlane } from '../kube/control-plane.ts';
import { clientOf } from './access.ts';
import type { World } from './world.ts';

/**
 * A hub in this process, on a free port: with the embedded API or, where PULLET_TEST_HUB is `kube`, on a real kube-apiserver whose
 * kube-controller-manager does namespaces, garbage collection and signing.
 */
export interface TestHub {
  /** `host:port`, as `pullet register` takes it. */
  readonly endpoint: string;
  readonly server: string;
  readonly caPem: string;
  /** `https://host:port` of the control-plane API, where a flag asks for it. */
  readonly control?: string;
  /** The administrator's: a file. */
  readonly kubeconfig: string;
  /** The administrator, over a real connection. */
  readonly client: KubeClient;
  /** Stops the hub, as SIGTERM does; the real API server, where there is one, goes on. */
  stop(): Promise<void>;
  /** Starts it again at the same address, with what it had. */
  start(): Promise<void>;
}

/** Whether the hub's API is a real kube-apiserver. */
export const hubIsKube = process.env['PULLET_TEST_HUB'] === 'kube';

export async function startTestHub(world: World, flags: string[] = []): Promise<TestHub> {
  const source = hubIsKube ? await kubeFlags(world) : [`--data-dir=${path.join(world.dir, 'hub')}`];
  const newOptions = (listen: string): HubOptions => {
    const options = parseHubOptions([...source, ...(hubIsKube ? [] : [`--listen=${listen}`]), ...flags], {});
    if (!options) throw new Error('the hub was asked for help');
    return options;
  };
  let hub: Hub = await startHub(newOptions('127.0.0.1:0'), {
    clock: systemClock,
    log: world.log.child({ part: 'hub' }),
  });
  world.onStop('hub', () => hub.stop());
  const { server, caPem, control, adminKubeconfig } = hub;
  const endpoint = new URL(server).host;
  return {
    endpoint,
    server,
    caPem,
    ...(control ? { control } : {}),
    kubeconfig: adminKubeconfig,
    client: await clientOf(world, adminKubeconfig),
    stop: () => hub.stop(),
    start: async () => {
      hub = await startHub(newOptions(endpoint), { clock: systemClock, log: world.log.child({ part: 'hub' }) });
    },
  };
}

async function kubeFlags(world: World): Promise<string[]> {
  const controlPlane = await startKubeControlPlane({
    name: 'hub',
    controllers: [...defaultControllers, ...bootstrapControllers],
  });
  world.onStop('kube-apiserver of the hub', () => controlPlane.stop());
  return [`--kubeconfig=${controlPlane.kubeconfigPath}`];
}
