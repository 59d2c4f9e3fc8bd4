import { apiVersionOf } from '../../shared/apis/resource-type.ts';
import { keyOf } from '../../shared/controller/store.ts';
import type { ApplyDeps } from './apply-manifest.ts';
import type { DeliveryDeps } from './controller.ts';
import type { HubHistory } from './hub-history.ts';
import type { Inventory } from './inventory.ts';

/** When the inventory is written: what is about to be done at once, the rest together some time later. */

export interface InventoryKeeper {
  onDirty(): void;
  /** Writes until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const DELAY_MS = 2000;
/** A member that takes long to write is left alone for longer. */
const REST_FACTOR = 5;
const BACKOFF = { baseMs: 500, maxMs: 30_000 };
const KEY = 'inventory';

export function newInventoryKeeper(
  { clock, log, newController }: Pick<DeliveryDeps, 'clock' | 'log' | 'newController'>,
  flush: Inventory['flush'],
): InventoryKeeper {
  let tookMs = 0;
  const controller = newController({
    ...{ clock, log, backoff: BACKOFF, name: 'inventory', sources: [] },
    reconcile: async (_key, signal) => {
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

/** Writes down that an object is about to be a Work's. */
export function newIntent(inventory: Inventory, history: HubHistory): ApplyDeps['intend'] {
  return async (work, type, { kind, namespace, name }, uid = '') => {
    const whose = { work: keyOf(work), history: history.last() };
    const object = {
      apiVersion: apiVersionOf(type),
      group: type.group,
      kind,
      ...(namespace ? { namespace } : {}),
      name,
      uid,
    };
    await inventory.intend(work.metadata.uid ?? '', whose, object);
  };
}
