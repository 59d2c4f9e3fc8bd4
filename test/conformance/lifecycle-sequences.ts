/** The topics of the search, and how many sequences of each are played. */

import type fc from 'fast-check';
import { applierSequences } from './applier-sequences.ts';
import { builtinSequences } from './builtin-sequences.ts';
import { definitionSequences } from './definition-sequences.ts';
import { deletionSequences } from './deletion-sequences.ts';
import { formSequences } from './form-sequences.ts';
import { impersonationSequences } from './impersonation-sequences.ts';
import { oddSequences } from './odd-sequences.ts';
import { pageSequences } from './page-sequences.ts';
import { rightsSequences } from './rights-sequences.ts';
import { schemaSequences } from './schema-sequences.ts';
import type { Step } from './step.ts';
import { watchSequences } from './watch-sequences.ts';

export interface Topic {
  readonly sequences: fc.Arbitrary<Step[]>;
  readonly count: number;
}

/** The two are found to agree on them, save for what is intended. */
export const lifecycleSequences: Readonly<Record<string, Topic>> = {
  pages: { sequences: pageSequences, count: 45 },
  deletions: { sequences: deletionSequences, count: 50 },
  rights: { sequences: rightsSequences, count: 40 },
  watches: { sequences: watchSequences, count: 60 },
  impersonation: { sequences: impersonationSequences, count: 45 },
  appliers: { sequences: applierSequences, count: 60 },
  definitions: { sequences: definitionSequences, count: 30 },
  schemas: { sequences: schemaSequences, count: 30 },
  forms: { sequences: formSequences, count: 40 },
  'built-in kinds': { sequences: builtinSequences, count: 50 },
  'odd requests': { sequences: oddSequences, count: 80 },
};
