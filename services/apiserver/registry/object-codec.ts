import type { ObjectMeta, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { objectJson } from '../../../shared/apis/object-json.ts';
import { apiVersionOf } from '../../../shared/apis/resource-type.ts';
import type { Entry } from '../../storage/backend.ts';
import { setKey } from '../merge/json-value.ts';
import type { ChangedPart, ResourceDefinition } from '../types/resource-definition.ts';

/**
 * Stored objects are JSON that starts with kind and apiVersion of the storage version, so that the bytes can be sent as they are, or, for items of
 * built-in lists (which have neither), from a known offset.
 */

type Version = Pick<ResourceDefinition, 'group' | 'kind' | 'version'>;

/** Stored bytes of an object that gets this resourceVersion. `keep` changes what is to be stored. */
export function encodeStored(
  definition: ResourceDefinition,
  object: Unstructured,
  revision: number,
  keep?: (stored: Unstructured) => void,
): Uint8Array {
  return bytesOf(storedObject(definition, object, revision, keep));
}

export type Encoder = (definition: ResourceDefinition, object: Unstructured, revision: number) => Uint8Array;

/** Of what is written in place of an entry. */
export function encoderOver({ storedForm }: ResourceDefinition, entry: Entry, changed: ChangedPart): Encoder {
  if (!storedForm?.keep) return encodeStored;
  const before: Unstructured = JSON.parse(textOf(entry.value));
  return (definition, object, revision) =>
    encodeStored(definition, object, revision, (stored) => storedForm.keep?.(stored, before, changed));
}

/** On the bytes that were made of an object; for as long as the store keeps those at hand. */
const STORED = Symbol('stored object');

interface RememberedBytes extends Uint8Array {
  [STORED]?: Unstructured;
}

/** As `encodeStored`, of what is soon to be written again. The object belongs to this memory then: nobody may change it any more. */
export function encodeRemembered(definition: ResourceDefinition, object: Unstructured, revision: number): Uint8Array {
  const stored = storedObject(definition, object, revision);
  const bytes: RememberedBytes = bytesOf(stored);
  bytes[STORED] = stored;
  return bytes;
}

/** What `decodeEntry` gives for bytes of the version that is asked for. Not to be changed. */
export const decodeRemembered = (definition: ResourceDefinition, entry: Entry): Unstructured =>
  (entry.value as RememberedBytes)[STORED] ?? decodeEntry(definition, entry);

const bytesOf = (stored: Unstructured): Uint8Array => Buffer.from(objectJson(stored));

function storedObject(
  definition: ResourceDefinition,
  object: Unstructured,
  revision: number,
  keep?: (stored: Unstructured) => void,
): Unstructured {
  const stored = definition.storedForm ? definition.storedForm.toStored(structuredClone(object)) : object;
  keep?.(stored);
  const { kind } = definition;
  const metadata = inOrder(stored.metadata, String(revision));
  const out: Unstructured = { kind, apiVersion: apiVersionOf(storedAs(definition)), metadata };
  for (const field in stored) if (!Object.hasOwn(out, field)) setKey(out, field, stored[field]);
  return out;
}

/** In the order of Go's struct, which is that of JSON and of what people are used to read. */
export const METADATA_FIELDS = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const;

function inOrder(metadata: ObjectMeta, resourceVersion: string): ObjectMeta {
  const out: Record<string, unknown> = {};
  for (const field of METADATA_FIELDS) {
    const value = field === 'resourceVersion' ? resourceVersion : metadata[field];
    if (value !== undefined) out[field] = value;
  }
  for (const field in metadata) if (!Object.hasOwn(out, field)) out[field] = metadata[field as keyof ObjectMeta];
  return out;
}

/** The object as the version that is asked for. */
export function decodeStored(definition: ResourceDefinition, bytes: Uint8Array): Unstructured {
  const object: Unstructured = JSON.parse(textOf(bytes));
  const { storedForm } = definition;
  if (storedForm)
    return Number(object.metadata.resourceVersion) > storedForm.sameAfter ? object : storedForm.fromStored(object);
  if (definition.version !== definition.storageVersion) object.apiVersion = apiVersionOf(definition);
  return object;
}

export const decodeEntry = (definition: ResourceDefinition, entry: Entry): Unstructured =>
  decodeStored(definition, entry.value);

/** Bytes in the store, and the revision at which they were written. */
export type StoredBytes = Pick<Entry, 'value' | 'modRevision'>;

/** The stored bytes as the version that is asked for. */
export function bytesAs(definition: ResourceDefinition, { value, modRevision }: StoredBytes): Uint8Array {
  const { storedForm } = definition;
  if (storedForm)
    return modRevision > storedForm.sameAfter ? value : Buffer.from(objectJson(decodeStored(definition, value)));
  if (definition.version === definition.storageVersion) return value;
  const head = Buffer.from(headOf(definition));
  return Buffer.concat([head, value.subarray(headOf(storedAs(definition)).length)]);
}

/** The bytes of a list's item: of built-in kinds without kind and apiVersion, as upstream. */
export function itemBytes(definition: ResourceDefinition, entry: StoredBytes): Uint8Array {
  if (definition.source === 'crd') return bytesAs(definition, entry);
  const served = definition.storedForm ? definition : storedAs(definition);
  const bytes = definition.storedForm ? bytesAs(definition, entry) : entry.value;
  return Buffer.concat([Buffer.from('{'), bytes.subarray(headOf(served).length)]);
}

/** Whether writing this object in place of the entry would store other bytes, the revision aside. */
export function isStoredAlready(
  definition: ResourceDefinition,
  object: Unstructured,
  { entry, encode }: { entry: Entry; encode: Encoder },
): boolean {
  if (!definition.storedForm || entry.modRevision > definition.storedForm.sameAfter) return true;
  return Buffer.compare(encode(definition, object, entry.modRevision), entry.value) === 0;
}

const headOf = (version: Version): string =>
  `{"kind":${JSON.stringify(version.kind)},"apiVersion":${JSON.stringify(apiVersionOf(version))},`;

const storedAs = (definition: ResourceDefinition): Version => ({
  group: definition.storedForm?.group ?? definition.group,
  kind: definition.kind,
  version: definition.storageVersion,
});

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
