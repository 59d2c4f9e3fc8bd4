/** Whose processor time a stage of a benchmark is: the agent's, the servers', process by process, and the benchmark's own. */

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { processorSeconds } from './figures.ts';

/** Seconds since their start, by `ROLE PROGRAM`, as `hub etcd`. */
export type ProcessorTimes = ReadonlyMap<string, number>;

/** Of the machine, since it was started: what ran on it, and what whoever it runs on took from it. */
export const MACHINE = 'machine';

/** Of processes that run, by the role that they play, and of the machine. */
export async function processorTimes(pids: Readonly<Record<string, readonly number[]>>): Promise<ProcessorTimes> {
  const each = Object.entries(pids).flatMap(([role, ids]) =>
    ids.map(async (pid): Promise<[string, number]> => {
      const name = ids.length === 1 ? role : `${role} ${await programOf(pid)}`;
      return [name, await processorSeconds([pid])];
    }),
  );
  return new Map([...(await Promise.all(each)), [MACHINE, await machineSeconds()]]);
}

async function machineSeconds(): Promise<number> {
  const [first = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = first.split(/ +/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) / 100;
}

async function programOf(pid: number): Promise<string> {
  const [command = ''] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  return basename(command);
}

/** For each of `works`, in milliseconds: `agent 4.0, hub etcd 2.1`, and the sum. */
export function processorTimePerWork(spent: ProcessorTimes, works: number): string {
  const named = [...withoutMachine(spent), ['all', sumOf(spent)] as const];
  return named.map(([name, seconds]) => `${name} ${((seconds * 1000) / works).toFixed(1)}`).join(', ');
}

/** How many processors were used in so many seconds, and how many of them by others: under which load something was measured. */
export function processorsUsed(spent: ProcessorTimes, seconds: number): string {
  const all = spent.get(MACHINE) ?? 0;
  const [used, ofOthers] = [all, all - sumOf(spent)].map((each) => (Math.max(0, each) / seconds).toFixed(2));
  return `${used} processors used, ${ofOthers} of them by others`;
}

function withoutMachine(spent: ProcessorTimes): [string, number][] {
  return [...spent].filter(([name]) => name !== MACHINE);
}

function sumOf(spent: ProcessorTimes): number {
  return withoutMachine(spent).reduce((sum, [, seconds]) => sum + seconds, 0);
}
