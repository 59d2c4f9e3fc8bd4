/** The topics of the search, and how many sequences of each are played. */

import type fc from 'fast-check';
import type { Step } from './step.ts';
import { watchSequences } from './watch-sequences.ts';

export interface Topic {
  readonly sequences: fc.Arbitrary<Step[]>;
  readonly count: number;
}

export const lifecycleSequences: Readonly<Record<string, Topic>> = {
  watches: { sequences: watchSequences, count: 200 },
};
