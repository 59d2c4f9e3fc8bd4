/** Whose processor time a stage of a benchmark is: the agent's, the servers', process by process, and the benchmark's own. */

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { processorSeconds } from './figures.ts';

/** Seconds since their start, by `ROLE PROGRAM`, as `hub etcd`. */
export type ProcessorTimes = ReadonlyMap<string, number>;

/** Of processes that run, by the role that they play. */
export async function processorTimes(pids: Readonly<Record<string, readonly number[]>>): Promise<ProcessorTimes> {
  const each = Object.entries(pids).flatMap(([role, ids]) =>
    ids.map(async (pid): Promise<[string, number]> => {
      const name = ids.length === 1 ? role : `${role} ${await programOf(pid)}`;
      return [name, await processorSeconds([pid])];
    }),
  );
  return new Map(await Promise.all(each));
}

async function programOf(pid: number): Promise<string> {
  const [command = ''] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  return basename(command);
}

/** What came in between, for each of `works`, in milliseconds: `agent 4.0, hub etcd 2.1`, and the sum. */
export function processorTimePerWork(before: ProcessorTimes, after: ProcessorTimes, works: number): string {
  const each = [...after].map(([name, seconds]): [string, number] => {
    return [name, ((seconds - (before.get(name) ?? 0)) * 1000) / works];
  });
  const all = each.reduce((sum, [, ms]) => sum + ms, 0);
  return [...each, ['all', all] as const].map(([name, ms]) => `${name} ${ms.toFixed(1)}`).join(', ');
}
