import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import type { Controller, ControllerOptions, Source } from '../../shared/controller/controller.ts';
import type { Informer } from '../../shared/controller/informer.ts';
import { keyOf } from '../../shared/controller/store.ts';
import { type DecisionDeps, heedDecisions } from './orphan-decisions.ts';
import { type OrphanReportDeps, reportOrphans } from './orphan-report.ts';
import { newOrphanWaits } from './orphan-waits.ts';
import { findOrphans } from './orphans.ts';

/** Wires the search for orphaned objects: some time after whatever may have made one, and now and then as long as there are any. */
export interface OrphanController {
  /** There may be other orphans than before, or another decision about them. */
  changed(): void;
  run(signal: AbortSignal): Promise<void>;
}

export type OrphanControllerDeps = DecisionDeps &
  OrphanReportDeps & {
    newController(options: ControllerOptions): Controller;
    informer: Informer<Work>;
    /** A hub or a member that answers again. */
    wakes: NonNullable<ControllerOptions['wakes']>;
  };

const SETTLE_MS = 2000;
const AGAIN_MS = 60_000;
const IDLE_MS = 10 * 60_000;
const BACKOFF = { baseMs: 1000, maxMs: 60_000 };
const KEY = 'orphans';
/** How many orphans the hub was told of. */
const UNKNOWN = Number.POSITIVE_INFINITY;

export function newOrphanController(deps: OrphanControllerDeps): OrphanController {
  const { clock, log, informer, wakes } = deps;
  const waits = newOrphanWaits(clock);
  let told = UNKNOWN; // by whoever was there before
  let worksTold = new Set<string>();
  const controller = deps.newController({
    ...{ clock, log, wakes, backoff: BACKOFF, name: 'orphans', sources: [firstList(informer)] },
    reconcile: async (_key, signal) => {
      if (!informer.hasSynced()) return { requeueAfterMs: SETTLE_MS };
      await heedDecisions(deps, waits, signal);
      const orphans = await findOrphans(deps, signal);
      if (orphans.length > 0 || told > 0) {
        told = UNKNOWN; // a part of it, if it fails
        await reportOrphans(deps, orphans, waits, signal);
      }
      told = orphans.length;
      worksTold = new Set(orphans.map(({ work }) => work));
      const againMs = orphans.length > 0 ? AGAIN_MS : IDLE_MS;
      return { requeueAfterMs: Math.min(againMs, waits.nextInMs() ?? againMs) };
    },
  });
  const changed = (): void => controller.enqueueAfter(KEY, SETTLE_MS);
  // A Work that names them, made anew or changed, takes them over.
  informer.addHandler(({ object, previous }) => {
    if (object.metadata.generation !== previous?.metadata.generation && worksTold.has(keyOf(object))) changed();
  });
  return {
    changed,
    run: (signal) => controller.run(signal),
  };
}

/** Nothing is known to be missing before the hub has told its Works. */
function firstList(informer: Informer<Work>): Source {
  return {
    name: informer.type.resource,
    synced: () => informer.synced(),
    subscribe: (enqueue) => {
      enqueue(KEY);
      return () => undefined;
    },
  };
}
