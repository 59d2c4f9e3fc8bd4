/** What the benchmarks measure with and print: memory of processes, percentiles, tables. */

import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';

/** Memory of processes together, in MiB, as the kernel counts it. */
export interface Memory {
  /** VmRSS. */
  resident: number;
  /** RssAnon: without the pages of files (the program's, and the store's that are mapped), which are the system's to take back. */
  own: number;
}

export async function memoryMib(pids: readonly number[]): Promise<Memory> {
  const each = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/status`, 'utf8')));
  return { resident: total(each, 'VmRSS') / 1024, own: total(each, 'RssAnon') / 1024 };
}

const total = (statuses: readonly string[], name: string): number =>
  statuses.reduce((sum, status) => sum + Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0), 0);

/** Resident memory of processes together, in MiB (VmRSS). */
export async function residentMib(pids: readonly number[]): Promise<number> {
  return (await memoryMib(pids)).resident;
}

/** The most that a process ever had (VmHWM), in MiB. */
export async function peakResidentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}

/** Processor time of processes together since they started, in seconds. */
export async function processorSeconds(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
    }),
  );
  return each.reduce((sum, seconds) => sum + seconds, 0);
}

/** USER_HZ: 100 on every Linux that Node runs on. */
const CLOCK_TICKS_PER_SECOND = 100;

/** The value below which a share of the samples (0 to 1) lies; NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** What came in between, of counts that only grow. */
export function countsBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Map<string, number> {
  return new Map([...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)]));
}

export function countsTogether(
  one: ReadonlyMap<string, number>,
  other: ReadonlyMap<string, number>,
): Map<string, number> {
  const names = new Set([...one.keys(), ...other.keys()]);
  return new Map([...names].map((name) => [name, (one.get(name) ?? 0) + (other.get(name) ?? 0)]));
}

/** Prints columns of equal width; the first is text, the others are figures. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    console.log(cells.join('   '));
  }
}

/** `1.8×`, or a dash where there is nothing to compare with. */
export function ratio(ours: number, theirs: number | undefined): string {
  return theirs === undefined ? '-' : `${(ours / theirs).toFixed(2)}×`;
}

export function printMachine(): void {
  const [first] = cpus();
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${first?.model.trim()}, Node ${process.version}`,
  );
}
