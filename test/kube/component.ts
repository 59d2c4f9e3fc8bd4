/** One program of the control plane as a child process: its log goes to a file, and its early end is an error with the log's tail. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

const tailLines = 25;

/** What to run: the program, its flags, and where its output goes. */
export interface ComponentCommand {
  readonly path: string;
  readonly flags: readonly string[];
  readonly logPath: string;
}

/** A program that was started. */
export interface Component {
  readonly name: string;
  readonly pid: number;
  /** Throws, with the last lines of the log, if the program has ended. */
  throwIfEnded(): Promise<void>;
  /** The last lines of its log so far. */
  logTail(): Promise<string>;
  /** Kills it (SIGKILL: the data is for the test only, and a graceful end takes seconds) and resolves once it is gone. */
  kill(): Promise<void>;
}

/** Starts the program; rejects if there is no such file. Its log is appended to, so a restart keeps what was said before. */
export async function startComponent(command: ComponentCommand): Promise<Component> {
  const name = basename(command.path);
  const log = await open(command.logPath, 'a');
  try {
    const child = spawn(command.path, command.flags, { stdio: ['ignore', log.fd, log.fd] });
    await once(child, 'spawn');
    child.unref();
    return newComponent(name, child, command.logPath);
  } finally {
    await log.close();
  }
}

function newComponent(name: string, child: ChildProcess, logPath: string): Component {
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} has no process id`);
  const logTail = async (): Promise<string> =>
    (await readFile(logPath, 'utf8')).trimEnd().split('\n').slice(-tailLines).join('\n');
  return {
    name,
    pid,
    logTail,
    throwIfEnded: async () => {
      if (!hasEnded(child)) return;
      const how = child.signalCode ?? `code ${child.exitCode}`;
      throw new Error(`${name} ended with ${how}; its log's last lines:\n${await logTail()}`);
    },
    kill: () => killAndWait(child),
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function killAndWait(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.ref();
  child.kill('SIGKILL');
  await exited;
}
