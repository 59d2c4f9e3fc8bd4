import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import type { ControllerOptions } from '../../shared/controller/controller.ts';
import { keyOf } from '../../shared/controller/store.ts';
import type { ApplyDeps } from './apply-manifest.ts';
import type { DeliveryDeps } from './controller.ts';
import type { HubHistory } from './hub-history.ts';
import type { Inventory } from './inventory.ts';
import { objectId } from './manifest.ts';

/** When the inventory is written: what is about to be done at once, the rest together some time later. Now and then it is looked whether it is still there as it was written. */

export type InventoryKeeperDeps = Pick<DeliveryDeps, 'clock' | 'log' | 'newController'> & {
  /** A member that answers again. */
  wakes: NonNullable<ControllerOptions['wakes']>;
};

export interface InventoryKeeper {
  onDirty(): void;
  /** Writes until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const DELAY_MS = 2000;
/** A member that takes long to write is left alone for longer. */
const REST_FACTOR = 10;
/** Rights, or room in a quota, come by a person's hand. */
const REFUSED_MS = 30_000;
const BACKOFF = { baseMs: 500, maxMs: 30_000 };
const KEY = 'inventory';
const LOOK = 'look';
const LOOK_EVERY_MS = 10 * 60_000;

/** Where many Works are delivered one after the other, what could be written waits for a quiet moment, but no longer than this: each write is of all that is kept. */
const MAX_BUSY_MS = 15_000;
const MANY_CHANGES = 50;
const QUIET_MS = 1000;

export function newInventoryKeeper(
  { clock, log, wakes, newController }: InventoryKeeperDeps,
  { flush, lookAtKept }: Pick<Inventory, 'flush' | 'lookAtKept'>,
): InventoryKeeper {
  let tookMs = 0;
  let changes = { count: 0, firstMs: 0, lastMs: 0 };
  const isToWait = (): boolean =>
    changes.count > MANY_CHANGES &&
    clock.monotonic() < Math.min(changes.lastMs + QUIET_MS, changes.firstMs + MAX_BUSY_MS);
  const controller = newController({
    ...{ clock, log, wakes, backoff: BACKOFF, name: 'inventory', sources: [] },
    reconcile: async (key, signal) => {
      if (key === LOOK) {
        await lookAtKept(signal).catch((error: unknown) =>
          log.debug({ err: error }, 'could not look at the kept state'),
        );
        return { requeueAfterMs: LOOK_EVERY_MS };
      }
      if (isToWait()) return { requeueAfterMs: QUIET_MS };
      changes = { ...changes, count: 0 };
      const startedMs = clock.monotonic();
      const outcome = await flush(signal);
      tookMs = clock.monotonic() - startedMs;
      return outcome === 'refused' ? { requeueAfterMs: REFUSED_MS } : undefined;
    },
  });
  return {
    onDirty: () => {
      const nowMs = clock.monotonic();
      changes = { count: changes.count + 1, firstMs: changes.count === 0 ? nowMs : changes.firstMs, lastMs: nowMs };
      controller.enqueueAfter(KEY, Math.max(DELAY_MS, tookMs * REST_FACTOR));
    },
    run: (signal) => {
      controller.enqueueAfter(LOOK, LOOK_EVERY_MS);
      return controller.run(signal);
    },
  };
}

/** Writes down which objects are about to be a Work's, and tells which have been. */
export function newIntent(
  inventory: Inventory,
  history: HubHistory,
): Pick<ApplyDeps, 'intend' | 'isRecorded' | 'hasDelivered'> {
  const uidOf = ({ metadata }: Work): string => metadata.uid ?? '';
  return {
    intend: (work, objects) => inventory.intend(uidOf(work), { work: keyOf(work), history: history.last() }, objects),
    isRecorded: (work, id) =>
      inventory.get(uidOf(work))?.objects.some((object) => object.uid !== '' && objectId(object) === id) ?? false,
    hasDelivered: (work, objectUid) => inventory.withObject(objectUid).some(([, record]) => record.work === work),
  };
}
