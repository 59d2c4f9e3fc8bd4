import { newConflict, newInvalid, newNotFound } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Entry } from '../../storage/backend.ts';
import { isEqual } from '../merge/json-value.ts';
import { keepTimes } from '../merge/keep-times.ts';
import { newUnreasonedError } from '../merge/unreasoned-error.ts';
import { invalid } from '../types/field-error.ts';
import { createObject } from './create-object.ts';
import { isDeletionDone } from './deletion.ts';
import { decodeEntry, encoderOver, encodeStored, isStoredAlready } from './object-codec.ts';
import { settleUpdate } from './settle-update.ts';
import { preconditionText } from './storage-error.ts';
import { keyOf, type Target } from './target.ts';
import { prepareMetadataForUpdate } from './validate-metadata.ts';
import { tracked, type WriteRequest, type Written } from './write-request.ts';
import { servedBytes, writtenAs } from './written-as.ts';

export interface UpdateOptions {
  /**
   * What the object becomes, from what is stored, which stays as it is; the result is the writer's to change. Called again when somebody else wrote
   * in between.
   */
  change: (old: Unstructured | undefined) => Unstructured | Promise<Unstructured>;
  /** Something that does not exist is created. */
  mayCreate: boolean;
  /** `change` has written `managedFields` already. */
  isApplied?: boolean;
}

/** Stores a changed object. Throws 404, 409, 422 and what `change` throws. A change that changes nothing writes nothing. */
export async function updateObject(request: WriteRequest, update: UpdateOptions): Promise<Written> {
  try {
    return await updateUntilStored(request, update);
  } finally {
    request.end?.();
  }
}

async function updateUntilStored(request: WriteRequest, update: UpdateOptions): Promise<Written> {
  const { registry, target } = request;
  for (let isAgain = false; ; isAgain = true) {
    // Nobody waits any more for a write that others come before again and again.
    if (isAgain) request.context.signal().throwIfAborted();
    const entry = registry.storage.get(keyOf(target));
    if (!entry && !update.mayCreate) throw newNotFound(target.subject);
    const old = entry && decodeEntry(target.definition, entry);
    const given = await update.change(old);
    if (!entry || !old) return createMissing(request, given, update);
    checkIdentity(target, given, old, request);
    const changed = await prepared(request, given, old, update.isApplied ?? false);
    const isGoing = isDeletionDone(changed, request.strategy, request.write.nowMs);
    if (!isGoing) request.strategy.beforeStoring?.(changed);
    const next = keepTimes(old, changed);
    const encode = encoderOver(target.definition, entry, request.write.subresource === 'status' ? 'status' : 'spec');
    if (!isGoing && isUnchanged(next, old) && isStoredAlready(target.definition, next, { entry, encode }))
      return { object: old, ...servedBytes(target.definition, entry), status: 200 };
    const written = await storeUpdate(request, entry, next, encode);
    if (written) return written;
  }
}

function createMissing(request: WriteRequest, given: Unstructured, { isApplied = false }: UpdateOptions) {
  const { uid } = given.metadata;
  checkRevision(given.metadata.resourceVersion);
  if (uid) throw missingButExpected(request.target, given);
  // The revision of something that is gone is no reason to refuse what may be made by an update.
  delete given.metadata.resourceVersion;
  return createObject(request, given, { isApplied });
}

/** Somebody updates what is gone: upstream tells by the precondition they sent. */
function missingButExpected(target: Target, { metadata }: Unstructured): Error {
  if (!metadata.uid) return newNotFound(target.subject);
  return newConflict(target.subject, preconditionText(target, { UID: [metadata.uid, ''] }));
}

const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

/** Throws 500 for what is no revision, as upstream. */
function checkRevision(text: string | undefined): void {
  if (text && !/^\d+$/.test(text))
    throw newUnreasonedError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function checkIdentity(
  target: Target,
  given: Unstructured,
  old: Unstructured,
  { strategy, context }: WriteRequest,
): void {
  const isReplacement = context.info.verb === 'update';
  const { resourceVersion, uid } = given.metadata;
  const { definition, subject } = target;
  if (isReplacement && uid && uid !== old.metadata.uid)
    throw newConflict(subject, preconditionText(target, { UID: [uid, old.metadata.uid ?? ''] }));
  checkRevision(resourceVersion);
  if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw newConflict(subject, MODIFIED);
  const mayOmit = strategy.allowsUnconditionalUpdate ?? definition.source === 'builtin';
  if (resourceVersion || mayOmit) return;
  const cause = invalid('metadata.resourceVersion', 0, 'must be specified for an update');
  throw newInvalid(subject, [cause]);
}

async function prepared(
  request: WriteRequest,
  given: Unstructured,
  old: Unstructured,
  isApplied: boolean,
): Promise<Unstructured> {
  prepareMetadataForUpdate(given, old);
  given.metadata.resourceVersion = old.metadata.resourceVersion ?? '';
  // Ownership follows what the client sent, as upstream; what the endpoint does not let through is not counted there.
  const complete = isApplied ? given : tracked(request, old, given);
  await settleUpdate(request, complete, old);
  return complete;
}

function isUnchanged(next: Unstructured, old: Unstructured): boolean {
  return isEqual(next, old);
}

/** Undefined when somebody else wrote first. */
export async function storeUpdate(
  request: WriteRequest,
  entry: Entry,
  next: Unstructured,
  encodeAs = encodeStored,
): Promise<Written | undefined> {
  const { registry, target, options, strategy, write } = request;
  if (options.dryRun) return { object: next, status: 200 };
  const encode = (revision: number) => encodeAs(target.definition, next, revision);
  if (isDeletionDone(next, strategy, write.nowMs)) {
    // Watchers are told of the object as it was before what held it was taken off.
    const last = decodeEntry(target.definition, entry);
    const encodeLast = encoderOver(target.definition, entry, 'none');
    const deleted = await registry.storage.delete(target.key, entry.modRevision, (revision) =>
      encodeLast(target.definition, last, revision),
    );
    return deleted.ok ? { object: next, status: 200 } : undefined;
  }
  const result = await registry.storage.put(target.key, entry.modRevision, encode);
  if (!result.ok) return undefined;
  return writtenAs(target.definition, next, result.entry, 200);
}
