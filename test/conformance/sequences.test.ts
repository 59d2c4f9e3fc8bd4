/** Random sequences of requests on a few objects of each kind: the embedded API answers each as a kube-apiserver does, and tells the same events. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBinaries } from '../kube/binaries.ts';
import { kinds } from './kinds.ts';
import type { Tally } from './play.ts';
import { searchDifferences } from './search.ts';
import { sequencesOn } from './sequences.ts';
import { startServedPair } from './served.ts';
import type { ServerPair } from './servers.ts';

const binaries = await ensureBinaries();

/** Of each kind; a factor plays more, another seed others. */
const count = 80 * Number(process.env['CONFORMANCE_FACTOR'] ?? 1);
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

  test.each(kinds.map((kind) => [kind.kind, kind] as const))('writes of a %s', async (_name, kind) => {
    const found = await searchDifferences(pair, sequencesOn(kind), { seed, count, atOnce: 6, tally });
    expect(found.join('\n\n')).toBe('');
  });
});
