import { isConflict } from '../../shared/apis/meta/status-error.ts';
import { EXECUTION_FINALIZER, type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import type { ReconcileResult } from '../../shared/controller/controller.ts';
import { hasFinalizer } from '../../shared/controller/finalizers.ts';
import { keyOf, splitKey } from '../../shared/controller/store.ts';
import { inSteps } from './apply-order.ts';
import { deleteObject, type Removal, releaseObject } from './delete-object.ts';
import { removeExecutionFinalizer } from './finalizer.ts';
import { describe, manifestsOf, objectId } from './manifest.ts';
import type { WorkDeps } from './reconcile.ts';

/**
 * Takes away what a Work delivered, after the Work itself was seen with a deletion timestamp: in the reverse order of applying, each step
 * really gone before the next, and then our finalizer, so that the Work vanishes last.
 */

const LOOK_AGAIN_MS = 1000;

export async function deleteWork(
  deps: WorkDeps,
  work: Work,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const key = keyOf(work);
  if (hasFinalizer(work, EXECUTION_FINALIZER)) {
    const removals = await removalsOf(deps, work, signal);
    if (work.spec.preserveResourcesOnDeletion) {
      await Promise.all(removals.map((removal) => releaseObject(deps, removal, signal)));
    } else {
      const pending = await deleteInSteps(deps, removals, signal);
      if (pending.length > 0) {
        deps.log.debug({ work: key, waitingFor: pending }, 'waiting until the objects are gone');
        return { requeueAfterMs: LOOK_AGAIN_MS };
      }
    }
    await letGo(deps, work, signal);
  }
  deps.inventory.remove(work.metadata.uid ?? '');
  deps.states.forget(key);
  return undefined;
}

/** Everything that the Work names or, by the inventory, has delivered. */
async function removalsOf(deps: WorkDeps, work: Work, signal: AbortSignal): Promise<Removal[]> {
  const named = manifestsOf(work)
    .filter(({ problem }) => problem === undefined)
    .map(({ identifier, object }) => ({ ...identifier, group: identifier.group ?? '', apiVersion: object.apiVersion }));
  const recorded = deps.inventory.get(work.metadata.uid ?? '')?.objects ?? [];
  const objects = new Map([...recorded, ...named].map((object) => [objectId(object), object]));
  const removals = await Promise.all(
    [...objects.values()].map(async (object) => {
      const type = await deps.resourceFor(object.apiVersion, object.kind, signal);
      return type ? [{ type, object, workKey: keyOf(work) }] : [];
    }),
  );
  return removals.flat();
}

/** The objects of the first step that isn't finished, in words. */
async function deleteInSteps(deps: WorkDeps, removals: Removal[], signal: AbortSignal): Promise<string[]> {
  for (const step of inSteps(removals, ({ object }) => object.kind).reverse()) {
    const results = await Promise.all(step.map((removal) => deleteObject(deps, removal, signal)));
    const pending = step.filter((_, index) => results[index] === 'pending');
    if (pending.length > 0) return pending.map(({ object }) => describe(object));
  }
  return [];
}

async function letGo(deps: WorkDeps, work: Work, signal: AbortSignal): Promise<void> {
  try {
    await removeExecutionFinalizer(deps.hub, work, signal);
  } catch (error) {
    if (!isConflict(error)) throw error;
    const live = await deps.hub.get(works, splitKey(keyOf(work)), { signal });
    if (live.metadata.uid === work.metadata.uid) await removeExecutionFinalizer(deps.hub, live, signal);
  }
}
