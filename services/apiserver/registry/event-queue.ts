/** Encoded events on their way to one watcher. Bounded: a watcher that does not read is dropped, never waited for. */
export interface EventQueue {
  /** False: there is no room any more; the queue then ends after what it holds. */
  push(event: Uint8Array): boolean;
  /** No more events, but perhaps a last one; what is queued is still delivered. */
  end(last?: Uint8Array): void;
  /** The queued events, as soon as there are any; undefined at the end. */
  take(): Promise<Uint8Array[] | undefined>;
}

export interface QueueLimits {
  events: number;
  bytes: number;
}

export const WATCH_LIMITS: QueueLimits = { events: 10_000, bytes: 64 << 20 };

export function newEventQueue(limits: QueueLimits = WATCH_LIMITS): EventQueue {
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
      return taken;
    },
  };
}
