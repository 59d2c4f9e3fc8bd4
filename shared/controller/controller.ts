import type { KubeObject } from '../apis/meta/v1.ts';
import type { BackoffOptions } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { ChangeHandler, Informer } from './informer.ts';
import type { Logger } from './logger.ts';

/**
 * The one worker loop of the product. A controller has a queue of keys without duplicates; a key is reconciled by at most one
 * worker at a time; an error means back-off and another try; `requeueAfterMs` means exactly one later look.
 */

export interface ReconcileResult {
  requeueAfterMs?: number;
}

/** Retrying can't help: reported in a condition by whoever throws it, logged once, not retried until the object changes. */
export class TerminalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TerminalError';
  }
}

/** Something that tells a controller which keys to look at. Make one with `source(informer, keysOf)`. */
export interface Source {
  readonly name: string;
  synced(): Promise<void>;
  subscribe(enqueue: (key: string) => void): () => void;
}

export interface ControllerOptions {
  name: string;
  sources: Source[];
  /** Reads current state by key, never an event. Throws to retry. */
  reconcile: (key: string, signal: AbortSignal) => Promise<ReconcileResult | undefined>;
  /** Workers; 1 unless given. */
  concurrency?: number;
  /** A reconcile that takes longer does not count as a worker from then on, so that what waits long for somebody else does not hold up the rest; up to eight times as many. */
  slowAfterMs?: number;
  /** How long to wait between tries of a key that failed; from 5 ms to 5 minutes unless given. */
  backoff?: BackoffOptions;
  /** Each subscribes to something by which keys that failed are worth another try soon: a server that answers again, say. */
  wakes?: ((wake: () => void) => (() => void) | undefined)[];
  clock: Clock;
  log: Logger;
}

export interface Controller {
  readonly name: string;
  enqueue(key: string): void;
  enqueueAfter(key: string, delayMs: number): void;
  /** How many keys wait. */
  depth(): number;
  /** Waits for the sources to sync, works until `signal` aborts, and resolves when the last reconcile has ended. */
  run(signal: AbortSignal): Promise<void>;
}

/** By default the object's own key; `keysOf` maps an object (and what it was before) to the keys to look at. */
export function source<T extends KubeObject>(
  informer: Informer<T>,
  keysOf: (object: T, previous: T | undefined) => string[],
): Source {
  return {
    name: informer.type.resource,
    synced: () => informer.synced(),
    subscribe: (enqueue) => {
      const handler: ChangeHandler<T> = ({ object, previous }) => {
        for (const key of keysOf(object, previous)) enqueue(key);
      };
      return informer.addHandler(handler);
    },
  };
}
