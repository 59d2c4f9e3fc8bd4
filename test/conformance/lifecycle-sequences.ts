/** The topics of the search, and how many sequences of each are played. */

import type fc from 'fast-check';
import { definitionSequences } from './definition-sequences.ts';
import { deletionSequences } from './deletion-sequences.ts';
import { impersonationSequences } from './impersonation-sequences.ts';
import { oddSequences } from './odd-sequences.ts';
import { pageSequences } from './page-sequences.ts';
import { rightsSequences } from './rights-sequences.ts';
import type { Step } from './step.ts';
import { watchSequences } from './watch-sequences.ts';

export interface Topic {
  readonly sequences: fc.Arbitrary<Step[]>;
  readonly count: number;
}

/** Those on which the two are found to agree, save for what is intended: played in CI. */
export const lifecycleSequences: Readonly<Record<string, Topic>> = {
  pages: { sequences: pageSequences, count: 60 },
  deletions: { sequences: deletionSequences, count: 80 },
  rights: { sequences: rightsSequences, count: 40 },
  watches: { sequences: watchSequences, count: 80 },
  impersonation: { sequences: impersonationSequences, count: 100 },
  definitions: { sequences: definitionSequences, count: 30 },
};

/** Those that still find differences, or take long: played when asked for (`CONFORMANCE_OPEN=1`). */
export const openSequences: Readonly<Record<string, Topic>> = {
  'odd requests': { sequences: oddSequences, count: 80 },
};
