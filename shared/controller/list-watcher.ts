import { isExpired, StatusError } from '../apis/meta/status-error.ts';
import { INITIAL_EVENTS_END_ANNOTATION, type KubeList, type KubeObject, type WatchEvent } from '../apis/meta/v1.ts';
import { groupResource } from '../apis/resource-type.ts';
import type { WatchOptions } from '../client/client.ts';
import type { InformerOptions } from './informer.ts';
import type { InformerState, Outcome } from './informer-state.ts';
import { keyOf } from './store.ts';
import { newWatchDeadlines, type WatchDeadlines } from './watch-deadlines.ts';

/** What a list and a watch are told to: the writing side of the store. */
export interface ListSink<T extends KubeObject> {
  /** `resourceVersion`: of the list. */
  replace(objects: T[], resourceVersion: string): void;
  /** Said before what happened at that version. */
  seen(resourceVersion: string): void;
  set(object: T): void;
  remove(object: T): void;
}

const PAGE_SIZE = 500;

/** Does what a state asks for, until that is done or fails. Aborting `signal` makes it fail. */
export async function runState<T extends KubeObject>(
  options: InformerOptions<T>,
  sink: ListSink<T>,
  state: InformerState,
  signal: AbortSignal,
): Promise<Outcome> {
  switch (state.phase) {
    case 'list':
      return listAll(options, sink, signal);
    case 'stream':
      return watch(
        options,
        newStreamReader(options, sink),
        { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' },
        signal,
      );
    case 'watch':
      return watch(options, newEventReader(options, sink, state.resourceVersion), state, signal);
  }
}

async function listAll<T extends KubeObject>(
  options: InformerOptions<T>,
  sink: ListSink<T>,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const { items, resourceVersion } = await readPages(options, signal);
    sink.replace(items, resourceVersion);
    return { result: 'done', resourceVersion };
  } catch (error) {
    return { result: 'failed', error, resourceVersion: undefined };
  }
}

/** In pages; a list that changes faster than it is paged through is asked for whole. */
async function readPages<T extends KubeObject>(
  options: InformerOptions<T>,
  signal: AbortSignal,
): Promise<{ items: T[]; resourceVersion: string }> {
  const { client, type } = options;
  const selection = { ...selectionOf(options), signal };
  const items: T[] = [];
  const take = (page: KubeList<T>): string => {
    for (const item of page.items) items.push(...kept(options, item));
    return page.metadata.continue ?? '';
  };
  let page = await client.list(type, { ...selection, limit: PAGE_SIZE });
  for (let token = take(page); token !== ''; token = take(page)) {
    try {
      page = await client.list(type, { ...selection, limit: PAGE_SIZE, continue: token });
    } catch (error) {
      if (!isExpired(error)) throw error;
      items.length = 0;
      page = await client.list(type, selection);
    }
  }
  return { items, resourceVersion: page.metadata.resourceVersion ?? '' };
}

/** Takes in the events of one watch. */
interface EventReader<T extends KubeObject> {
  /** Throws the error of an ERROR event. */
  read(event: WatchEvent<T>): void;
  /** Undefined until the list is complete. */
  resourceVersion(): string | undefined;
}

async function watch<T extends KubeObject>(
  options: InformerOptions<T>,
  reader: EventReader<T>,
  question: Pick<WatchOptions, 'resourceVersion' | 'resourceVersionMatch' | 'sendInitialEvents'>,
  signal: AbortSignal,
): Promise<Outcome> {
  const { resourceVersion, resourceVersionMatch, sendInitialEvents } = question;
  const deadlines = newWatchDeadlines(options.clock, signal, sendInitialEvents === true);
  try {
    const watchOptions = {
      ...selectionOf(options),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(resourceVersionMatch ? { resourceVersionMatch } : {}),
      ...(sendInitialEvents ? { sendInitialEvents } : {}),
      allowWatchBookmarks: true,
      timeoutSeconds: deadlines.timeoutSeconds,
    };
    for await (const event of options.client.watch(options.type, watchOptions, deadlines.signal)) {
      reader.read(event);
      deadlines.eventSeen(reader.resourceVersion() !== undefined);
    }
    return ended(reader, deadlines);
  } catch (error) {
    const resourceVersion = reader.resourceVersion();
    const hadLasted = resourceVersion !== undefined && deadlines.hasLasted();
    return { result: 'failed', error: deadlines.cause() ?? error, resourceVersion, hadLasted };
  } finally {
    deadlines.stop();
  }
}

/** A server that ends watches at once is asked again with a growing delay, as after an error. */
function ended<T extends KubeObject>(reader: EventReader<T>, deadlines: WatchDeadlines): Outcome {
  const resourceVersion = reader.resourceVersion();
  if (resourceVersion !== undefined && deadlines.wasWorthwhile()) return { result: 'done', resourceVersion };
  return { result: 'failed', error: new Error('the server ended the watch at once'), resourceVersion };
}

function newEventReader<T extends KubeObject>(
  options: InformerOptions<T>,
  sink: ListSink<T>,
  from: string,
): EventReader<T> {
  let resourceVersion = from;
  return {
    resourceVersion: () => resourceVersion,
    read: (event) => {
      if (event.type === 'ERROR') throw new StatusError(event.object);
      resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
      sink.seen(resourceVersion);
      if (event.type === 'BOOKMARK') return;
      if (event.type === 'DELETED') return sink.remove(event.object);
      const [object] = kept(options, event.object);
      if (object) sink.set(object);
    },
  };
}

/** Collects aside until the server says that the list is complete, then swaps it in and goes on as a plain watch. */
function newStreamReader<T extends KubeObject>(options: InformerOptions<T>, sink: ListSink<T>): EventReader<T> {
  const collected = new Map<string, T>();
  const collecting: ListSink<T> = {
    replace: () => {},
    seen: () => {},
    set: (object) => collected.set(keyOf(object), object),
    remove: (object) => collected.delete(keyOf(object)),
  };
  const initial = newEventReader(options, collecting, '');
  let live: EventReader<T> | undefined;
  return {
    resourceVersion: () => live?.resourceVersion(),
    read: (event) => {
      if (live) return live.read(event);
      initial.read(event);
      if (event.type !== 'BOOKMARK' || event.object.metadata.annotations?.[INITIAL_EVENTS_END_ANNOTATION] !== 'true')
        return;
      const resourceVersion = initial.resourceVersion() ?? '';
      sink.replace([...collected.values()], resourceVersion);
      live = newEventReader(options, sink, resourceVersion);
    },
  };
}

function selectionOf<T extends KubeObject>({ namespace, labelSelector, fieldSelector }: InformerOptions<T>) {
  return {
    ...(namespace ? { namespace } : {}),
    ...(labelSelector ? { labelSelector } : {}),
    ...(fieldSelector ? { fieldSelector } : {}),
  };
}

/** What is to be kept of an object: nothing new where that can't be made out, which ends neither list nor watch, for all others are in them too. */
function kept<T extends KubeObject>({ transform, type, log }: InformerOptions<T>, object: T): T[] {
  if (!transform) return [object];
  try {
    return [transform(object)];
  } catch (error) {
    log.error({ resource: groupResource(type), key: keyOf(object), err: error }, 'an object is not taken in');
    return [];
  }
}
