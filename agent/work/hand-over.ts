import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { keyOf } from '../../shared/controller/store.ts';
import { findOwn, type Removal, type RemovalDeps, type Removed } from './delete-object.ts';
import { manifestsOf, objectId } from './manifest.ts';
import { isDelivered } from './work-view.ts';

/**
 * An object that moves from one Work to another stays as it is: the one that lets go of it deletes nothing that another names, but keeps it on record until that one has taken it over, marks and
 * all. A Work that is suspended is waited for too.
 */
export interface HandOverDeps extends RemovalDeps {
  /** The Works of the hub whose manifests name the object, by its id. */
  worksNaming(id: string): Work[];
  /** The Work may have the object now; if it was refused it before, it is delivered again. */
  offer(work: Work, id: string): void;
}

/** What has become of an object that another Work names; undefined if none does. */
export async function handOver(
  deps: HandOverDeps,
  removal: Removal,
  signal: AbortSignal,
): Promise<Removed | undefined> {
  const id = objectId(removal.object);
  const isTaker = (work: Work): boolean => keyOf(work) !== removal.workKey && isDelivered(work) && canDeliver(work, id);
  const taker = deps.worksNaming(id).find(isTaker);
  if (!taker) return undefined;
  const found = await findOwn(deps, removal, signal);
  if (found === 'gone' || found === 'foreign') return { is: found };
  if (found.metadata.deletionTimestamp) return undefined;
  deps.offer(taker, id);
  return { is: 'pending', heldBy: `until Work ${keyOf(taker)}, which names it, has taken it over` };
}

/** A manifest that can't be used takes nothing over. */
function canDeliver(work: Work, id: string): boolean {
  return manifestsOf(work).some((manifest) => manifest.id === id && manifest.problem === undefined);
}
