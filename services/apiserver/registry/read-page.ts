import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Entry, ListResult, Storage } from '../../storage/backend.ts';
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

/** One page of a collection: with selectors, as many reads as it takes to fill it. Throws what the store throws. */
export function readPage({ storage, definition, selection, limit, after, revision }: PageRequest): Page {
  const read = (from: string | undefined, at: number | undefined): ListResult =>
    storage.list({
      prefix: selection.prefix,
      ...(limit === undefined ? {} : { limit }),
      ...(from === undefined ? {} : { after: from }),
      ...(at === undefined ? {} : { revision: at }),
    });
  const { matches, indexed } = selection;
  if (!matches) return read(after, revision);
  const accept = (entry: Entry) => matches(decodeEntry(definition, entry));
  const isIndexed = after === undefined && revision === undefined && indexed !== undefined;
  const counts = isIndexed ? { counts: (entry: Entry) => indexed(decodeEntry(definition, entry)) } : {};
  const first = read(after, revision);
  return filled(first, { accept, limit, ...counts }, (from) => read(from, first.revision));
}

interface Choice {
  accept(entry: Entry): boolean;
  /** Whether there is more when this is what is left; absent: whatever it is. */
  counts?: (entry: Entry) => boolean;
  limit: number | undefined;
}

function filled(first: ListResult, { accept, counts, limit }: Choice, readAfter: (key: string) => ListResult): Page {
  const entries: Entry[] = [];
  const { revision } = first;
  for (let chunk = first; ; chunk = readAfter(chunk.entries.at(-1)?.key ?? '')) {
    for (const entry of chunk.entries) {
      if (entries.length !== limit && accept(entry)) entries.push(entry);
      else if (entries.length === limit && (counts?.(entry) ?? true)) return { revision, entries, more: true };
    }
    const isMore = chunk.more && entries.length === limit && counts === undefined;
    if (isMore || !chunk.more) return { revision, entries, more: isMore };
  }
}

export const decoded = (definition: ResourceDefinition, entries: readonly Entry[]): Unstructured[] =>
  entries.map((entry) => decodeEntry(definition, entry));
