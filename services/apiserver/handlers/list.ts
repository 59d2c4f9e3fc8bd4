import { newBadRequest, newExpired, newInvalid, StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { ListMeta } from '../../../shared/apis/meta/v1.ts';
import { CompactedError, type Entry, FutureRevisionError } from '../../storage/backend.ts';
import { type ContinueToken, decodeContinue, encodeContinue } from '../registry/continue-token.ts';
import { answerList } from '../registry/list-answer.ts';
import { type Page, readPage } from '../registry/read-page.ts';
import type { Registry } from '../registry/registry.ts';
import { checkReached, newTooLarge, resourceVersionOf } from '../registry/resource-version.ts';
import { type Selection, selectionOf } from '../registry/selection.ts';
import type { Target } from '../registry/target.ts';
import type { RequestContext, ServerResponse } from '../request.ts';
import { forbidden, notSupported } from '../types/field-error.ts';

/** GET of a collection. Source: Kubernetes API concepts, "Retrieving large results sets in chunks" and "Semantics for get and list". */
export async function handleList(registry: Registry, context: RequestContext, target: Target): Promise<ServerResponse> {
  const { definition } = target;
  const { entries, meta } = readList(registry, target, listQueryOf(target, context.request.query));
  return answerList({ registry, context, definition, entries, meta });
}

/** What a query asks for, as far as it can be told without the store. */
export interface ListQuery {
  query: URLSearchParams;
  selection: Selection;
  limit: number | undefined;
}

/** Throws 400. */
export function listQueryOf(target: Target, query: URLSearchParams): ListQuery {
  return { query, selection: selectionOf(target, query), limit: limitOf(query) };
}

/** The page of a collection that a query asks for, and what its list says of itself. Throws 400, 410, 422, 504. */
export function readList(registry: Registry, target: Target, asked: ListQuery): { entries: Entry[]; meta: ListMeta } {
  const { selection, limit } = asked;
  const start = startOf(registry, asked);
  const page = read(registry, target, { selection, ...start, ...(limit === undefined ? {} : { limit }) });
  const meta = {
    resourceVersion: String(page.revision),
    ...(page.more ? { continue: tokenAfter(page) } : {}),
    ...(page.more && page.remaining !== undefined ? { remainingItemCount: page.remaining } : {}),
  };
  return { entries: page.entries, meta };
}

interface Start {
  after?: string;
  revision?: number;
}

/** Where and at which revision to read. Throws 400, 422, 504. */
function startOf({ storage }: Registry, { query, selection, limit }: ListQuery): Start {
  const revision = listRevisionOf(query);
  checkMatch(query, revision);
  const token = query.get('continue') ?? '';
  if (token !== '') return continued(decodeContinue(token, selection.prefix), revision);
  checkReached(storage, revision);
  const match = query.get('resourceVersionMatch') ?? '';
  const isExact = match === 'Exact' || (match === '' && limit !== undefined && (revision ?? 0) > 0);
  return isExact && revision !== undefined ? { revision } : {};
}

/** As for a get, but what is none is the client's mistake. Throws 400. */
function listRevisionOf(query: URLSearchParams): number | undefined {
  try {
    return resourceVersionOf(query);
  } catch (error) {
    throw newBadRequest(`invalid resource version: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function continued({ revision, after }: ContinueToken, asked: number | undefined): Start {
  if (asked !== undefined && asked !== 0)
    throw newBadRequest('specifying resource version is not allowed when using continue');
  return revision > 0 ? { revision, after } : { after };
}

function checkMatch(query: URLSearchParams, revision: number | undefined): void {
  const match = query.get('resourceVersionMatch') ?? '';
  const field = 'resourceVersionMatch';
  const causes = [
    ...(query.has('sendInitialEvents')
      ? [forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')]
      : []),
    ...(match !== '' && revision === undefined
      ? [forbidden(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided')]
      : []),
    ...(match !== '' && query.get('continue')
      ? [forbidden(field, 'resourceVersionMatch is forbidden when continue is provided')]
      : []),
    ...(['', 'Exact', 'NotOlderThan'].includes(match)
      ? []
      : [notSupported(field, match, ['Exact', 'NotOlderThan', ''])]),
    ...(match === 'Exact' && revision === 0
      ? [forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')]
      : []),
  ];
  if (causes.length > 0) throw newInvalid({ group: 'meta.k8s.io', resource: 'ListOptions' }, causes);
}

function limitOf(query: URLSearchParams): number | undefined {
  integerOf(query, 'timeoutSeconds');
  const limit = integerOf(query, 'limit');
  return limit > 0 ? limit : undefined;
}

const MAX_INT64 = 2n ** 63n - 1n;

/** In the words of Go's parser. Throws 400. */
function integerOf(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (text === '') return 0;
  const quoted = JSON.stringify(text);
  if (!/^[+-]?\d+$/.test(text)) throw newBadRequest(`strconv.ParseInt: parsing ${quoted}: invalid syntax`);
  if (BigInt(text) > MAX_INT64) throw newBadRequest(`strconv.ParseInt: parsing ${quoted}: value out of range`);
  return Number(text);
}

interface Reading extends Start {
  selection: Selection;
  limit?: number;
}

function read({ storage }: Registry, { definition }: Target, reading: Reading): Page {
  try {
    return readPage({ storage, definition, ...reading });
  } catch (error) {
    if (error instanceof FutureRevisionError) throw newTooLarge(reading.revision ?? 0, error.currentRevision);
    if (error instanceof CompactedError)
      throw reading.after
        ? newExpiredPage(reading.after)
        : newExpired('The resourceVersion for the provided list is too old.');
    throw error;
  }
}

const tokenAfter = (page: Page): string =>
  encodeContinue({ revision: page.revision, after: page.entries.at(-1)?.key ?? '' });

/** The client may go on where it was, on newer data, with the token in the answer. */
function newExpiredPage(after: string): StatusError {
  const { status } = newExpired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  );
  return new StatusError({ ...status, metadata: { continue: encodeContinue({ revision: 0, after }) } });
}
