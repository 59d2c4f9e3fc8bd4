import { setFlagsFromString } from 'node:v8';
import { limitYoungSpace } from '../shared/process/young-space.ts';

/**
 * What V8 may spend in an agent, which shares its machine with the workloads and rests for most of its life: little memory when nothing comes, and little processor
 * time for the hundreds of Works that may come after a week of rest (figures in test/bench).
 */
export function settleEngine(): void {
  for (const flag of engineFlags(process.versions.v8)) setFlagsFromString(flag);
  limitYoungSpace(MAX_YOUNG_BYTES);
}

/** The old space is collected when it has grown by a third, not when it has doubled or more: after 500 Works 81 instead of 100 MiB, for no more CPU than is lost in the noise. */
const COLLECT_OFTEN = '--heap-growing-percent=30';

/** Four times V8's own: what runs some hundred times is not worth the optimizing compiler, which took a fifth of all processor time for 500 Works, and memory. */
const OPTIMIZE_LATE = '--interrupt-budget=270336';
const LAST_V8_TO_OPTIMIZE_LATE = 11; // Node 20
/**
 * A newer V8 doesn't know that flag, and says so on stderr. It has a quick compiler between that and the interpreter: without the other one 500 Works took as much processor time,
 * and the agent had 94 instead of 102 MiB after them, since the compiler's own code is never read. Without both it would have 89, for a quarter more processor time.
 */
const OPTIMIZE_QUICKLY = '--no-turbofan';
const FIRST_V8_TO_OPTIMIZE_QUICKLY = 13; // Node 24

/** With 8 MiB a fiftieth of the time would be saved, for 5 MiB more; with 2 MiB or 1 nothing that can be told. */
const MAX_YOUNG_BYTES = 4 << 20;

/** Those that V8 of a `version`, as `process.versions` has it, knows. */
export function engineFlags(version: string): string[] {
  const major = Number.parseInt(version, 10);
  if (major <= LAST_V8_TO_OPTIMIZE_LATE) return [COLLECT_OFTEN, OPTIMIZE_LATE];
  if (major >= FIRST_V8_TO_OPTIMIZE_QUICKLY) return [COLLECT_OFTEN, OPTIMIZE_QUICKLY];
  return [COLLECT_OFTEN];
}
