import { getHeapStatistics, setFlagsFromString } from 'node:v8';

const FLAG = /^--heap[-_]growing[-_]percent/;
const MOST_PERCENT = 60;
const LEAST_PERCENT = 20;
/** A heap that grows by more than this is to be collected earlier. */
const GROWTH_BYTES = 96 << 20;
const LOOK_MS = 10_000;

/** The part of V8 that is read and set. */
export interface Engine {
  set(flag: string): void;
  usedBytes(): number;
}

/**
 * Has V8 collect its old objects when the heap has grown by 60 %, a large one by less: what stops all requests meanwhile is longer, the more there is to clear away. V8 alone lets it
 * become up to four times what lives in it, for the speed of programs that have a machine to themselves: under a load of renewals a third of the hub's memory was objects that nobody used
 * any more, and collecting them earlier costs a twentieth of the renewals (figures in test/bench). Who starts node with the flag is not overruled.
 */
export function limitHeapGrowth(nodeFlags: readonly string[] = process.execArgv, engine: Engine = V8): void {
  if (nodeFlags.some((flag) => FLAG.test(flag))) return;
  let current = 0;
  const look = (): void => {
    const percent = growthOf(engine.usedBytes());
    if (percent !== current) engine.set(`--heap-growing-percent=${percent}`);
    current = percent;
  };
  look();
  setInterval(look, LOOK_MS).unref();
}

function growthOf(usedBytes: number): number {
  const percent = Math.round((100 * GROWTH_BYTES) / usedBytes);
  return Math.min(Math.max(percent, LEAST_PERCENT), MOST_PERCENT);
}

const V8: Engine = { set: setFlagsFromString, usedBytes: () => getHeapStatistics().used_heap_size };
