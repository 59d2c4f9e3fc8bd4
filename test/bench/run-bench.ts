/**
 * The frame of every benchmark: a folder of its own, the processes it starts, and the promise that neither is left behind, however it ends
 * (Ctrl-C and SIGKILL included). A benchmark that takes longer than its limit is ended and fails.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { mkdtemp, open, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newOrphanGuard } from '../kube/orphan-guard.ts';

/** A process that a benchmark started; its output is in a file. */
export interface BenchProcess {
  readonly pid: number;
  /** When it was started, by `performance.now()`. */
  readonly startedMs: number;
  /** Throws, with the end of its output, if it is no longer running. */
  throwIfEnded(): Promise<void>;
  /** SIGTERM, then SIGKILL after a few seconds; resolves when it is gone. */
  stop(): Promise<void>;
}

export interface Bench {
  /** Of its own, below the system's temporary folder. */
  readonly dir: string;
  /** Aborts when the benchmark has to end. */
  readonly signal: AbortSignal;
  /** Called at the end, the latest first. */
  onStop(stop: () => Promise<void> | void): void;
  spawn(name: string, command: string, args: readonly string[], env?: Record<string, string>): Promise<BenchProcess>;
}

const STOP_GRACE_MS = 5000;
const TAIL_LINES = 15;

/** Runs `body` and cleans up after it; the exit code tells how it ended. */
export async function runBench(limitMs: number, body: (bench: Bench) => Promise<void>): Promise<void> {
  const ending = new AbortController();
  setMaxListeners(0, ending.signal); // Every watch listens to it.
  const timer = setTimeout(() => ending.abort(new Error(`took longer than ${limitMs / 1000} s`)), limitMs);
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => ending.abort(new Error(`ended by ${name}`)));
  const { bench, stop } = await newBench(ending.signal);
  const aborted = once(ending.signal, 'abort').then(() => Promise.reject(ending.signal.reason));
  try {
    await Promise.race([body(bench), aborted]);
  } catch (error) {
    console.error(error);
    await printLogs(bench.dir);
    process.exitCode = 1;
  } finally {
    clearTimeout(timer);
    await stop();
  }
  process.exit();
}

async function printLogs(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (name.endsWith('.log')) console.error(`--- ${name}\n${await tailOf(join(dir, name))}`);
  }
}

async function tailOf(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}

async function newBench(signal: AbortSignal): Promise<{ bench: Bench; stop(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'pullet-bench-'));
  const guard = newOrphanGuard(dir);
  const pids = new Set<number>();
  const stops: (() => Promise<void> | void)[] = [];
  const bench: Bench = {
    dir,
    signal,
    onStop: (stop) => void stops.push(stop),
    spawn: async (name, command, args, env) => {
      const { child, started } = await spawnLogged(join(dir, `${name}.log`), command, args, env);
      pids.add(started.pid);
      guard.guard([...pids]);
      child.once('exit', () => pids.delete(started.pid));
      stops.push(started.stop);
      return started;
    },
  };
  return {
    bench,
    stop: async () => {
      for (const stop of stops.reverse()) await Promise.resolve(stop()).catch((error: unknown) => console.error(error));
      await guard.release();
    },
  };
}

async function spawnLogged(
  logPath: string,
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; started: BenchProcess }> {
  const log = await open(logPath, 'a');
  const startedMs = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', log.fd, log.fd], env: { ...process.env, ...env } });
  await once(child, 'spawn').finally(() => log.close());
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const started: BenchProcess = {
    pid: child.pid ?? 0,
    startedMs,
    throwIfEnded: async () => {
      if (!hasEnded()) return;
      throw new Error(`${command} ended with ${child.signalCode ?? child.exitCode}:\n${await tailOf(logPath)}`);
    },
    stop: async () => {
      if (hasEnded()) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
      await exited;
      clearTimeout(timer);
    },
  };
  return { child, started };
}
