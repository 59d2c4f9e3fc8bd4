/** Encoded events on their way to one watcher. Bounded: a watcher that does not read is dropped, never waited for. */
export interface EventQueue {
  /** False: there is no room any more; the queue then ends after what it holds. */
  push(event: Uint8Array): boolean;
  /** No more events, but perhaps a last one; what is queued is still delivered. */
  end(last?: Uint8Array): void;
  /** The queued events, several in a piece, as soon as there are any; undefined at the end. */
  take(): Promise<Uint8Array[] | undefined>;
}

export interface QueueLimits {
  events: number;
  bytes: number;
}

interface EventQueueOptions {
  limits?: QueueLimits;
  /** Several events as one piece. */
  join?: Join;
}

type Join = (events: Uint8Array[]) => Uint8Array;

const WATCH_LIMITS: QueueLimits = { events: 10_000, bytes: 64 << 20 };

export function newEventQueue({ limits = WATCH_LIMITS, join = Buffer.concat }: EventQueueOptions = {}): EventQueue {
  let queued: Uint8Array[] = [];
  let bytes = 0;
  let ended = false;
  let wake = () => {};

  return {
    push(event) {
      if (ended) return false;
      if (queued.length >= limits.events || bytes + event.length > limits.bytes) {
        ended = true;
        return false;
      }
      queued.push(event);
      bytes += event.length;
      wake();
      return true;
    },
    end(last) {
      ended = true;
      if (last) queued.push(last);
      wake();
    },
    async take() {
      if (queued.length === 0 && !ended) await new Promise<void>((resolve) => (wake = resolve));
      if (queued.length === 0) return undefined;
      const taken = queued;
      queued = [];
      bytes = 0;
      return inPieces(taken, join);
    },
  };
}

/** Enough for a TLS record several times over. */
const PIECE_BYTES = 64 << 10;

/** The same bytes in fewer parts: each part costs its reader a turn, and its connection a write. */
function inPieces(events: Uint8Array[], join: Join): Uint8Array[] {
  if (events.length === 1) return events;
  const pieces: Uint8Array[] = [];
  let from = 0;
  let bytes = 0;
  for (const [at, { length }] of events.entries()) {
    if (bytes > 0 && bytes + length > PIECE_BYTES) {
      pieces.push(join(events.slice(from, at)));
      [from, bytes] = [at, 0];
    }
    bytes += length;
  }
  pieces.push(join(events.slice(from)));
  return pieces;
}
