import { isDeepStrictEqual } from 'node:util';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import type { Source } from '../../shared/controller/controller.ts';
import type { Informer } from '../../shared/controller/informer.ts';
import { keyOf } from '../../shared/controller/store.ts';
import type { WorkStates } from './delivery.ts';
import { isSameState } from './observed.ts';

/** Which changes of a Work are worth a look: by delivery, and by the writer of its status. */

/** New Works, changed specs, deletions, finalizers that somebody took away; not our own status writes. */
export function specSource(informer: Informer<Work>): Source {
  return filteredSource(informer, hasOtherSpec);
}

/** Statuses that changed under us. What comes back of our own writes is not news, and need be kept but once. */
export function statusSource(informer: Informer<Work>, states: WorkStates): Source {
  return filteredSource(informer, (work, previous) => {
    const state = states.get(keyOf(work));
    if (!state?.latest || !isSameState(state.latest, work)) return !isDeepStrictEqual(work.status, previous.status);
    delete state.latest;
    return false;
  });
}

function filteredSource(informer: Informer<Work>, differs: (work: Work, previous: Work) => boolean): Source {
  return {
    name: informer.type.resource,
    synced: () => informer.synced(),
    subscribe: (enqueue) =>
      informer.addHandler(({ object, previous, deleted }) => {
        if (deleted || !previous || differs(object, previous)) enqueue(keyOf(object));
      }),
  };
}

function hasOtherSpec({ metadata }: Work, { metadata: before }: Work): boolean {
  return (
    metadata.uid !== before.uid ||
    metadata.generation !== before.generation ||
    metadata.deletionTimestamp !== before.deletionTimestamp ||
    !isDeepStrictEqual(metadata.finalizers, before.finalizers) ||
    !isDeepStrictEqual(metadata.annotations, before.annotations)
  );
}
