import { isDryRun } from '../../shared/apis/work/dry-run.ts';
import { EXECUTION_FINALIZER, UPWARD_LABEL, type Work } from '../../shared/apis/work/v1alpha1.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { Source } from '../../shared/controller/controller.ts';
import { hasFinalizer } from '../../shared/controller/finalizers.ts';
import type { Informer } from '../../shared/controller/informer.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { keyOf } from '../../shared/controller/store.ts';
import type { Inventory } from './inventory.ts';
import { specSource } from './work-source.ts';

/**
 * The Works that are delivered: those of the hub or, as long as the hub hasn't been heard of since the start, the last known ones. Those are only ever applied, after
 * the hub has had a few seconds to tell of newer ones.
 */
export interface WorkView {
  get(key: string): Work | undefined;
  /** Whether the hub has told its Works; else nothing is written to it, and nothing deleted. */
  isLive(): boolean;
  readonly source: Source;
}

export interface WorkViewOptions {
  informer: Informer<Work>;
  inventory: Inventory;
  clock: Clock;
  log: Logger;
}

export const HUB_GRACE_MS = 5000;

export function newWorkView({ informer, inventory, clock, log }: WorkViewOptions): WorkView {
  const kept = new Map(inventory.lastKnownWorks().map((work) => [keyOf(work), work]));
  const source = specSource(informer);
  const isLive = (): boolean => informer.hasSynced();
  const graceOver = new Promise<void>((resolve) => {
    if (kept.size > 0) clock.setTimeout(resolve, HUB_GRACE_MS);
  });

  const startWithout = (enqueue: (key: string) => void): void => {
    if (isLive()) return;
    log.warn({ works: kept.size }, 'the hub has not answered: the last known works are delivered');
    for (const key of kept.keys()) enqueue(key);
  };
  const forgetKept = (enqueue: (key: string) => void): void => {
    const missing = [...kept.keys()].filter((key) => !informer.store.get(key));
    kept.clear();
    inventory.forgetWorks();
    for (const key of missing) enqueue(key);
  };

  return {
    isLive,
    get: (key) => (isLive() ? informer.store.get(key) : kept.get(key)),
    source: {
      name: source.name,
      synced: () => Promise.race([source.synced(), graceOver]),
      subscribe: (enqueue) => {
        void graceOver.then(() => startWithout(enqueue));
        informer.synced().then(
          () => forgetKept(enqueue),
          () => undefined, // it ended before: nobody asks any more
        );
        return source.subscribe(enqueue);
      },
    },
  };
}

/** Whether a last known Work is to be kept in the member as it was. One that was being deleted isn't known any more. */
export function isDeliverable(work: Work): boolean {
  return !work.spec.suspendDispatching && hasFinalizer(work, EXECUTION_FINALIZER);
}

/** Made by another agent of the member to tell the hub of EndpointSlices (the wire contract, section 6.8): nothing to deliver. One that has been delivered is none: its objects must not be lost sight of. */
export function isUpward(work: Work): boolean {
  const { metadata, spec } = work;
  const wasDelivered = hasFinalizer(work, EXECUTION_FINALIZER);
  return spec.suspendDispatching === true && metadata.labels?.[UPWARD_LABEL] !== undefined && !wasDelivered;
}

/** Whether what the Work names is to be in the member, now or when it is no longer suspended. */
export function isDelivered(work: Work): boolean {
  return !work.metadata.deletionTimestamp && !isDryRun(work) && !isUpward(work);
}
