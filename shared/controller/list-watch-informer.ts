import { isForbidden, isStatusError } from '../apis/meta/status-error.ts';
import type { KubeObject } from '../apis/meta/v1.ts';
import { groupResource, type ResourceType } from '../apis/resource-type.ts';
import { TransportError } from '../client/transport.ts';
import { backoffMs } from './backoff.ts';
import type { ChangeHandler, Informer, InformerOptions } from './informer.ts';
import { type InformerState, isRevisionLost, nextState, type Outcome } from './informer-state.ts';
import { type ListSink, runState } from './list-watcher.ts';
import { newObjectStore, type ObjectStore } from './object-store.ts';
import { sleep } from './sleep.ts';
import { keyOf, type Store } from './store.ts';

const RETRY = { baseMs: 400, maxMs: 30_000 };
/** Whose connections a server has ended all at once come back over so long a time. Who only starts does not wait so long. */
const SPREAD_MS = 2000;

/** Makes an informer; it does nothing until it is run. */
export function newInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T> {
  return new ListWatchInformer(options);
}

class ListWatchInformer<T extends KubeObject> implements Informer<T>, ListSink<T> {
  readonly type: ResourceType<T>;
  readonly #options: InformerOptions<T>;
  readonly #objects: ObjectStore<T>;
  readonly #handlers = new Set<ChangeHandler<T>>();
  readonly #synced = newDeferred();
  #hasSynced = false;
  #seenUpTo: string | undefined;

  constructor(options: InformerOptions<T>) {
    this.type = options.type;
    this.#options = options;
    this.#objects = newObjectStore(options.indexes);
    this.#synced.promise.catch(() => {}); // whoever waits is told; nobody needs to
  }

  get store(): Store<T> {
    return this.#objects;
  }

  hasSynced(): boolean {
    return this.#hasSynced;
  }

  seenUpTo(): string | undefined {
    return this.#seenUpTo;
  }

  synced(): Promise<void> {
    return this.#synced.promise;
  }

  addHandler(handler: ChangeHandler<T>): () => void {
    if (this.#hasSynced) for (const object of this.#objects.list()) this.#call(handler, { object, deleted: false });
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  async run(signal: AbortSignal): Promise<void> {
    let state: InformerState = { phase: 'stream' };
    let failures = 0;
    let wasLost = false;
    /** A watch broke, and none went well since: a new list alone says nothing about the next one. */
    let isBroken = false;
    while (!signal.aborted) {
      const outcome = await runState(this.#options, this, state, signal);
      if (!signal.aborted && outcome.result === 'failed') this.#tellRefusal(outcome.error);
      if (signal.aborted) break;
      const wasWatch = state.phase === 'watch';
      state = nextState(state, outcome, this.#options.resumes?.());
      if (outcome.result === 'done') {
        if (wasWatch) [isBroken, wasLost] = [false, false];
        if (!isBroken) failures = 0;
        continue;
      }
      const isLost = isRevisionLost(outcome.error);
      // The server answers again, however often it could not be reached before.
      if (outcome.hadLasted || (isLost && !wasLost)) failures = 0;
      wasLost = isLost;
      isBroken ||= outcome.resourceVersion !== undefined;
      failures += 1;
      await this.#pause(outcome, failures, signal);
    }
    this.#synced.reject(new Error(`the informer of ${groupResource(this.type)} ended before it had the list`));
  }

  seen(resourceVersion: string): void {
    this.#seenUpTo = resourceVersion;
  }

  replace(objects: T[], resourceVersion: string): void {
    this.#seenUpTo = resourceVersion;
    const before = this.#objects.replace(objects);
    for (const object of objects) {
      const key = keyOf(object);
      const previous = before.get(key);
      before.delete(key);
      this.#tellSet(object, previous);
    }
    for (const gone of before.values()) this.#tell({ object: gone, previous: gone, deleted: true });
    this.#hasSynced = true;
    this.#synced.resolve();
    this.#options.onList?.();
  }

  set(object: T): void {
    this.#tellSet(object, this.#objects.set(object));
  }

  remove(object: T): void {
    const previous = this.#objects.delete(keyOf(object));
    this.#tell({ object, ...(previous ? { previous } : {}), deleted: true });
  }

  /** An object that was deleted and made anew while nobody looked is told as both. */
  #tellSet(object: T, previous: T | undefined): void {
    if (previous && previous.metadata.uid !== object.metadata.uid) {
      this.#tell({ object: previous, previous, deleted: true });
      this.#tell({ object, deleted: false });
      return;
    }
    if (previous && previous.metadata.resourceVersion === object.metadata.resourceVersion) return;
    this.#tell({ object, ...(previous ? { previous } : {}), deleted: false });
  }

  #tell(change: Parameters<ChangeHandler<T>>[0]): void {
    for (const handler of this.#handlers) this.#call(handler, change);
  }

  #call(handler: ChangeHandler<T>, change: Parameters<ChangeHandler<T>>[0]): void {
    try {
      handler(change);
    } catch (error) {
      const fields = { resource: groupResource(this.type), key: keyOf(change.object), err: error };
      this.#options.log.error(fields, 'a handler of an informer failed');
    }
  }

  #tellRefusal(error: unknown): void {
    if (isNotServed(error)) this.#options.onNotServed?.();
    if (isForbidden(error)) this.#options.onForbidden?.();
  }

  /** Somebody else's request has reached the server again: no need to wait any longer. */
  readonly #onConnect = (wake: () => void): (() => void) | undefined =>
    this.#options.client.transport.onConnect?.(wake);

  /** A lost revision is no fault: the new list is asked for at once, the first time. */
  async #pause(outcome: Outcome & { result: 'failed' }, failures: number, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    const resource = groupResource(this.type);
    if (failures === 1 && isRevisionLost(outcome.error)) {
      log.info({ resource }, 'the revision to watch from is gone; listing anew');
      return;
    }
    const wasCut = outcome.error instanceof TransportError;
    const isOneOfMany = wasCut && failures === 1 && this.#hasSynced;
    const delayMs = isOneOfMany ? SPREAD_MS * Math.random() : backoffMs(failures, RETRY);
    const retryInMs = Math.round(delayMs);
    log.warn({ resource, err: outcome.error, retryInMs }, 'watching failed');
    await sleep(clock, retryInMs, signal, isOfServer(outcome.error) ? this.#onConnect : undefined);
  }
}

function isNotServed(error: unknown): boolean {
  return isStatusError(error) && error.code === 404;
}

/** It could not be reached, or does not work: not a refusal, which no new connection changes. */
function isOfServer(error: unknown): boolean {
  return error instanceof TransportError || (isStatusError(error) && error.code >= 500);
}

interface Deferred {
  promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

function newDeferred(): Deferred {
  let settle: Omit<Deferred, 'promise'> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, resolve: () => settle?.resolve(), reject: (error) => settle?.reject(error) };
}
