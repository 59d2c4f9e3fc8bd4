import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Entry } from '../../storage/backend.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { decodeEntry } from './object-codec.ts';
import type { Written } from './write-request.ts';

/** What a write left, as the version that it was written in: what the stored form has no place for is gone. */
export function writtenAs(
  definition: ResourceDefinition,
  object: Unstructured,
  entry: Entry,
  status: Written['status'],
): Written {
  if (definition.storedForm && entry.modRevision <= definition.storedForm.sameAfter)
    return { object: decodeEntry(definition, entry), status };
  const metadata = { ...object.metadata, resourceVersion: String(entry.modRevision) };
  return { object: { ...object, metadata }, ...servedBytes(definition, entry), status };
}

/** The entry's bytes, if they are what this version's clients see. */
export function servedBytes(definition: ResourceDefinition, { value, modRevision }: Entry): { bytes?: Uint8Array } {
  const { storedForm, version, storageVersion } = definition;
  const isSame = storedForm ? modRevision > storedForm.sameAfter : version === storageVersion;
  return isSame ? { bytes: value } : {};
}
