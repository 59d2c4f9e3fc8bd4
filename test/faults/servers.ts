import path from 'node:path';
import type { KubeClient } from '../../shared/client/client.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { pullet, type Running, startPullet } from '../e2e/processes.ts';
import { clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { memberIsKube } from '../framework/start-member.ts';
import type { World } from '../framework/world.ts';
import { startKubeControlPlane } from '../kube/control-plane.ts';
import { freeAddress } from '../kube/free-ports.ts';

/** Processes of the built command line that can be killed at any moment and started again with what they had. */

export interface ApiProcess {
  readonly server: string;
  readonly kubeconfig: string;
  readonly client: KubeClient;
  kill(): Promise<void>;
  start(): Promise<void>;
}

export interface HubProcess extends ApiProcess {
  backup(file: string): Promise<void>;
  /** Of a killed one, out of a backup. */
  restore(file: string): Promise<void>;
}

const START_MS = 180_000;

/** An API of a member: a real kube-apiserver with its etcd where PULLET_TEST_MEMBER is `kube`, else a hub. */
export function startMemberProcess(world: World, name: string): Promise<ApiProcess> {
  return memberIsKube ? startKubeProcess(world, name) : startHubProcess(world, name);
}

async function startKubeProcess(world: World, name: string): Promise<ApiProcess> {
  const { server, kubeconfigPath: kubeconfig, halt, resume, stop } = await startKubeControlPlane({ name });
  world.onStop(name, stop);
  return { server, kubeconfig, client: await clientOf(world, kubeconfig), kill: halt, start: resume };
}

export async function startHubProcess(world: World, name: string): Promise<HubProcess> {
  const dataDir = path.join(world.dir, name);
  const kubeconfig = path.join(dataDir, 'admin.kubeconfig');
  const spawn = async (listen: string): Promise<Running> => {
    const running = startPullet(['hub', '--data-dir', dataDir, '--listen', listen]);
    await untilReady(running, name);
    return running;
  };
  let process = await spawn(await freeAddress());
  world.onStop(name, () => process.stop('SIGKILL').then(() => undefined));
  const { transport } = await loadKubeconfig({ path: kubeconfig });
  const command = async (args: string[]): Promise<void> => {
    const { code, stdout, stderr } = await pullet(args);
    if (code !== 0) throw new Error(`pullet ${args.join(' ')}: ${stdout}${stderr}`);
  };
  return {
    server: transport.server,
    kubeconfig,
    client: await clientOf(world, kubeconfig),
    kill: () => process.stop('SIGKILL').then(() => undefined),
    start: async () => {
      process = await spawn(new URL(transport.server).host);
    },
    backup: (file) => command(['hub', 'backup', file, '--kubeconfig', kubeconfig]),
    restore: (file) => command(['hub', 'restore', file, '--data-dir', dataDir, '--force']),
  };
}

async function untilReady({ child, output }: Running, name: string): Promise<void> {
  await eventually(
    `${name} is ready`,
    () => child.exitCode !== null || `${output.stdout}${output.stderr}`.includes('the hub is ready'),
    START_MS,
  );
  if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}: ${output.stderr}`);
}

export interface AgentProcess {
  kill(): Promise<void>;
  start(): void;
  log(): string;
}

export function startAgentProcess(world: World, flags: string[]): AgentProcess {
  const spawn = (): Running =>
    startPullet(['agent', '--metrics-bind-address=0', '--health-probe-bind-address=0', ...flags]);
  let process = spawn();
  let before = '';
  world.onStop('agent', () => process.stop('SIGKILL').then(() => undefined));
  return {
    kill: async () => {
      await process.stop('SIGKILL');
      before += process.output.stderr;
    },
    start: () => {
      process = spawn();
    },
    log: () => before + process.output.stderr,
  };
}
