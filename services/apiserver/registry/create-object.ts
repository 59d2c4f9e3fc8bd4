import { randomUUID } from 'node:crypto';
import { newAlreadyExists, newBadRequest, newInvalid, StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isReadableKey, MAX_KEY_BYTES } from '../../storage/backend.ts';
import { newUnreasonedError } from '../merge/unreasoned-error.ts';
import { defaultObject } from '../types/defaults/default-object.ts';
import { invalid, required, tooLong } from '../types/field-error.ts';
import { schemaCauses, warnOfFinalizers } from './decode-object.ts';
import { generateName } from './generate-name.ts';
import { hasGeneration, hasStatus } from './generation.ts';
import { objectKey } from './keys.ts';
import { causesOfNewMetadata } from './metadata-causes.ts';
import { checkNamespace } from './namespace-lifecycle.ts';
import { decodeEntry, encodeStored } from './object-codec.ts';
import { timestamp } from './registry.ts';
import type { Target } from './target.ts';
import { admit, checkPolicies, checkValid, tracked, type WriteRequest, type Written } from './write-request.ts';
import { writtenAs } from './written-as.ts';

/** With so many names taken in a row the client is told. */
const GENERATE_ATTEMPTS = 8;

/**
 * Stores a new object, after everything that comes before: metadata, the kind's preparation, admission, validation, ownership. `isApplied` when
 * server-side apply has written `managedFields` already. Throws 400, 403, 404, 409, 422.
 */
export async function createObject(
  request: WriteRequest,
  given: Unstructured,
  { isApplied = false }: { isApplied?: boolean } = {},
): Promise<Written> {
  const { generateName: base } = given.metadata;
  for (let attempt = 1; ; attempt++) {
    const isGenerated = !given.metadata.name && base !== undefined && base !== '';
    const named = isGenerated ? withName(given, generateName(base)) : given;
    try {
      checkPlace(request, given);
      return await createNamed(request, named, { isApplied, isGenerated });
    } catch (error) {
      if (!isGenerated || attempt === GENERATE_ATTEMPTS || !isTaken(error)) throw error;
    } finally {
      request.end?.();
    }
  }
}

/** What has no name yet is told by what it begins with. */
function checkPlace({ registry, target }: WriteRequest, given: Unstructured): void {
  checkSameNamespace(target, given);
  const { name, generateName: base } = given.metadata;
  checkNamespace(registry, { ...target, subject: { ...target.subject, name: name || base || '' } });
}

async function createNamed(
  request: WriteRequest,
  given: Unstructured,
  { isApplied, isGenerated }: { isApplied: boolean; isGenerated: boolean },
): Promise<Written> {
  const { strategy, write, options } = request;
  const target = targetOf(request.target, given);
  if (!isApplied) withoutServerFields(given);
  const complete = structuredClone(isApplied ? given : tracked(request, undefined, given));
  prepareMetadata(request, complete);
  delete complete.metadata.selfLink;
  if (hasStatus(target.definition) && !strategy.keepsStatusOnCreate) delete complete['status'];
  defaultObject(target.definition, complete);
  strategy.prepareForCreate?.(complete, write);
  await admit({ ...request, target }, 'CREATE', complete, undefined);
  checkValid(request, target.name, causesOfNew(request, complete));
  checkValid(request, target.name, strategy.validateReading?.(complete, undefined, write) ?? []);
  warn(request, complete);
  // A name that was made up is not the request's.
  await checkPolicies(
    { ...request, target: isGenerated ? { ...target, name: '' } : target },
    'CREATE',
    complete,
    undefined,
  );
  if (complete.metadata.resourceVersion)
    throw newUnreasonedError('resourceVersion should not be set on objects to be created');
  strategy.beforeStoring?.(complete);
  if (options.dryRun) return dryRunOf(request, target, complete);
  return store(request, target, complete);
}

/** Also of what is then refused by a policy. */
function warn(request: WriteRequest, object: Unstructured): void {
  const { strategy, context } = request;
  warnOfFinalizers(request, object);
  const warnings = [...(strategy.warningsOfNew?.(object) ?? []), ...(strategy.warningsOf?.(object) ?? [])];
  // One by one: there may be more than a call can have arguments.
  for (const text of warnings) context.warnings.push(text);
}

function causesOfNew(request: WriteRequest, object: Unstructured): StatusCause[] {
  const { strategy } = request;
  const own = [
    ...schemaCauses(request, object, undefined),
    ...(strategy.validate?.(object) ?? []),
    ...(strategy.validateCreate?.(object) ?? []),
  ];
  if (strategy.validatesMetadataLast && own.length > 0) return own;
  const rights = strategy.validateRights?.(object, undefined, request.write) ?? [];
  return [...rights, ...causesOfNewMetadata(request, object.metadata), ...missingNamespace(request.target), ...own];
}

async function store(request: WriteRequest, target: Target, object: Unstructured): Promise<Written> {
  const encode = (revision: number) => encodeStored(target.definition, object, revision);
  const result = await request.registry.storage.put(target.key, 0, encode);
  if (!result.ok) throw newTaken(request, target);
  return writtenAs(target.definition, object, result.entry, 201);
}

function dryRunOf(request: WriteRequest, target: Target, object: Unstructured): Written {
  if (request.registry.storage.get(target.key)) throw newTaken(request, target);
  return { object, status: 201 };
}

function newTaken({ registry }: WriteRequest, target: Target): StatusError {
  const error = newAlreadyExists(target.subject);
  const entry = registry.storage.get(target.key);
  const isGoing = entry && decodeEntry(target.definition, entry).metadata.deletionTimestamp;
  return isGoing ? new StatusError({ ...error.status, message: `object is being deleted: ${error.message}` }) : error;
}

/** The place of the new object: its own name, in the URL's namespace. */
function targetOf(target: Target, { metadata }: Unstructured): Target {
  const { definition, namespace, subject } = target;
  const name = metadata.name ?? '';
  if (name === '') {
    const cause = required('metadata.name', 'name or generateName is required');
    throw newInvalid({ group: definition.group, resource: definition.kind }, [cause, ...missingNamespace(target)]);
  }
  const key = objectKey(definition, namespace, name);
  const causes = causesOfKey(key, name);
  if (causes.length > 0) throw newInvalid({ group: definition.group, resource: definition.kind, name }, causes);
  return { ...target, name, key, subject: { ...subject, name } };
}

/** What the store can't keep. Only names that are any segments of paths come near. */
function causesOfKey(key: string, name: string): StatusCause[] {
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) return [tooLong('metadata.name', MAX_KEY_BYTES - bytes + Buffer.byteLength(name))];
  return isReadableKey(key) ? [] : [invalid('metadata.name', name, UNREADABLE_NAME)];
}

const UNREADABLE_NAME = 'must not contain the control characters U+0000 to U+0004 or halves of surrogate pairs';

function checkSameNamespace({ definition, namespace }: Target, { metadata }: Unstructured): void {
  if (definition.namespaced && namespace !== '' && metadata.namespace && metadata.namespace !== namespace)
    throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request');
}

const missingNamespace = ({ definition, namespace }: Target): StatusCause[] =>
  definition.namespaced && namespace === '' ? [required('metadata.namespace')] : [];

/** They are the server's, so nobody comes to own them by sending them; what is applied keeps them, as upstream. */
function withoutServerFields({ metadata }: Unstructured): void {
  for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink'] as const) delete metadata[field];
}

function prepareMetadata({ target, write, strategy }: WriteRequest, object: Unstructured): void {
  const { metadata } = object;
  metadata.uid = randomUUID();
  metadata.creationTimestamp = timestamp(write.nowMs);
  if (target.definition.namespaced) metadata.namespace = target.namespace;
  else delete metadata.namespace;
  if (hasGeneration(target.definition)) delete metadata.generation;
  if (hasGeneration(target.definition) && strategy.generation !== 'none') metadata.generation = 1;
}

function withName(object: Unstructured, name: string): Unstructured {
  return { ...object, metadata: { ...object.metadata, name } };
}

export function withVersion(object: Unstructured, revision: number): Unstructured {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'reason' in error && error.reason === 'AlreadyExists';
}
