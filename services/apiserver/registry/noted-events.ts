import type { Unstructured, WatchEvent } from '../../../shared/apis/meta/v1.ts';

/**
 * What the bytes of a watch say, for readers in this process: they need not parse what others have to, and of one event all of them get the same. It is noted on
 * the bytes themselves, and goes with them.
 */
const EVENTS = Symbol('events');

interface Piece extends Uint8Array {
  [EVENTS]?: readonly NotedEvent[];
}

/** The event, made when somebody asks for it. */
type NotedEvent = () => WatchEvent<Unstructured>;

/** The same bytes, of these events and nothing else. */
export function withEvents(bytes: Uint8Array, events: readonly NotedEvent[]): Uint8Array {
  const piece: Piece = bytes.subarray();
  piece[EVENTS] = events;
  return piece;
}

/** The bytes of several events as one piece, of which as much is known as of them. */
export function joinNoted(parts: Uint8Array[]): Uint8Array {
  const joined = Buffer.concat(parts);
  const events: NotedEvent[] = [];
  for (const part of parts as Piece[]) {
    const known = part[EVENTS];
    if (!known) return joined;
    for (const event of known) events.push(event);
  }
  return withEvents(joined, events);
}

/** Every event in a piece of a watch, in order; undefined where they are not known, and it has to be parsed. */
export function eventsIn(piece: Uint8Array): WatchEvent<Unstructured>[] | undefined {
  return (piece as Piece)[EVENTS]?.map((event) => event());
}
