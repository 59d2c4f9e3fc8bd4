import { isDeepStrictEqual } from 'node:util';
import { newConflict, newNotFound } from '../../../shared/apis/meta/status-error.ts';
import type { DeleteOptions, Status, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Entry } from '../../storage/backend.ts';
import { withVersion } from './create-object.ts';
import { checkPreconditions, isDeletionDone, markedForDeletion } from './deletion.ts';
import { decodeEntry, encoderOver } from './object-codec.ts';
import { preconditionText } from './storage-error.ts';
import { keyOf, type Target } from './target.ts';
import { admit, checkPolicies, type WriteRequest } from './write-request.ts';

export interface Deleted {
  /** The object as it was last, or as it is while something holds it. */
  object: Unstructured;
  isGone: boolean;
}

/** Deletes an object, or marks it when finalizers or a grace period hold it. Throws 404 and 409. */
export async function deleteObject(request: WriteRequest, deleteOptions: DeleteOptions): Promise<Deleted> {
  const { registry, target } = request;
  for (let isAgain = false; ; isAgain = true) {
    if (isAgain) request.context.signal().throwIfAborted();
    const entry = registry.storage.get(keyOf(target));
    if (!entry) throw newNotFound(target.subject);
    const object = decodeEntry(target.definition, entry);
    checkPreconditions(target.definition, object, deleteOptions.preconditions);
    request.strategy.checkDelete?.(object);
    // Each time: it is another object that is deleted now.
    await admit(request, 'DELETE', undefined, object);
    await checkPolicies(request, 'DELETE', undefined, object);
    const deleted = await attempt(request, deleteOptions, entry, object);
    if (deleted) return deleted;
  }
}

/** Undefined when somebody else wrote first. */
async function attempt(request: WriteRequest, deleteOptions: DeleteOptions, entry: Entry, object: Unstructured) {
  const { registry, target, options, strategy, write } = request;
  const isPending = strategy.graceSeconds !== undefined && isInGrace(object, deleteOptions);
  if (strategy.isHeldAsMarked?.(object) || isPending) return { object, isGone: false };
  const prepared = structuredClone(object);
  if (!object.metadata.deletionTimestamp) strategy.prepareForDelete?.(prepared, write.nowMs);
  const marked = markedForDeletion(prepared, {
    policy: strategy.hasNoDependents ? undefined : deleteOptions.propagationPolicy,
    graceSeconds: strategy.deletesPlainly
      ? undefined
      : (strategy.graceSeconds?.(object, askedGrace(deleteOptions)) ?? 0),
    nowMs: write.nowMs,
  });
  const isGone = isDeletionDone(marked, strategy, write.nowMs);
  if (isGone) checkUnchanged(target, object, marked, deleteOptions);
  if (!isGone) strategy.holdDeletion?.(marked, write.nowMs);
  // Who knows grace is told of it, also when there was none, but not again.
  const isGraceful = strategy.graceSeconds !== undefined && !isOutOfGrace(object);
  const last = isGraceful ? marked : object;
  if (options.dryRun) return { object: isGone ? last : marked, isGone };
  // An object that could have had time is seen to be marked before it goes.
  const isMarkedFirst = isGraceful && !isDeepStrictEqual(marked, object);
  if (isGone && !isMarkedFirst) return remove(request, entry, last);
  if (isDeepStrictEqual(marked, object)) return { object, isGone };
  const result = await registry.storage.put(target.key, entry.modRevision, encoded(target, entry, marked));
  if (!result.ok) return undefined;
  return isGone
    ? remove(request, result.entry, marked)
    : { object: withVersion(marked, result.entry.modRevision), isGone };
}

/** Its time runs already, and only a shorter one changes anything. */
function isInGrace({ metadata }: Unstructured, options: DeleteOptions): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds: left = 0 } = metadata;
  return deletionTimestamp !== undefined && left > 0 && (askedGrace(options) ?? left) >= left;
}

/** Less than none is a moment. */
function askedGrace({ gracePeriodSeconds: asked }: DeleteOptions): number | undefined {
  return asked !== undefined && asked < 0 ? 1 : asked;
}

const isOutOfGrace = ({ metadata }: Unstructured): boolean =>
  metadata.deletionTimestamp !== undefined && !metadata.deletionGracePeriodSeconds;

/** Upstream forgets the revision that was asked for when the delete itself takes off the finalizers that held the object. */
function checkUnchanged(target: Target, object: Unstructured, marked: Unstructured, options: DeleteOptions): void {
  const { resourceVersion, finalizers = [] } = object.metadata;
  const wasHeld = finalizers.length > (marked.metadata.finalizers?.length ?? 0);
  if (wasHeld && options.preconditions?.resourceVersion !== undefined)
    throw newConflict(target.subject, preconditionText(target, { ResourceVersion: ['', resourceVersion ?? ''] }));
}

async function remove({ registry, target }: WriteRequest, entry: Entry, object: Unstructured) {
  const result = await registry.storage.delete(target.key, entry.modRevision, encoded(target, entry, object));
  return result.ok ? { object: withVersion(object, result.revision), isGone: true } : undefined;
}

/** A deletion through a version that has no place for all that is stored takes nothing away. */
function encoded({ definition }: Target, entry: Entry, object: Unstructured): (revision: number) => Uint8Array {
  const encode = encoderOver(definition, entry, 'none');
  return (revision) => encode(definition, object, revision);
}

/** The answer to a delete that left nothing. */
export function deletedStatus({ target }: WriteRequest, { metadata }: Unstructured): Status {
  const { group, plural } = target.definition;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: metadata.name ?? '', ...(group ? { group } : {}), kind: plural, uid: metadata.uid ?? '' },
  };
}
