import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { clientOf } from './access.ts';
import { eventually } from './eventually.ts';
import type { TestHub } from './start-hub.ts';
import type { World } from './world.ts';

/** A hub with the embedded API in a process of its own, for what can be done only to a process. */
export interface HubProcess extends TestHub {
  /** SIGKILL: nothing is tidied up. */
  kill(): Promise<void>;
}

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const START_MS = 30_000;

export async function startHubProcess(world: World): Promise<HubProcess> {
  const dataDir = path.join(world.dir, 'hub-process');
  const kubeconfig = path.join(dataDir, 'admin.kubeconfig');
  let child = await spawnHub(dataDir, '127.0.0.1:0');
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  world.onStop('hub process', () => end('SIGKILL'));
  const { transport } = await loadKubeconfig({ path: kubeconfig });
  const { server, caPem = '' } = transport;
  const endpoint = new URL(server).host;
  return {
    endpoint,
    server,
    caPem,
    kubeconfig,
    client: await clientOf(world, kubeconfig),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start: async () => {
      child = await spawnHub(dataDir, endpoint);
    },
  };
}

/** Resolves when it says that it is ready; rejects with what it wrote if it ends before. */
async function spawnHub(dataDir: string, listen: string): Promise<ChildProcess> {
  const args = ['--import', 'tsx', 'services/hub/main.ts', `--data-dir=${dataDir}`, `--listen=${listen}`];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
  let written = '';
  child.stderr.on('data', (chunk) => {
    written += chunk;
  });
  await eventually(
    'the hub process is ready',
    () => {
      if (child.exitCode !== null) throw new Error(`the hub ended with ${child.exitCode}: ${written}`);
      return written.includes('the hub is ready');
    },
    START_MS,
  );
  return child;
}
