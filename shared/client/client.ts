import type { DeleteOptions, KubeList, KubeObject, WatchEvent } from '../apis/meta/v1.ts';
import type { ResourceType } from '../apis/resource-type.ts';
import type { Answer } from './sender.ts';
import type { Transport, TransportRequest } from './transport.ts';

/**
 * A typed client of the Kubernetes API. Every method throws `StatusError` when the server answers with an error and
 * `TransportError` when it can't be reached. Nothing is retried here except 429 and 503 answers that carry Retry-After.
 */

/** Which object: `namespace` for namespaced resources only. */
export interface ObjectKey {
  name: string;
  namespace?: string;
}

export interface ListOptions {
  /** Absent on a namespaced resource: all namespaces. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  limit?: number;
  continue?: string;
  resourceVersion?: string;
  resourceVersionMatch?: 'Exact' | 'NotOlderThan';
}

export interface WatchOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  resourceVersion?: string;
  resourceVersionMatch?: 'NotOlderThan';
  allowWatchBookmarks?: boolean;
  sendInitialEvents?: boolean;
  timeoutSeconds?: number;
}

export interface WriteOptions {
  signal?: AbortSignal;
  fieldManager?: string;
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  dryRun?: boolean;
  /** e.g. `status`, `approval`. */
  subresource?: string;
}

export interface PatchOptions extends WriteOptions {
  /** Server-side apply only: take over fields that others own. */
  force?: boolean;
}

export type PatchBody =
  | { type: 'json'; operations: { op: string; path: string; value?: unknown; from?: string }[] }
  | { type: 'merge'; patch: unknown }
  | { type: 'strategic'; patch: unknown };

export interface RequestOptions {
  signal?: AbortSignal;
}

export interface KubeClient {
  readonly transport: Transport;
  get<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey, options?: RequestOptions): Promise<T>;
  list<T extends KubeObject>(type: ResourceType<T>, options?: ListOptions & RequestOptions): Promise<KubeList<T>>;
  /**
   * Opens a watch; iterating yields its events, BOOKMARKs and a final ERROR included, and ends when the server closes it.
   * Throws StatusError if the watch is refused, TransportError if the connection breaks.
   */
  watch<T extends KubeObject>(
    type: ResourceType<T>,
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>>;
  /** The namespace comes from `object.metadata.namespace`. */
  create<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<T>;
  /** PUT; 409 Conflict when `metadata.resourceVersion` is stale. `subresource: 'status'` writes the status alone. */
  update<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(
    type: ResourceType<T>,
    key: ObjectKey,
    patch: PatchBody,
    options?: PatchOptions,
  ): Promise<T>;
  /** Server-side apply of `object`, which has apiVersion, kind and name and only the fields that the manager means to own. */
  apply<T extends KubeObject>(
    type: ResourceType<T>,
    object: KubeObject,
    options: PatchOptions & { fieldManager: string },
  ): Promise<T>;
  delete<T extends KubeObject>(
    type: ResourceType<T>,
    key: ObjectKey,
    options?: DeleteOptions & RequestOptions,
  ): Promise<void>;
  deleteCollection<T extends KubeObject>(
    type: ResourceType<T>,
    list: ListOptions,
    options?: DeleteOptions & RequestOptions,
  ): Promise<void>;
  /** Any request whose answer is JSON or text; throws StatusError on 4xx and 5xx. Returns the body as text. */
  raw(request: TransportRequest): Promise<string>;
  /** The same with what the answer says beside its body: for who asks on a condition, and may be told 304. */
  answer(request: TransportRequest): Promise<Answer>;
  close(): Promise<void>;
}
