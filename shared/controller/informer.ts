import type { KubeObject } from '../apis/meta/v1.ts';
import type { ResourceType } from '../apis/resource-type.ts';
import type { KubeClient } from '../client/client.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import type { Store } from './store.ts';

/**
 * An informer keeps a store equal to one list on the API server by listing (or `sendInitialEvents`) and watching, resumes from the last resourceVersion,
 * starts anew on 410, backs off with jitter, and tells its handlers of each change after the store has it. A re-list is swapped in whole: readers never
 * see a half-filled store, and what vanished meanwhile is told as a deletion.
 */
export interface InformerOptions<T extends KubeObject> {
  client: KubeClient;
  type: ResourceType<T>;
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Trims an object before it is kept, so that the cache holds only what is read. */
  transform?: (object: T) => T;
  indexes?: Record<string, (object: T) => string[]>;
  /** Called after a whole list, the first or another, has been swapped in. */
  onList?: () => void;
  /** Called whenever the server says that it serves no such resource; the informer asks again, unless its run is ended by then. */
  onNotServed?: () => void;
  /** Called whenever the server does not let us see it; the informer asks again. */
  onForbidden?: () => void;
  /**
   * Whether a watch that broke may go on from the version that it had; absent: always. Where it may not, everything is listed anew: a server may have been restored from a backup meanwhile,
   * and one that has not come to that version yet need not say so (kube-apiserver takes the watch, and tells nothing before it has passed it).
   */
  resumes?: () => boolean;
  clock: Clock;
  log: Logger;
}

/** `object` is the new state (the last known one for a deletion, trimmed or not), `previous` what the store had. */
export type ChangeHandler<T> = (change: { object: T; previous?: T; deleted: boolean }) => void;

export interface Informer<T extends KubeObject> {
  readonly type: ResourceType<T>;
  readonly store: Store<T>;
  hasSynced(): boolean;
  /** The resourceVersion up to which the store has everything that the server had; undefined before the first list. */
  seenUpTo(): string | undefined;
  /** Resolves when the first list is in the store. Rejects if `run` ended before. */
  synced(): Promise<void>;
  /** Handlers added after the sync are told of every object in the store first. Returns the removal. */
  addHandler(handler: ChangeHandler<T>): () => void;
  /** Runs until `signal` aborts; resolves then. */
  run(signal: AbortSignal): Promise<void>;
}
