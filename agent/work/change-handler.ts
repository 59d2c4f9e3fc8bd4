import type { ChangeHandler } from '../../shared/controller/informer.ts';
import type { WorkStates } from './delivery.ts';
import { hasDrifted } from './drift.ts';
import { isSameState, type Observed, observedId, workKeyOf } from './observed.ts';

/**
 * What a change of an object in the member means for the Work that it came from: drift to undo, or news for its status. An object that leaves the
 * watch was deleted, or has lost our label, which is the same to us. A Work is looked at when its object becomes another's: it may have waited for that.
 */
export function newChangeHandler(
  states: WorkStates,
  tell: { drifted(key: string): void; changed(key: string): void },
): ChangeHandler<Observed> {
  return ({ object, previous, deleted }) => {
    const keys = new Set([workKeyOf(object), previous && workKeyOf(previous)]);
    for (const key of keys) {
      if (key === undefined) continue;
      const state = states.get(key);
      const delivery = state?.deliveries.get(observedId(object));
      if (state?.isApplying && !deleted) continue;
      if (delivery?.applied && !deleted && isSameState(delivery.applied, object)) {
        delivery.applied = object; // as our own apply left it, which is known; one copy of it is enough
        continue;
      }
      if (delivery && deleted) delivery.isGone = true;
      const isTakenOver = workKeyOf(object) !== key;
      if (deleted || isTakenOver || (delivery?.applied && hasDrifted(delivery.applied, object))) tell.drifted(key);
      if (delivery) tell.changed(key);
    }
  };
}
