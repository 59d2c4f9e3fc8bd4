import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Hub, startHub } from '../../services/hub/hub.ts';
import { type HubOptions, parseHubOptions } from '../../services/hub/options.ts';
import { HUB_NAME, HUB_NAMESPACE } from '../../services/install/hub-names.ts';
import { install } from '../../services/install/install.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import {
  bootstrapControllers,
  defaultControllers,
  type KubeControlPlane,
  startKubeControlPlane,
} from '../kube/control-plane.ts';
import { freeAddress } from '../kube/free-ports.ts';
import { clientFor, clientOf } from './access.ts';
import { forever } from './forever.ts';
import type { World } from './world.ts';

/**
 * A hub in this process, on a free port: with the embedded API or, where PULLET_TEST_HUB is `kube`, on a real kube-apiserver whose
 * kube-controller-manager does namespaces, garbage collection and signing. There it is installed as by `pullet init`, and has no more rights than its pod would.
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
  const kube = hubIsKube ? await startInstalledKube(world) : undefined;
  // One hub alone needs no election, which a machine that stands still for seconds would make it lose.
  const source = kube
    ? [`--kubeconfig=${kube.hubKubeconfig}`, '--leader-elect=false']
    : [`--data-dir=${path.join(world.dir, 'hub')}`];
  const newOptions = (listen: string): HubOptions => {
    const options = parseHubOptions([...source, ...(hubIsKube ? [] : [`--listen=${listen}`]), ...flags], {});
    if (!options) throw new Error('the hub was asked for help');
    return options;
  };
  let hub: Hub = await startHub(newOptions(await freeAddress()), {
    clock: systemClock,
    log: world.log.child({ part: 'hub' }),
  });
  world.onStop('hub', () => hub.stop());
  const { server, caPem, control } = hub;
  const kubeconfig = kube?.adminKubeconfig ?? hub.adminKubeconfig;
  const endpoint = new URL(server).host;
  return {
    endpoint,
    server,
    caPem,
    ...(control ? { control } : {}),
    kubeconfig,
    client: await clientOf(world, kubeconfig),
    stop: () => hub.stop(),
    start: async () => {
      hub = await startHub(newOptions(endpoint), { clock: systemClock, log: world.log.child({ part: 'hub' }) });
    },
  };
}

interface InstalledKube {
  adminKubeconfig: string;
  hubKubeconfig: string;
}

async function startInstalledKube(world: World): Promise<InstalledKube> {
  const controlPlane = await startKubeControlPlane({
    name: 'hub',
    controllers: [...defaultControllers, ...bootstrapControllers],
  });
  world.onStop('kube-apiserver of the hub', () => controlPlane.stop());
  const { server, caPem, kubeconfigPath: adminKubeconfig } = controlPlane;
  const newClient = (credentials: { token?: string }) =>
    clientFor(world, { transport: { server, caPem, ...credentials } });
  await install(
    { clusterInfo: { server, caPem, advertised: server, isOverwriting: false }, isDryRun: false },
    { client: await clientOf(world, adminKubeconfig), newClient, clock: systemClock, print: () => {} },
    forever(),
  );
  return { adminKubeconfig, hubKubeconfig: await newHubKubeconfig(world, controlPlane) };
}

/** A certificate for the service account of the hub's pod: kube-controller-manager and kubelet have no part in who it is. */
export async function newHubKubeconfig(world: World, controlPlane: KubeControlPlane): Promise<string> {
  const account = await controlPlane.issueClientCertificate({
    commonName: `system:serviceaccount:${HUB_NAMESPACE}:${HUB_NAME}`,
    organizations: ['system:serviceaccounts', `system:serviceaccounts:${HUB_NAMESPACE}`],
  });
  const file = path.join(world.dir, 'hub.kubeconfig');
  await writeFile(file, controlPlane.kubeconfigFor(account), { mode: 0o600 });
  return file;
}
