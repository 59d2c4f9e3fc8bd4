import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { ChangeHandler } from '../../shared/controller/informer.ts';
import type { WorkStates } from './delivery.ts';
import { hasDrifted } from './drift.ts';
import type { MemberWatches } from './member-watches.ts';
import { isSameState, type Observed, observedId, type Sight, workKeyOf } from './observed.ts';
import { isLower } from './resource-version.ts';

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
      if (delivery?.applied && !deleted && isAsApplied(delivery.applied, object)) {
        delivery.applied = object; // as our own apply left it, which is known; one copy of it is enough
        continue;
      }
      if (delivery && deleted) delivery.isGone = true;
      const isTakenOver = workKeyOf(object) !== key;
      if (deleted || isTakenOver || (delivery?.applied && hasDrifted(delivery.applied, asTold(object))))
        tell.drifted(key);
      if (delivery) tell.changed(key);
    }
  };
}

/** A member that was restored may give a version of an object again, to another state of it. */
function isAsApplied(applied: Observed, object: Observed): boolean {
  return isSameState(applied, object) && applied.digest === object.digest;
}

function asTold(object: Observed): Sight {
  return { object, upTo: object.metadata.resourceVersion };
}

/**
 * What no change tells of is seen when all objects of a resource are known anew: what came and went while nobody watched, and what a restored member has otherwise
 * than it was applied. Of a list from before an apply nobody can tell whether the member was restored or only answered late: then nothing counts as applied.
 */
export function newListHandler(
  states: WorkStates,
  watches: Pick<MemberWatches, 'look'>,
  drifted: (key: string) => void,
): (type: ResourceType<Unstructured>) => void {
  return (type) => {
    for (const { key, delivery, applied } of appliedOf(states, type)) {
      const { namespace, name } = delivery.identifier;
      const seen = watches.look(type, namespace, name);
      const isFromBefore = isLower(seen.upTo, applied.metadata.resourceVersion);
      if (isFromBefore) delete delivery.applied;
      if (isFromBefore || hasDrifted(applied, seen)) drifted(key);
    }
  };
}

/** Of a resource that the member does not serve (any more) nothing counts as applied. */
export function forgetApplied(
  states: WorkStates,
  type: ResourceType<Unstructured>,
  drifted: (key: string) => void,
): void {
  for (const { key, delivery } of appliedOf(states, type)) {
    delete delivery.applied;
    drifted(key);
  }
}

function* appliedOf(states: WorkStates, type: ResourceType<Unstructured>) {
  for (const [key, { deliveries }] of states.entries()) {
    for (const delivery of deliveries.values()) {
      const { applied } = delivery;
      if (applied && delivery.type && isSameType(delivery.type, type)) yield { key, delivery, applied };
    }
  }
}

function isSameType(one: ResourceType<Unstructured>, other: ResourceType<Unstructured>): boolean {
  return one.group === other.group && one.version === other.version && one.resource === other.resource;
}
