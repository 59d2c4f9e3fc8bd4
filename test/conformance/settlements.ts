/** Waiting for what a server does on its own, by its traces. Each gives up after a while: what is missing then shows as a difference. */

import type { ConformanceServer } from './servers.ts';
import { settleCollector } from './settle-collector.ts';
import { settleDefinition } from './settle-definition.ts';
import { settleRights } from './settle-rights.ts';
import type { Memory, Step } from './step.ts';

type Settlement = (server: ConformanceServer, memory: Memory) => Promise<void>;

export const settlements: Readonly<Record<NonNullable<Step['settles']> | 'collector', Settlement>> = {
  rights: settleRights,
  definition: settleDefinition,
  collector: settleCollector,
};
