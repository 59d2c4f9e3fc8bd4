import type { Status, Unstructured, WatchEvent } from '../../../shared/apis/meta/v1.ts';
import { INITIAL_EVENTS_END_ANNOTATION } from '../../../shared/apis/meta/v1.ts';
import { objectJson } from '../../../shared/apis/object-json.ts';
import { apiVersionOf } from '../../../shared/apis/resource-type.ts';
import type { Change, Entry } from '../../storage/backend.ts';
import { laidOver, zeroObject } from '../merge/zero-object.ts';
import { encodeProtobufEvent } from '../protobuf/encode-object.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import type { Representation } from './negotiation.ts';
import { withEvents } from './noted-events.ts';
import { bytesAs, decodeEntry, decodeStored, type StoredBytes } from './object-codec.ts';
import { partialMetadata } from './partial-metadata.ts';
import type { Registry } from './registry.ts';
import type { Selection } from './selection.ts';
import { type IncludeObject, newTable } from './table.ts';

/**
 * Changes of the store as events of a watch. A change is decoded once and encoded once for each way to see it, however many watchers there
 * are: both are remembered until the next change.
 */
export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';

export interface EventView extends ViewOptions {
  /** What is seen in the same form is encoded once. */
  readonly form: string;
}

interface ViewOptions {
  registry: Registry;
  definition: ResourceDefinition;
  selection: Selection;
  /** JSON or protobuf. */
  format: Representation['format'];
  as: Representation['as'];
  metaVersion: Representation['metaVersion'];
  include: IncludeObject;
  /** The watcher is in this process, and takes events as they are. */
  isInProcess: boolean;
}

export function newEventView(options: ViewOptions): EventView {
  const { format, definition, as, metaVersion, include } = options;
  // The form comes first: added to a copy, it would give each view a hidden class of its own.
  return { form: `${format} ${apiVersionOf(definition)} ${as} ${metaVersion} ${include}`, ...options };
}

interface Remembered {
  change: Change | undefined;
  /** As each group and version has the object; made for the first who selects. */
  values?: Map<string, Unstructured>;
  previous?: Map<string, Unstructured>;
  encoded: Encoded[];
}

interface Encoded extends Seen {
  form: string;
  bytes: Uint8Array;
  /** Made when it is first asked for. */
  event: WatchEvent<Unstructured> | undefined;
}

/**
 * Of the last change: all who watch are told of one before the next. A weak map by changes would keep each until the old space is collected, for what is young
 * counts as held by a map that is old.
 */
let remembered = newMemory(undefined);

function newMemory(change: Change | undefined): Remembered {
  return { change, encoded: [] };
}

/** The event of a change; undefined if this watcher does not see it. `isFirst`: a Table's columns come with the first event. */
export function encodeChange(view: EventView, change: Change, isFirst: boolean): Uint8Array | undefined {
  const memory = memoryOf(change);
  const seen = seenAs(view, change, memory);
  if (!seen) return undefined;
  if (isFirst && view.as === 'Table') return encodeSeen(view, change, { ...seen, withColumns: true });
  const encoded = encodedOnce(view, memory, change, seen);
  if (!view.isInProcess || !isPlain(view) || seen.isPrevious) return encoded.bytes;
  return withEvents(encoded.bytes, [() => (encoded.event ??= eventAs(view, seen.type, change))]);
}

function encodedOnce(view: EventView, memory: Remembered, change: Change, seen: Seen): Encoded {
  const { type, isPrevious } = seen;
  const isAlike = (one: Encoded): boolean =>
    one.type === type && one.isPrevious === isPrevious && one.form === view.form;
  const known = memory.encoded.find(isAlike);
  if (known) return known;
  const bytes = encodeSeen(view, change, { type, isPrevious, withColumns: false });
  const encoded: Encoded = { form: view.form, type, isPrevious, bytes, event: undefined };
  memory.encoded.push(encoded);
  return encoded;
}

/** What a change is to a watcher. */
interface Seen {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** They see the object as it was before. */
  isPrevious: boolean;
}

function encodeSeen(view: EventView, change: Change, seen: Seen & { withColumns: boolean }): Uint8Array {
  if (!seen.isPrevious)
    return encodeBytes(view, seen.type, { value: change.value, modRevision: change.revision }, seen.withColumns);
  const previous = previousOf(view, change, memoryOf(change));
  return encodeObject(view, seen.type, restamped(previous, change.revision), seen.withColumns);
}

/** Of what is sent as it is stored. The watchers in this process share the object, and nobody else has it. */
const eventAs = ({ definition }: EventView, type: Seen['type'], { value }: Change): WatchEvent<Unstructured> => ({
  type,
  object: decodeStored(definition, value),
});

/** The event of an object that was there when the watch began; undefined if this watcher does not see it. */
export function encodeInitial(view: EventView, entry: Entry, isFirst: boolean): Uint8Array | undefined {
  const { matches } = view.selection;
  if (matches && !matches(decodeEntry(view.definition, entry))) return undefined;
  return encodeBytes(view, 'ADDED', entry, isFirst);
}

export interface BookmarkOptions {
  /** Everything that was there at the start has been told. */
  isInitialEnd?: boolean;
  isFirst: boolean;
}

/** What an empty object comes to have on its way through upstream's internal types. */
const CONVERTED: Readonly<Record<string, Parameters<typeof laidOver>[1]>> = {
  'apps Deployment': { spec: { replicas: 0 } },
  'apps ReplicaSet': { spec: { replicas: 0 } },
  'apps StatefulSet': { spec: { replicas: 0 } },
  'apps DaemonSet': { metadata: { annotations: { 'deprecated.daemonset.template.generation': '0' } } },
};

/** An object of the kind that has nothing but a resourceVersion. */
export function encodeBookmark(view: EventView, revision: number, options: BookmarkOptions): Uint8Array {
  const { definition } = view;
  const annotations = options.isInitialEnd ? { annotations: { [INITIAL_EVENTS_END_ANNOTATION]: 'true' } } : {};
  const { kind } = definition;
  const empty = zeroObject(definition, { apiVersion: apiVersionOf(definition), kind, metadata: {} });
  const converted = view.as === undefined ? CONVERTED[`${definition.group} ${kind}`] : undefined;
  const bookmark = laidOver(laidOver(empty, converted ?? {}), {
    metadata: { resourceVersion: String(revision), ...annotations },
  }) as Unstructured;
  return encodeObject(view, 'BOOKMARK', bookmark, options.isFirst);
}

export const encodeError = ({ format }: Pick<EventView, 'format'>, status: Status): Uint8Array =>
  eventOf(format, 'ERROR', status);

function memoryOf(change: Change): Remembered {
  if (remembered.change !== change) remembered = newMemory(change);
  return remembered;
}

/** An object that begins or ceases to match a selector comes and goes as far as this watcher knows. */
function seenAs({ definition, selection }: EventView, change: Change, memory: Remembered): Seen | undefined {
  const { matches } = selection;
  const valueMatches = () => matches?.(decodedOnce(memory, 'values', definition, change.value)) ?? true;
  const was = change.previous !== undefined && (!matches || matches(previousOf({ definition }, change, memory)));
  if (change.type === 'delete') return was ? { type: 'DELETED', isPrevious: false } : undefined;
  const is = !matches || valueMatches();
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', isPrevious: false };
  return was ? { type: 'DELETED', isPrevious: true } : undefined;
}

function previousOf({ definition }: Pick<EventView, 'definition'>, change: Change, memory: Remembered): Unstructured {
  return decodedOnce(memory, 'previous', definition, change.previous ?? change.value);
}

function decodedOnce(
  memory: Remembered,
  which: 'values' | 'previous',
  definition: ResourceDefinition,
  bytes: Uint8Array,
): Unstructured {
  const known = memory[which] ?? new Map<string, Unstructured>();
  memory[which] = known;
  const version = apiVersionOf(definition);
  const object = known.get(version) ?? decodeStored(definition, bytes);
  known.set(version, object);
  return object;
}

function restamped(object: Unstructured, revision: number): Unstructured {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}

/** As the object is stored, in its version. */
const isPlain = ({ as, format }: EventView): boolean => as === undefined && format === 'json';

function encodeBytes(view: EventView, type: EventType, stored: StoredBytes, withColumns: boolean): Uint8Array {
  if (!isPlain(view)) return encodeObject(view, type, decodeStored(view.definition, stored.value), withColumns);
  return line(type, bytesAs(view.definition, stored));
}

function encodeObject(view: EventView, type: EventType, object: Unstructured, withColumns: boolean): Uint8Array {
  const { registry, definition, format, as, include, metaVersion: version } = view;
  if (as === undefined) return eventOf(format, type, object);
  if (as !== 'Table') return eventOf(format, type, partialMetadata(object, version));
  const meta = { resourceVersion: object.metadata.resourceVersion ?? '' };
  const table = newTable({
    registry,
    definition,
    objects: [object],
    meta,
    include,
    version,
    withoutColumns: !withColumns,
  });
  return eventOf(format, type, table);
}

function eventOf(format: EventView['format'], type: string, object: object): Uint8Array {
  return format === 'protobuf' ? encodeProtobufEvent(type, object) : line(type, objectJson(object));
}

function line(type: string, object: string | Uint8Array): Uint8Array {
  const bytes = typeof object === 'string' ? Buffer.from(object) : object;
  return Buffer.concat([Buffer.from(`{"type":"${type}","object":`), bytes, Buffer.from('}\n')]);
}
