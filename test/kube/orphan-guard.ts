/**
 * Sees to it that nothing outlives the test process, however that ends: a small shell beside it reads a pipe whose other end
 * only the test process holds. When the pipe closes, by `release()` or because the process is gone (SIGKILL included, which no
 * exit handler sees), the shell kills what it was told to guard and removes the folder.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Guards processes and a folder until released. */
export interface OrphanGuard {
  /** Replaces the list of guarded processes. */
  guard(pids: readonly number[]): void;
  /** Kills what is guarded, removes the folder, and resolves when both have happened. */
  release(): Promise<void>;
}

/** Each line is the whole list; the last one counts. Files may still appear while the processes die, hence the second try. */
const script = [
  'while read -r line; do pids=$line; done',
  '[ -z "$pids" ] || kill -KILL $pids 2>/dev/null',
  'rm -rf -- "$1" 2>/dev/null || { sleep 1; rm -rf -- "$1"; }',
].join('\n');

/** Starts guarding `dir`. In a session of its own, so that a Ctrl-C in the terminal does not end the guard first. */
export function newOrphanGuard(dir: string): OrphanGuard {
  const shell = spawn('/bin/sh', ['-c', script, 'orphan-guard', dir], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const gone = once(shell, 'close');
  shell.stdin.on('error', () => {}); // The shell is gone: release() notices.
  shell.unref();
  return {
    guard: (pids) => void shell.stdin.write(`${pids.join(' ')}\n`),
    release: async () => {
      shell.ref();
      shell.stdin.end();
      await gone;
    },
  };
}
