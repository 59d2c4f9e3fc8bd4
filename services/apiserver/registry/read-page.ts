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
  const { matches } = selection;
  if (!matches) return read(after, revision);
  const accept = (entry: Entry) => matches(decodeEntry(definition, entry));
  const first = read(after, revision);
  return filled(first, accept, limit, (from) => read(from, first.revision));
}

function filled(
  first: ListResult,
  accept: (entry: Entry) => boolean,
  limit: number | undefined,
  readAfter: (key: string) => ListResult,
): Page {
  const entries: Entry[] = [];
  for (let chunk = first; ; chunk = readAfter(chunk.entries.at(-1)?.key ?? '')) {
    for (const [index, entry] of chunk.entries.entries()) {
      if (accept(entry)) entries.push(entry);
      const isLast = index === chunk.entries.length - 1 && !chunk.more;
      if (entries.length === limit && !isLast) return { revision: first.revision, entries, more: true };
    }
    if (!chunk.more) return { revision: first.revision, entries, more: false };
  }
}

export const decoded = (definition: ResourceDefinition, entries: readonly Entry[]): Unstructured[] =>
  entries.map((entry) => decodeEntry(definition, entry));
