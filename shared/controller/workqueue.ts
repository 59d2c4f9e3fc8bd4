import type { Clock } from './clock.ts';

/**
 * Keys to look at: each at most once in the queue, and never in two hands. A key that is added while somebody works on it comes back when that is done.
 */
export interface Workqueue {
  add(key: string): void;
  /** At most one delayed look per key: the earliest wins. Adding the key now does not cancel it. */
  addAfter(key: string, delayMs: number): void;
  /** The next key; undefined once the queue is shut and empty of waiting. Call `done` with it afterwards. */
  next(): Promise<string | undefined>;
  done(key: string): void;
  /** Drops what waits, cancels what is delayed, ends every `next`. */
  shutDown(): void;
  length(): number;
}

interface Delayed {
  dueMs: number;
  cancel: () => void;
}

export function newWorkqueue(clock: Clock): Workqueue {
  return new KeyQueue(clock);
}

class KeyQueue implements Workqueue {
  readonly #clock: Clock;
  /** In insertion order: a Set is the queue and its index at once. */
  readonly #waiting = new Set<string>();
  readonly #working = new Set<string>();
  readonly #again = new Set<string>();
  readonly #delayed = new Map<string, Delayed>();
  #takers: ((key: string | undefined) => void)[] = [];
  #isShut = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(key: string): void {
    if (this.#isShut) return;
    if (this.#working.has(key)) {
      this.#again.add(key);
      return;
    }
    const taker = this.#waiting.has(key) ? undefined : this.#takers.shift();
    if (!taker) {
      this.#waiting.add(key);
      return;
    }
    this.#working.add(key);
    taker(key);
  }

  addAfter(key: string, delayMs: number): void {
    if (this.#isShut) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const dueMs = this.#clock.monotonic() + delayMs;
    const current = this.#delayed.get(key);
    if (current && current.dueMs <= dueMs) return;
    current?.cancel();
    const cancel = this.#clock.setTimeout(() => {
      this.#delayed.delete(key);
      this.add(key);
    }, delayMs);
    this.#delayed.set(key, { dueMs, cancel });
  }

  next(): Promise<string | undefined> {
    if (this.#isShut) return Promise.resolve(undefined);
    const [key] = this.#waiting;
    if (key === undefined) return new Promise((resolve) => this.#takers.push(resolve));
    this.#waiting.delete(key);
    this.#working.add(key);
    return Promise.resolve(key);
  }

  done(key: string): void {
    this.#working.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }

  shutDown(): void {
    this.#isShut = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#waiting.clear();
    for (const taker of this.#takers) taker(undefined);
    this.#takers = [];
  }

  length(): number {
    return this.#waiting.size;
  }
}
