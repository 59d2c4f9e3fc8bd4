import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Runs the built command line as a user does: `bin/pullet …`, kubectl, and long-running processes that are ended with the test. */

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const pulletBin = path.join(repository, 'bin/pullet');

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  input?: string;
  /** Milliseconds; the command is killed and the run fails after it. */
  timeoutMs?: number;
}

/** Runs a command to its end; never throws for its exit code. */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<Result> {
  const child = spawn(command, args, { env: { ...process.env, NO_COLOR: '1', ...options.env }, cwd: repository });
  const output = collect(child);
  child.stdin.end(options.input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 120_000);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, ...output };
}

export function pullet(args: string[], options?: RunOptions): Promise<Result> {
  return run(process.execPath, [pulletBin, ...args], options);
}

/** kubectl with its caches in `home`, so that nothing of the user's is read or written. */
export function kubectl(kubeconfig: string, args: string[], options: RunOptions & { home: string }): Promise<Result> {
  return run('kubectl', ['--kubeconfig', kubeconfig, ...args], {
    ...options,
    env: { ...options.env, HOME: options.home },
  });
}

export interface Running {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  /** Sends the signal and waits for the end; the exit code (null if the signal ended it). */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `bin/pullet …` and leaves it running. */
export function startPullet(args: string[], env: Record<string, string> = {}): Running {
  return start(process.execPath, [pulletBin, ...args], env);
}

/** As `kubectl`, left running. */
export function startKubectl(kubeconfig: string, args: string[], { home }: { home: string }): Running {
  return start('kubectl', ['--kubeconfig', kubeconfig, ...args], { HOME: home });
}

function start(command: string, args: string[], env: Record<string, string>): Running {
  const child = spawn(command, args, {
    env: { ...process.env, NO_COLOR: '1', ...env },
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  return {
    child,
    output: collect(child),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const [code] = await closed;
      return code;
    },
  };
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  return output;
}

/** Asks until the answer is there; the last refusal is in the error. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, deadlineMs = 120_000): Promise<T> {
  const end = Date.now() + deadlineMs;
  let last = 'no answer';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${deadlineMs} ms (${last})`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
