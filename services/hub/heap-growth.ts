import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { limitYoungSpace, type YoungSpace } from '../../shared/process/young-space.ts';

const OLD_FLAG = /^--heap[-_]growing[-_]percent/;
const MOST_PERCENT = 60;
const LEAST_PERCENT = 20;
/** A heap that grows by more than this is to be collected earlier. */
const GROWTH_BYTES = 96 << 20;
const LOOK_MS = 10_000;

const YOUNG_FLAG = /^--(max[-_]|min[-_])?semi[-_]space/;
/** The bound that V8 of Node 20 has. With four times as much, as Node 24 has it, the hub takes a hundred MiB more under a load of renewals, and makes no more of them. */
const MAX_YOUNG_BYTES = 32 << 20;

/** The part of V8 that is read and set. */
export interface OldSpace {
  set(flag: string): void;
  usedBytes(): number;
}

/**
 * Bounds how far the heap grows with objects that nobody uses any more, the old and the young. V8 alone is made for the speed of programs that have a machine to themselves. Who starts node
 * with flags for either, on its command line or in NODE_OPTIONS, is not overruled.
 */
export function limitHeapGrowth(
  { execArgv, env }: Pick<NodeJS.Process, 'execArgv' | 'env'> = process,
  old: OldSpace = V8,
  young?: YoungSpace,
): void {
  const nodeFlags = [...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/\s+/)];
  const isSet = (pattern: RegExp): boolean => nodeFlags.some((flag) => pattern.test(flag));
  if (!isSet(OLD_FLAG)) limitOldSpace(old);
  if (!isSet(YOUNG_FLAG)) limitYoungSpace(MAX_YOUNG_BYTES, young);
}

/**
 * Has V8 collect its old objects when the heap has grown by 60 %, a large one by less: what stops all requests meanwhile is longer, the more there is to clear away. V8 alone lets it
 * become up to four times what lives in it: under a load of renewals a third of the hub's memory was objects that nobody used any more, and collecting them earlier costs a
 * twentieth of the renewals (figures in test/bench).
 */
function limitOldSpace(old: OldSpace): void {
  let current = 0;
  const look = (): void => {
    const percent = growthOf(old.usedBytes());
    if (percent !== current) old.set(`--heap-growing-percent=${percent}`);
    current = percent;
  };
  look();
  setInterval(look, LOOK_MS).unref();
}

function growthOf(usedBytes: number): number {
  const percent = Math.round((100 * GROWTH_BYTES) / usedBytes);
  return Math.min(Math.max(percent, LEAST_PERCENT), MOST_PERCENT);
}

const V8: OldSpace = { set: setFlagsFromString, usedBytes: () => getHeapStatistics().used_heap_size };
