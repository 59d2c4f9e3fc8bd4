/** Single requests that are about HTTP, queries, bodies and verbs rather than about one kind. */

import { accessCases } from './access-cases.ts';
import { bodyCases, metadataCases } from './body-cases.ts';
import { deletionCases } from './deletion-cases.ts';
import { listPatchGroups } from './list-patch-cases.ts';
import { patchCases } from './patch-cases.ts';
import { protobufGroups } from './protobuf-cases.ts';
import { acceptCases, compressionCases, queryCases } from './query-cases.ts';
import { scaleCases } from './scale-cases.ts';
import type { Case } from './single-changes.ts';
import { verbCases } from './verb-cases.ts';

/** By what they are about. */
export const protocolGroups: Readonly<Record<string, Case[]>> = {
  'bodies are read': bodyCases,
  'metadata is checked': metadataCases,
  'queries are understood': queryCases,
  'representations are negotiated': acceptCases,
  'large answers are compressed': compressionCases,
  ...protobufGroups,
  'paths and verbs are known': verbCases,
  'patches are done': patchCases,
  ...listPatchGroups,
  'deletions are done': deletionCases,
  'scales are set': scaleCases,
  'rights are decided': accessCases,
};
