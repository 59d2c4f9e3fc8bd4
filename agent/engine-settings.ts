import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * What V8 may spend in an agent, which shares its machine with the workloads and rests for most of its life: little memory when nothing comes, and little processor
 * time for the hundreds of Works that may come after a week of rest (figures in test/bench).
 */

/** The old space is collected when it has grown by a third, not when it has doubled or more: after 500 Works 81 instead of 100 MiB, for no more CPU than is lost in the noise. */
const COLLECT_OFTEN = '--heap-growing-percent=30';
/** Four times V8's own: what runs some hundred times is not worth the optimizing compiler, which took a fifth of all processor time for 500 Works, and memory. */
const OPTIMIZE_LATE = '--interrupt-budget=270336';
const LAST_V8_TO_OPTIMIZE_LATE = 11; // Node 20
/**
 * A newer V8 doesn't know that flag, and says so on stderr. It has a quick compiler between that and the interpreter: without the other one 500 Works took as much processor time,
 * and the agent 93 instead of 101 MiB after them, since the compiler's own code is never read. Without both it would have 88, for a quarter more processor time.
 */
const OPTIMIZE_QUICKLY = '--no-turbofan';
const FIRST_V8_TO_OPTIMIZE_QUICKLY = 13; // Node 24

/**
 * Of the space of short-lived objects, both of its halves. V8 begins with 1 MiB, doubles it again and again under load, and may make it small again in a rest. With 8 MiB a fiftieth
 * of the time would be saved, for 5 MiB more.
 */
const MAX_YOUNG_BYTES = 4 << 20;

/** The part of V8 that is set. */
export interface Engine {
  /** As `process.versions` has it. */
  version: string;
  set(flag: string): void;
  /** As large as the space of short-lived objects is now, used or not. */
  youngBytes(): number;
  /** Calls back some time after each collection. */
  onCollected(listener: () => void): void;
}

export function settleEngine(engine: Engine = V8): void {
  engine.set(COLLECT_OFTEN);
  const major = Number.parseInt(engine.version, 10);
  if (major <= LAST_V8_TO_OPTIMIZE_LATE) engine.set(OPTIMIZE_LATE);
  if (major >= FIRST_V8_TO_OPTIMIZE_QUICKLY) engine.set(OPTIMIZE_QUICKLY);
  let grows = true;
  engine.onCollected(() => {
    const mayGrow = engine.youngBytes() < MAX_YOUNG_BYTES;
    if (mayGrow !== grows) engine.set(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`);
    grows = mayGrow;
  });
}

const V8: Engine = {
  version: process.versions.v8,
  set: setFlagsFromString,
  youngBytes: () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0,
  onCollected: (listener) => new PerformanceObserver(listener).observe({ entryTypes: ['gc'] }),
};
