import type { ObjectMeta, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { apiVersionOf } from '../../../shared/apis/resource-type.ts';
import type { Entry } from '../../storage/backend.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';

/**
 * Stored objects are JSON that starts with kind and apiVersion of the storage version, so that the bytes can be sent as they are, or, for items of
 * built-in lists (which have neither), from a known offset.
 */

type Version = Pick<ResourceDefinition, 'group' | 'kind' | 'version'>;

/** Stored bytes of an object that gets this resourceVersion. */
export function encodeStored(definition: ResourceDefinition, object: Unstructured, revision: number): Uint8Array {
  const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = object;
  const version = { kind: definition.kind, apiVersion: apiVersionOf(storedAs(definition)) };
  const stamped = inOrder({ ...metadata, resourceVersion: String(revision) });
  return Buffer.from(JSON.stringify({ ...version, metadata: stamped, ...rest }));
}

/** In the order of Go's struct, which is that of JSON and of what people are used to read. */
const METADATA_FIELDS = [
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

function inOrder(metadata: ObjectMeta): ObjectMeta {
  const known = METADATA_FIELDS.filter((field) => metadata[field] !== undefined);
  return { ...Object.fromEntries(known.map((field) => [field, metadata[field]])), ...metadata };
}

/** The object as the version that is asked for. */
export function decodeStored(definition: ResourceDefinition, bytes: Uint8Array): Unstructured {
  const object: Unstructured = JSON.parse(textOf(bytes));
  if (definition.version !== definition.storageVersion) object.apiVersion = apiVersionOf(definition);
  return object;
}

export const decodeEntry = (definition: ResourceDefinition, entry: Entry): Unstructured =>
  decodeStored(definition, entry.value);

/** The stored bytes as the version that is asked for. */
export function bytesAs(definition: ResourceDefinition, bytes: Uint8Array): Uint8Array {
  if (definition.version === definition.storageVersion) return bytes;
  const head = Buffer.from(headOf(definition));
  return Buffer.concat([head, bytes.subarray(headOf(storedAs(definition)).length)]);
}

/** The bytes of a list's item: of built-in kinds without kind and apiVersion, as upstream. */
export function itemBytes(definition: ResourceDefinition, bytes: Uint8Array): Uint8Array {
  if (definition.source === 'crd') return bytesAs(definition, bytes);
  return Buffer.concat([Buffer.from('{'), bytes.subarray(headOf(storedAs(definition)).length)]);
}

const headOf = (version: Version): string =>
  `{"kind":${JSON.stringify(version.kind)},"apiVersion":${JSON.stringify(apiVersionOf(version))},`;

const storedAs = (definition: ResourceDefinition): Version => ({ ...definition, version: definition.storageVersion });

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
