/** Random sequences of requests: the embedded API answers each as a kube-apiserver does, and tells the same events. */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBinaries } from '../kube/binaries.ts';
import { play, type Tally } from './play.ts';
import { sequences } from './sequences.ts';
import { startServedPair } from './served.ts';
import type { ServerPair } from './servers.ts';

const binaries = await ensureBinaries();

/** How long to compare, and where to begin; another seed finds other sequences. */
const seconds = Number(process.env['CONFORMANCE_SECONDS'] ?? 45);
const seed = Number(process.env['CONFORMANCE_SEED'] ?? 1);

describe.runIf('dir' in binaries)('as a kube-apiserver', () => {
  let pair: ServerPair;
  const tally: Tally = { sequences: 0, requests: 0 };
  beforeAll(async () => {
    pair = await startServedPair();
  });
  afterAll(async () => {
    process.stdout.write(`compared ${tally.sequences} sequences, ${tally.requests} requests\n`);
    await pair?.stop();
  });

  test(
    'random sequences',
    async () => {
      const agrees = fc.asyncProperty(
        fc.noShrink(fc.array(sequences, { minLength: 4, maxLength: 4 })),
        async (together) => {
          const mismatches = await Promise.all(together.map((steps) => play(pair, steps, tally)));
          const found = mismatches.findIndex((mismatch) => mismatch !== undefined);
          if (found >= 0) throw new Differs(together[found] ?? [], mismatches[found]?.report ?? '');
        },
      );
      const details = await fc.check(agrees, { seed, numRuns: 1_000_000, interruptAfterTimeLimit: seconds * 1000 });
      const { errorInstance } = details;
      if (errorInstance instanceof Differs) throw new Error(await shrunk(errorInstance));
      expect(errorInstance).toBeFalsy();
      expect(tally.sequences).toBeGreaterThan(0);
    },
    (seconds + 120) * 1000,
  );

  /** The report of the shortest part of a sequence that still differs: steps are left out one by one. */
  async function shrunk({ steps, message }: Differs): Promise<string> {
    let [shortest, report] = [steps, message];
    for (let index = steps.length - 1; index >= 0; index--) {
      const shorter = shortest.toSpliced(index, 1);
      const mismatch = await play(pair, shorter, tally);
      if (mismatch) [shortest, report] = [shorter, mismatch.report];
    }
    return report;
  }
});

class Differs extends Error {
  readonly steps: Parameters<typeof play>[1];
  constructor(steps: Parameters<typeof play>[1], report: string) {
    super(report);
    this.steps = steps;
  }
}
