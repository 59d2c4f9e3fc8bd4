import { newBadRequest, newExpired, StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { ListMeta } from '../../../shared/apis/meta/v1.ts';
import { CompactedError, type Entry, FutureRevisionError } from '../../storage/backend.ts';
import { type ContinueToken, decodeContinue, encodeContinue } from '../registry/continue-token.ts';
import { answerList } from '../registry/list-answer.ts';
import { checkListOptions } from '../registry/list-options.ts';
import { negotiateFor } from '../registry/negotiation.ts';
import { queryIntegerOf } from '../registry/query-values.ts';
import { type Page, readPage } from '../registry/read-page.ts';
import type { Registry } from '../registry/registry.ts';
import { checkReached, newTooLarge, resourceVersionOf } from '../registry/resource-version.ts';
import { type Selection, selectionOf } from '../registry/selection.ts';
import type { Target } from '../registry/target.ts';
import type { RequestContext, ServerResponse } from '../request.ts';

/** GET of a collection. Source: Kubernetes API concepts, "Retrieving large results sets in chunks" and "Semantics for get and list". */
export async function handleList(registry: Registry, context: RequestContext, target: Target): Promise<ServerResponse> {
  const { definition } = target;
  negotiateFor(context, definition);
  const { entries, meta } = readList(registry, target, listQueryOf(target, context.request.query));
  return answerList({ registry, context, definition, entries, meta });
}

/** What a query asks for, as far as it can be told without the store. */
export interface ListQuery {
  query: URLSearchParams;
  selection: Selection;
  limit: number | undefined;
}

/** Throws 400, 422. */
export function listQueryOf(target: Target, query: URLSearchParams): ListQuery {
  const limit = limitOf(query);
  const selection = selectionOf(target, query, checkListOptions);
  return { query, selection, limit: isWhole(query, selection) ? undefined : limit };
}

/** Upstream gives all that its cache has to who takes any state, and one object is no list to it: the limit has no effect. */
function isWhole(query: URLSearchParams, { isOne }: Selection): boolean {
  return isOne === true || (query.get('resourceVersion') === '0' && !query.get('continue'));
}

/** The page of a collection that a query asks for, and what its list says of itself. Throws 400, 410, 422, 504. */
export function readList(registry: Registry, target: Target, asked: ListQuery): { entries: Entry[]; meta: ListMeta } {
  const { selection, limit } = asked;
  const start = startOf(registry, asked);
  const page = read(registry, target, { selection, ...start, ...(limit === undefined ? {} : { limit }) });
  const meta = {
    resourceVersion: String(page.revision),
    ...(page.more ? { continue: tokenAfter(page, selection) } : {}),
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
  const token = query.get('continue') ?? '';
  if (token !== '') return continued(decodeContinue(token, selection.prefix), query, selection);
  const revision = listRevisionOf(query);
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

function continued({ revision, after }: ContinueToken, query: URLSearchParams, { isOne }: Selection): Start {
  if (!['', '0'].includes(query.get('resourceVersion') ?? ''))
    throw newBadRequest('specifying resource version is not allowed when using continue');
  return { ...(isOne ? {} : { after }), ...(revision > 0 ? { revision } : {}) };
}

function limitOf(query: URLSearchParams): number | undefined {
  queryIntegerOf(query, 'timeoutSeconds');
  const limit = queryIntegerOf(query, 'limit') ?? 0;
  return limit > 0 ? limit : undefined;
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
        ? newExpiredPage(reading.after, reading.selection)
        : newExpired('The resourceVersion for the provided list is too old.');
    throw error;
  }
}

const tokenAfter = ({ revision, entries }: Page, { prefix }: Selection): string =>
  encodeContinue({ revision, after: entries.at(-1)?.key ?? '' }, prefix);

/** The client may go on where it was, on newer data, with the token in the answer. */
function newExpiredPage(after: string, { prefix }: Selection): StatusError {
  const { status } = newExpired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  );
  return new StatusError({ ...status, metadata: { continue: encodeContinue({ revision: -1, after }, prefix) } });
}
