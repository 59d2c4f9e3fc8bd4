import type { Unstructured, WatchEvent } from '../../../shared/apis/meta/v1.ts';

/**
 * What the bytes of a watch say, for readers in this process: they need not parse what others have to, and of one event all of them get the same. Kept with the
 * bytes and no longer.
 */
const eventsOf = new WeakMap<Uint8Array, readonly NotedEvent[]>();

/** The event, made when somebody asks for it. */
type NotedEvent = () => WatchEvent<Unstructured>;

/** The bytes are this event's, and nothing else's. */
export function noteEvent(bytes: Uint8Array, event: NotedEvent): void {
  if (!eventsOf.has(bytes)) eventsOf.set(bytes, [event]);
}

/** The bytes of several events as one piece, of which as much is known as of them. */
export function joinNoted(parts: Uint8Array[]): Uint8Array {
  const piece = Buffer.concat(parts);
  const events: NotedEvent[] = [];
  for (const part of parts) {
    const known = eventsOf.get(part);
    if (!known) return piece;
    events.push(...known);
  }
  eventsOf.set(piece, events);
  return piece;
}

/** Every event in a piece of a watch, in order; undefined where they are not known, and it has to be parsed. */
export function eventsIn(piece: Uint8Array): WatchEvent<Unstructured>[] | undefined {
  return eventsOf.get(piece)?.map((event) => event());
}
