/** Plays many random sequences, the same for the same seed, and reports those that the two servers answer differently, each cut down to what it needs. */

import fc from 'fast-check';
import { type Mismatch, play, type Tally } from './play.ts';
import type { ServerPair } from './servers.ts';
import type { Step } from './step.ts';

export interface SearchOptions {
  readonly seed: number;
  readonly count: number;
  /** Sequences under way at once: most of each is waiting. */
  readonly atOnce: number;
  readonly tally: Tally;
}

/** What is enough to know of a fault; the rest is found when these are gone. */
const enough = Number(process.env['CONFORMANCE_ENOUGH'] ?? 12);

export async function searchDifferences(
  pair: ServerPair,
  sequences: fc.Arbitrary<Step[]>,
  { seed, count, atOnce, tally }: SearchOptions,
): Promise<string[]> {
  const waiting = fc.sample(sequences, { seed, numRuns: count });
  const reports = new Map<string, string>();
  const run = async (): Promise<void> => {
    for (let steps = waiting.shift(); steps && reports.size < enough; steps = waiting.shift()) {
      const mismatch = await play(pair, steps, tally);
      const shortest = mismatch && (await shrunk(pair, steps, mismatch, tally));
      if (!shortest) continue;
      process.stdout.write(`differs:\n${shortest.report}\n`);
      reports.set(shortest.lines.join('\n').replace(/seq-\d+/g, ''), shortest.report);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, run));
  return [...reports.values()];
}

/**
 * Steps are left out one by one, the last first. A difference that does not show when its sequence is played twice more is the moment's, not the servers':
 * it is told in the output, and does not count.
 */
async function shrunk(
  pair: ServerPair,
  steps: readonly Step[],
  first: Mismatch,
  tally: Tally,
): Promise<Mismatch | undefined> {
  let shortest = steps.slice(0, first.step + 1);
  let mismatch = (await play(pair, shortest, tally)) ?? (await play(pair, shortest, tally));
  if (!mismatch) {
    process.stdout.write(`seen once only:\n${first.report}\n`);
    return undefined;
  }
  for (let index = shortest.length - 2; index >= 0; index--) {
    if (shortest[index]?.isNeeded) continue;
    const shorter = shortest.toSpliced(index, 1);
    const again = await play(pair, shorter, tally);
    if (again) [shortest, mismatch] = [shorter, again];
  }
  return mismatch;
}
