import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Entry, Storage } from '../../storage/backend.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { decodeEntry } from './object-codec.ts';
import type { Selection } from './selection.ts';

export interface PageRequest {
  storage: Storage;
  definition: ResourceDefinition;
  selection: Selection;
  limit?: number;
  after?: string;
  revision?: number;
}

export interface Page {
  revision: number;
  entries: Entry[];
  more: boolean;
  /** Known only without selectors, as upstream. */
  remaining?: number;
}

/** One page of a collection, of one pass over it. Throws what the store throws. */
export function readPage({ storage, definition, selection, limit, after, revision }: PageRequest): Page {
  const { prefix, matches, indexed } = selection;
  const isIndexed = after === undefined && revision === undefined && indexed !== undefined;
  return storage.list({
    prefix,
    ...(limit === undefined ? {} : { limit }),
    ...(after === undefined ? {} : { after }),
    ...(revision === undefined ? {} : { revision }),
    ...(matches ? { accept: (entry: Entry) => matches(decodeEntry(definition, entry)) } : {}),
    ...(isIndexed ? { countsAsMore: (entry: Entry) => indexed(decodeEntry(definition, entry)) } : {}),
  });
}

export const decoded = (definition: ResourceDefinition, entries: readonly Entry[]): Unstructured[] =>
  entries.map((entry) => decodeEntry(definition, entry));
