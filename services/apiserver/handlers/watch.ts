import { randomInt } from 'node:crypto';
import { newExpired, newInternalError, newNotAcceptable } from '../../../shared/apis/meta/status-error.ts';
import { type Change, CompactedError, type Entry } from '../../storage/backend.ts';
import { onceEnded } from '../middleware/stream-end.ts';
import { type EventQueue, newEventQueue } from '../registry/event-queue.ts';
import { checkWatchOptions, isPlainBeginning } from '../registry/list-options.ts';
import { negotiateFor, STREAMS_TEXT } from '../registry/negotiation.ts';
import { joinNoted } from '../registry/noted-events.ts';
import { isQueryTrue, queryIntegerOf } from '../registry/query-values.ts';
import type { Registry } from '../registry/registry.ts';
import { checkReached, newTooLarge, resourceVersionOf } from '../registry/resource-version.ts';
import { selectionOf } from '../registry/selection.ts';
import { includeObjectOf } from '../registry/table.ts';
import type { Target } from '../registry/target.ts';
import {
  type EventView,
  encodeBookmark,
  encodeChange,
  encodeError,
  encodeInitial,
  newEventView,
} from '../registry/watch-event.ts';
import type { Holding, RequestContext, ServerResponse } from '../request.ts';

/** GET of a collection with `watch=true`. Source: Kubernetes API concepts, "Efficient detection of changes" and "Streaming lists". */

const BOOKMARK_EVERY_MS = 60_000;
/** A watch that lasted this long ends with a bookmark, so that the next one need not go back far. */
const LAST_BOOKMARK_MS = 10_000;
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Upstream's --min-request-timeout: without `timeoutSeconds`, a watch lasts this to twice this. */
const MIN_TIMEOUT_SECONDS = 1800;

const STREAM_TYPES = { json: 'application/json', protobuf: 'application/vnd.kubernetes.protobuf;stream=watch' };

export async function handleWatch(
  registry: Registry,
  context: RequestContext,
  target: Target,
): Promise<ServerResponse> {
  const { query, method } = context.request;
  const { as, metaVersion, format } = negotiateFor(context, target.definition);
  const timeout = timeoutMs(query);
  queryIntegerOf(query, 'limit');
  const selection = selectionOf(target, query, checkWatchOptions);
  const start = startOf(query);
  if (!start.sendsInitial) checkReached(registry.storage, start.revision);
  if (format === 'yaml') throw newNotAcceptable(STREAMS_TEXT);
  const include = as === 'Table' ? includeObjectOf(query) : 'Metadata';
  const isInProcess = context.request.inProcessUser !== undefined;
  const { definition } = target;
  const view = newEventView({ registry, definition, selection, format, as, metaVersion, include, isInProcess });
  const isOver = timeout <= 0 || method === 'HEAD';
  const headers = { 'content-type': STREAM_TYPES[format] };
  if (isOver) return { status: 200, headers, body: '' };
  return { status: 200, headers, ...newStream({ view, start, signal: context.signal(), timeoutMs: timeout }) };
}

interface Start {
  /** Absent or 0: from now. */
  revision: number | undefined;
  /** First an ADDED for everything that is there. */
  sendsInitial: boolean;
  /** … and a bookmark that says that this was all. */
  marksInitialEnd: boolean;
  sendsBookmarks: boolean;
}

function startOf(query: URLSearchParams): Start {
  const revision = resourceVersionOf(query);
  const sendsBookmarks = isQueryTrue(query.get('allowWatchBookmarks'));
  const asked = query.get('sendInitialEvents');
  const sendsInitial = asked === null ? !revision : isQueryTrue(asked);
  const marksInitialEnd = sendsInitial && sendsBookmarks && (asked !== null || isPlainBeginning(query));
  return { revision, sendsInitial, marksInitialEnd, sendsBookmarks };
}

/** At most what a timer can wait for, 24 days. Below 0, also by Go's overflow: there is no time at all. */
function timeoutMs(query: URLSearchParams): number {
  const seconds = queryIntegerOf(query, 'timeoutSeconds') ?? 0;
  if (seconds === 0) return 1000 * (MIN_TIMEOUT_SECONDS + randomInt(MIN_TIMEOUT_SECONDS));
  const nanoseconds = BigInt.asIntN(64, BigInt(seconds) * 1_000_000_000n);
  return Math.min(Number(nanoseconds / 1_000_000n), MAX_TIMER_MS);
}

interface Stream {
  view: EventView;
  start: Start;
  signal: AbortSignal;
  timeoutMs: number;
}

/** Opens the watch at once, so that nothing is missed before the first read; it ends with the signal, the timeout or its reader. */
function newStream({ view, start, signal, timeoutMs }: Stream): Pick<ServerResponse, 'body' | 'holding'> {
  const { storage, clock } = view.registry;
  const queue = view.isInProcess ? newEventQueue({ join: joinNoted }) : newEventQueue();
  const owned = newOwner();
  const isAhead = (start.revision ?? 0) > storage.revision();
  const initial = start.sendsInitial && !isAhead ? storage.list({ prefix: view.selection.prefix }) : undefined;
  const holding: Holding = { bytes: initial?.entries.reduce((sum, { value }) => sum + value.length, 0) ?? 0 };
  const stop = (last?: Uint8Array) => {
    queue.end(last);
    owned.release();
    holding.release?.();
  };

  let toldUpTo = 0;
  const onTold = (revision: number) => {
    toldUpTo = Math.max(toldUpTo, revision);
  };
  // Not the newest revision: whoever resumes from a bookmark is not told of what came before it.
  const bookmark = () => queue.push(encodeBookmark(view, Math.max(toldUpTo, storage.published()), { isFirst: false }));
  function bookmarkAgain(): void {
    bookmark();
    owned.add(clock.setTimeout(bookmarkAgain, BOOKMARK_EVERY_MS));
  }
  function timeUp(): void {
    if (start.sendsBookmarks && timeoutMs > LAST_BOOKMARK_MS) bookmark();
    stop();
  }

  const onAbort = () => stop();
  signal.addEventListener('abort', onAbort, { once: true });
  owned.add(() => signal.removeEventListener('abort', onAbort));
  owned.add(openWatch({ view, start, initial, queue, stop, onTold }));
  owned.add(onRedefinition(view, stop));
  if (start.sendsBookmarks) owned.add(clock.setTimeout(bookmarkAgain, BOOKMARK_EVERY_MS));
  owned.add(clock.setTimeout(timeUp, timeoutMs));
  if (signal.aborted) stop();
  const told = () => holding.release?.();
  // A generator that is given up before its first read never comes to its end by itself.
  return { body: onceEnded(events({ view, start, initial, queue, told }), stop), holding };
}

/** A watch ends with the definition of its kind, as upstream: whoever goes on sees the next one. */
function onRedefinition({ registry: { catalog }, definition }: EventView, stop: () => void): () => void {
  const { group, version, plural } = definition;
  if (definition.source === 'builtin') return () => {};
  return catalog.onChange(() => {
    if (catalog.find(group, version, plural) !== definition) stop();
  });
}

/** What to undo at the end; what is added after the end is undone at once. */
function newOwner() {
  const cleanups: (() => void)[] = [];
  let isReleased = false;
  return {
    add(cleanup: () => void): void {
      if (isReleased) cleanup();
      else cleanups.push(cleanup);
    },
    release(): void {
      isReleased = true;
      for (const cleanup of cleanups.splice(0)) cleanup();
    },
  };
}

/** Returns what closes the watch. A start that is compacted away is told as an event, as upstream does. */
function openWatch({ view, start, initial, queue, stop, onTold }: Opening): () => void {
  const { storage } = view.registry;
  let isFirst = !tellsInitial({ view, start, initial });
  let isOver = false;
  const end = (last?: Uint8Array): void => {
    isOver = true;
    stop(last);
  };
  const told = (change: Change) => {
    const event = encodeChange(view, change, isFirst);
    if (!event) return;
    if (isUnshown(view)) return end();
    isFirst = false;
    if (!queue.push(event)) end(encodeError(view, newExpired('the watch was too slow').status));
  };
  // Whoever else watches hears of the change all the same, and the writer of it has been answered.
  const tell = (change: Change) => {
    if (isOver) return; // What history holds is told all at once.
    try {
      told(change);
    } catch (error) {
      view.registry.log.warn({ err: error, key: change.key }, 'a change can not be told to those who watch');
      end(encodeError(view, newInternalError('the object can not be shown as it was asked for').status));
    }
  };
  if ((start.revision ?? 0) > storage.revision()) {
    stop(encodeError(view, newTooLarge(start.revision ?? 0, storage.revision()).status));
    return () => {};
  }
  try {
    const from = initial?.revision ?? (start.revision || storage.revision());
    const watch = storage.watch(view.selection.prefix, from, tell, onTold);
    return () => watch.cancel();
  } catch (error) {
    if (!(error instanceof CompactedError)) throw error;
    stop(encodeError(view, newTooOld(start.revision ?? 0, error)));
    return () => {};
  }
}

/** No event holds a list: upstream ends such a watch where the first would come. */
const isUnshown = ({ as }: EventView): boolean => as === 'PartialObjectMetadataList';

/** Whether a Table's columns have gone out before the first change. */
const tellsInitial = (events: Beginning): boolean => events.view.as === 'Table' && hasInitial(events);

function hasInitial({ view, start, initial }: Beginning): boolean {
  if (!initial) return false;
  return start.marksInitialEnd || initial.entries.some((entry) => encodeInitial(view, entry, true));
}

type Beginning = Pick<Events, 'view' | 'start' | 'initial'>;

interface Events {
  view: EventView;
  start: Start;
  initial: { entries: Entry[]; revision: number } | undefined;
  queue: EventQueue;
}

interface Streaming extends Events {
  /** Of what was there. */
  told: () => void;
}

interface Opening extends Events {
  stop: (last?: Uint8Array) => void;
  onTold: (revision: number) => void;
}

async function* events({ view, start, initial, queue, told }: Streaming): AsyncGenerator<Uint8Array> {
  if (initial && !isUnshown(view)) yield* initialEvents({ view, initial, start });
  else if (initial && hasInitial({ view, start, initial })) return;
  told();
  for (let batch = await queue.take(); batch; batch = await queue.take()) yield* takenOut(batch);
}

interface InitialEvents {
  view: EventView;
  start: Start;
  initial: { entries: Entry[]; revision: number };
}

function* initialEvents({ view, initial, start }: InitialEvents): Iterable<Uint8Array> {
  let isFirst = true;
  for (const entry of takenOut(initial.entries)) {
    const event = encodeInitial(view, entry, isFirst);
    if (!event) continue;
    isFirst = false;
    yield event;
  }
  if (start.marksInitialEnd) yield encodeBookmark(view, initial.revision, { isInitialEnd: true, isFirst });
}

/** In order; what is told is let go of: the watch may stay open for an hour, and nothing may happen in it. */
function* takenOut<T>(untold: T[]): Iterable<T> {
  untold.reverse();
  for (let one = untold.pop(); one; one = untold.pop()) yield one;
}

function newTooOld(revision: number, { compactedRevision }: CompactedError) {
  return newExpired(`too old resource version: ${revision} (${compactedRevision})`).status;
}
