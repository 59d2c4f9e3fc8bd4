import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { freeAddress } from '../kube/free-ports.ts';
import { clientOf } from './access.ts';
import { eventually } from './eventually.ts';
import { processFile, ROOT } from './process-file.ts';
import type { TestHub } from './start-hub.ts';
import type { World } from './world.ts';

/** A hub with the embedded API in a process of its own, for what can be done only to a process. */
export interface HubProcess extends TestHub {
  /** SIGKILL: nothing is tidied up. */
  kill(): Promise<void>;
  /** False once it has ended, however that came. */
  isRunning(): boolean;
}

/** A little less than a hook may take: the error says more. */
const START_MS = 200_000;

/** `nodeFlags` come before the hub's file. */
export async function startHubProcess(world: World, nodeFlags: string[] = []): Promise<HubProcess> {
  const dataDir = path.join(world.dir, 'hub-process');
  const kubeconfig = path.join(dataDir, 'admin.kubeconfig');
  const spawnAt = (listen: string) => spawnHub(world, [`--data-dir=${dataDir}`, `--listen=${listen}`], nodeFlags);
  let process = await spawnAt(await freeAddress());
  const { transport } = await loadKubeconfig({ path: kubeconfig });
  const { server, caPem = '' } = transport;
  const endpoint = new URL(server).host;
  return {
    endpoint,
    server,
    caPem,
    kubeconfig,
    client: await clientOf(world, kubeconfig),
    stop: () => process.end('SIGTERM'),
    kill: () => process.end('SIGKILL'),
    isRunning: () => process.isRunning(),
    start: async () => {
      process = await spawnAt(endpoint);
    },
  };
}

export interface SpawnedHub {
  /** What it has logged so far. */
  log(): string;
  /** Resolves when the process has ended; it may have before. */
  end(signal: NodeJS.Signals): Promise<void>;
  isRunning(): boolean;
}

/** Resolves when it says that it is ready; rejects with what it wrote if it ends before. Killed with the world. */
export async function spawnHub(world: World, flags: string[], nodeFlags: string[] = []): Promise<SpawnedHub> {
  const args = [...nodeFlags, ...processFile('hub'), ...flags];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!isRunning()) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  world.onStop('hub process', () => end('SIGKILL'));
  let written = '';
  child.stderr.on('data', (chunk) => {
    written += chunk;
  });
  const isReady = (): boolean => written.includes('the hub is ready');
  await eventually('the hub process is ready', () => isReady() || !isRunning(), START_MS);
  if (!isReady()) throw new Error(`the hub ended with ${child.exitCode ?? child.signalCode}: ${written}`);
  return { log: () => written, end, isRunning };
}
