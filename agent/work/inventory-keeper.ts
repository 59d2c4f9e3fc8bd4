import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { keyOf } from '../../shared/controller/store.ts';
import type { ApplyDeps } from './apply-manifest.ts';
import type { DeliveryDeps } from './controller.ts';
import type { HubHistory } from './hub-history.ts';
import type { Inventory } from './inventory.ts';
import { objectId } from './manifest.ts';

/** When the inventory is written: what is about to be done at once, the rest together some time later. */

export interface InventoryKeeper {
  onDirty(): void;
  /** Writes until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const DELAY_MS = 2000;
/** A member that takes long to write is left alone for longer. */
const REST_FACTOR = 10;
const BACKOFF = { baseMs: 500, maxMs: 30_000 };
const KEY = 'inventory';

/** So long what could be written waits for more while Works are being delivered one after the other: a write is of all that a part of them holds. */
const MAX_BUSY_MS = 15_000;
const BUSY_LOOK_MS = 1000;

export function newInventoryKeeper(
  { clock, log, newController }: Pick<DeliveryDeps, 'clock' | 'log' | 'newController'>,
  { flush, isBusy }: Pick<Inventory, 'flush'> & { isBusy(): boolean },
): InventoryKeeper {
  let tookMs = 0;
  let busySinceMs: number | undefined;
  const isToWait = (): boolean => {
    busySinceMs = isBusy() ? (busySinceMs ?? clock.now()) : undefined;
    return busySinceMs !== undefined && clock.now() < busySinceMs + MAX_BUSY_MS;
  };
  const controller = newController({
    ...{ clock, log, backoff: BACKOFF, name: 'inventory', sources: [] },
    reconcile: async (_key, signal) => {
      if (isToWait()) return { requeueAfterMs: BUSY_LOOK_MS };
      busySinceMs = undefined;
      const startedMs = clock.now();
      await flush(signal);
      tookMs = clock.now() - startedMs;
      return undefined;
    },
  });
  return {
    onDirty: () => controller.enqueueAfter(KEY, Math.max(DELAY_MS, tookMs * REST_FACTOR)),
    run: (signal) => controller.run(signal),
  };
}

/** Writes down which objects are about to be a Work's. */
export function newIntent(inventory: Inventory, history: HubHistory): Pick<ApplyDeps, 'intend' | 'isRecorded'> {
  const uidOf = ({ metadata }: Work): string => metadata.uid ?? '';
  return {
    intend: (work, objects) => inventory.intend(uidOf(work), { work: keyOf(work), history: history.last() }, objects),
    isRecorded: (work, id) =>
      inventory.get(uidOf(work))?.objects.some((object) => object.uid !== '' && objectId(object) === id) ?? false,
  };
}
