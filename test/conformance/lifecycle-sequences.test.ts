/** Random sequences about what happens to objects, not in them: watches, pages, deletions, definitions, rights and requests that are wrong. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBinaries } from '../kube/binaries.ts';
import { garbageSequences } from './garbage-sequences.ts';
import { lifecycleSequences } from './lifecycle-sequences.ts';
import { namespaceSequences } from './namespace-sequences.ts';
import type { Tally } from './play.ts';
import { searchDifferences } from './search.ts';
import { startServedPair } from './served.ts';
import { type ServerPair, startServerPair } from './servers.ts';

const binaries = await ensureBinaries();

/** Of all, a multiple; another seed finds other sequences. One topic can be searched alone (`-t 'odd requests'`). */
const factor = Number(process.env['CONFORMANCE_FACTOR'] ?? 1);
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

  test.each(Object.entries(lifecycleSequences))('%s', async (_topic, { sequences, count }) => {
    const found = await searchDifferences(pair, sequences, { seed, count: count * factor, atOnce: 8, tally });
    expect(found.join('\n\n')).toBe('');
  });
});

describe.runIf('dir' in binaries)('as a kube-apiserver with its controllers', () => {
  let pair: ServerPair;
  const tally: Tally = { sequences: 0, requests: 0 };
  beforeAll(async () => {
    pair = await startServerPair({ hasControllers: true });
  });
  afterAll(async () => {
    process.stdout.write(
      `compared ${tally.sequences} sequences of garbage and of namespaces, ${tally.requests} requests\n`,
    );
    await pair?.stop();
  });

  test('garbage', async () => {
    const found = await searchDifferences(pair, garbageSequences, { seed, count: 12 * factor, atOnce: 8, tally });
    expect(found.join('\n\n')).toBe('');
  });

  test('namespaces that go', async () => {
    const found = await searchDifferences(pair, namespaceSequences, { seed, count: 16 * factor, atOnce: 8, tally });
    expect(found.join('\n\n')).toBe('');
  });
});
