import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import type { Source } from '../../shared/controller/controller.ts';
import { keyOf } from '../../shared/controller/store.ts';
import { findOwn, type Removal, type RemovalDeps, type Removed } from './delete-object.ts';
import type { Inventory } from './inventory.ts';
import { namedIds, objectId } from './manifest.ts';
import { isDelivered } from './work-view.ts';

/**
 * An object that moves from one Work to another stays as it is: the one that lets go of it deletes nothing that another names, but keeps it on record until that one has taken it over, marks and
 * all. A Work that is suspended is waited for too, and one whose manifest can't be used as it is: a mistake in it is no reason to delete.
 * It may be the same Work, which has come to name it again meanwhile.
 */
export interface HandOverDeps extends RemovalDeps {
  inventory: Pick<Inventory, 'withObject'>;
  getWork(key: string): Work | undefined;
  /** The Works of the hub whose manifests name the object, by its id. */
  worksNaming(id: string): Work[];
  /** The Work may have the object now: if it was refused it before, it is delivered again. Who offers it is looked at again when that Work changes. */
  offer(work: Work, object: { id: string; from: string }): void;
}

/** What may be left of an object that its Work lets go of; `offered`: another is to have it, `kept`: its Work is not applied yet. Both may take weeks. */
export type LetGo = Removed | { is: 'offered' | 'kept'; heldBy: string };

/** What has become of an object that a Work names by now, or that is not this one's; undefined if it is this one's, and nobody is to have it. */
export async function handOver(deps: HandOverDeps, removal: Removal, signal: AbortSignal): Promise<LetGo | undefined> {
  const found = await findOwn(deps, removal, signal);
  if (found === 'gone' || found === 'foreign') return { is: found };
  if (found.metadata.deletionTimestamp) return undefined;
  const id = objectId(removal.object);
  const taker = deps.worksNaming(id).find(isDelivered) ?? delivererOf(deps, { id, uid: found.metadata.uid ?? '' });
  if (!taker) return undefined;
  if (keyOf(taker) === removal.workKey && !namedIds(taker).includes(id)) return { is: 'foreign' };
  deps.offer(taker, { id, from: removal.workKey });
  return { is: 'offered', heldBy: `until Work ${keyOf(taker)}, which names it, has taken it over` };
}

/** Who delivers the very object under another id: some kinds are served in two groups, as the Events of Kubernetes and the roles of OpenShift. */
function delivererOf({ inventory, getWork }: HandOverDeps, { id, uid }: { id: string; uid: string }): Work | undefined {
  for (const [workUid, { work, objects }] of inventory.withObject(uid)) {
    const same = objects.find((object) => object.uid === uid && !object.orphaned && objectId(object) !== id);
    const deliverer = same && getWork(work);
    if (deliverer?.metadata.uid !== workUid || !isDelivered(deliverer)) continue;
    if (same && namedIds(deliverer).includes(objectId(same))) return deliverer;
  }
  return undefined;
}

/** Which Works wait until another has taken over what they offered it. */
export interface Offers {
  note(taker: string, giver: string): void;
  /** Those that wait for a Work that has changed. */
  readonly source: Source;
}

export function newOffers(changes: Source): Offers {
  const givers = new Map<string, Set<string>>();
  const waitingFor = (taker: string): Iterable<string> => {
    const waiting = givers.get(taker) ?? [];
    givers.delete(taker);
    return waiting;
  };
  return {
    note: (taker, giver) => void givers.set(taker, (givers.get(taker) ?? new Set()).add(giver)),
    source: {
      ...changes,
      synced: async () => {}, // nothing is on offer before the first delivery, which may come before the hub does
      subscribe: (enqueue) =>
        changes.subscribe((taker) => {
          for (const giver of waitingFor(taker)) enqueue(giver);
        }),
    },
  };
}
