import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { processFile, ROOT } from './process-file.ts';
import type { TestMember } from './start-member.ts';
import type { World } from './world.ts';

/** An agent in a process of its own, for what can be done only to a process. */
export interface AgentProcess {
  /** SIGKILL: nothing is tidied up, nothing given back. */
  kill(): Promise<void>;
  /** What it has logged so far. */
  log(): string;
}

export function startAgentProcess(
  world: World,
  member: TestMember,
  hubKubeconfig: string,
  flags: string[] = [],
): AgentProcess {
  const args = [
    ...processFile('agent'),
    `--cluster-name=${member.name}`,
    `--karmada-kubeconfig=${hubKubeconfig}`,
    `--kubeconfig=${member.kubeconfig}`,
    '--metrics-bind-address=0',
    '--health-probe-bind-address=0',
    '--cluster-status-update-frequency=1s',
    ...flags,
  ];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
  let written = '';
  child.stderr.on('data', (chunk) => {
    written += chunk;
  });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  world.onStop(`agent process of ${member.name}`, kill);
  return { kill, log: () => written };
}
