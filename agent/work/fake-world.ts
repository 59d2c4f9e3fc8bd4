import { isDeepStrictEqual } from 'node:util';
import { newAlreadyExists, newConflict, newInvalid, newNotFound } from '../../shared/apis/meta/status-error.ts';
import type { DeleteOptions, FieldsV1, KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient, ObjectKey } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { Controller, ControllerOptions } from '../../shared/controller/controller.ts';
import { joinKey, keyOf } from '../../shared/controller/store.ts';

/**
 * For tests: an API server, a clock and the machinery around them, in memory and without time of its own. Apply knows maps and replaces lists whole;
 * that is enough to see who owns what.
 */

type Json = Record<string, unknown>;
type Listener = (object: Unstructured, deleted: boolean) => void;

const UID_IS_IMMUTABLE = { reason: 'FieldValueInvalid', field: 'metadata.uid', message: 'field is immutable' };

export interface FakeApi {
  client: KubeClient;
  /** Every request as `verb resource key`. */
  requests: string[];
  /** Answers a request, named as in `requests`, with an error; as often as the function throws. */
  intercept(handler: (request: string) => void): void;
  get(resource: string, key: string): Unstructured | undefined;
  /** Creates or replaces as somebody else, without checks. */
  put(resource: string, object: Unstructured): Unstructured;
  remove(resource: string, key: string): void;
  /** Takes an object away without its ever having been seen being deleted. */
  forget(resource: string, key: string): void;
  listen(resource: string, listener: Listener): () => void;
  list(resource: string): Unstructured[];
  /** The version of its last write. */
  version(): number;
  /** Its versions go on from there, as after a restored backup, and every watch on it begins anew. */
  rewind(version: number): void;
  /** Returns what puts all back as it is now, objects and versions, which go on from there or from the one given; every watch begins anew then. */
  backup(): (version?: number) => void;
  /** Calls the listener whenever every watch begins anew. */
  onList(listener: () => void): void;
  /** Whoever listened has gone. */
  detach(): void;
}

export function newFakeApi(): FakeApi {
  const objects = new Map<string, Unstructured>();
  const listeners = new Map<string, Set<Listener>>();
  const listListeners = new Set<() => void>();
  const requests: string[] = [];
  let intercept: (request: string) => void = () => {};
  let version = 100;

  const idOf = (resource: string, key: string): string => `${resource} ${key}`;
  const tell = (resource: string, object: Unstructured, deleted: boolean): void => {
    for (const listener of listeners.get(resource) ?? []) listener(structuredClone(object), deleted);
  };
  const save = (resource: string, object: Unstructured): Unstructured => {
    version += 1;
    const before = objects.get(idOf(resource, keyOf(object)));
    const saved = structuredClone(object);
    saved.metadata = {
      ...saved.metadata,
      uid: before?.metadata.uid ?? saved.metadata.uid ?? `uid-${version}`,
      resourceVersion: String(version),
      generation: generationOf(before, object),
    };
    if (saved.metadata.deletionTimestamp && (saved.metadata.finalizers ?? []).length === 0) {
      objects.delete(idOf(resource, keyOf(saved)));
      tell(resource, saved, true);
      return structuredClone(saved);
    }
    objects.set(idOf(resource, keyOf(saved)), saved);
    tell(resource, saved, false);
    return structuredClone(saved);
  };
  const find = (type: ResourceType, key: ObjectKey): Unstructured => {
    const found = objects.get(idOf(type.resource, joinKey(key.namespace, key.name)));
    if (!found) throw newNotFound({ ...type, name: key.name });
    return structuredClone(found);
  };
  const note = (verb: string, type: ResourceType, key: ObjectKey): void => {
    if (type.namespaced && !key.namespace) throw new Error(`${type.kind} "${key.name}": its namespace is missing`); // as the real client
    const request = `${verb} ${type.resource} ${joinKey(key.namespace, key.name)}`;
    requests.push(request);
    intercept(request);
  };
  const listed = (resource: string, { label = '', namespace = '' }: { label?: string; namespace?: string }) => ({
    apiVersion: 'v1',
    kind: 'List',
    metadata: { resourceVersion: String(version) },
    items: [...objects]
      .filter(([id]) => id.startsWith(`${resource} ${namespace ? `${namespace}/` : ''}`))
      .map(([, object]) => structuredClone(object))
      .filter(({ metadata }) => !label || metadata.labels?.[label] !== undefined),
  });
  const keyFrom = (object: KubeObject): ObjectKey => ({
    name: object.metadata.name ?? '',
    ...(object.metadata.namespace ? { namespace: object.metadata.namespace } : {}),
  });

  const rewind = (to: number): void => {
    version = to;
    for (const listener of listListeners) listener();
  };

  const client = {
    get: async (type: ResourceType, key: ObjectKey) => {
      note('get', type, key);
      return find(type, key);
    },
    list: async (type: ResourceType, scope: { labelSelector?: string; namespace?: string } = {}) => {
      intercept(`list ${type.resource}`);
      return listed(type.resource, { ...scope, label: scope.labelSelector ?? '' });
    },
    delete: async (type: ResourceType, key: ObjectKey, { preconditions }: DeleteOptions = {}) => {
      note('delete', type, key);
      const found = find(type, key);
      checkPreconditions(type, found, preconditions);
      save(type.resource, withDeletion(found));
    },
    create: async (type: ResourceType, object: Unstructured) => {
      note('create', type, keyFrom(object));
      if (objects.has(idOf(type.resource, keyOf(object)))) throw newAlreadyExists(type);
      return save(type.resource, object);
    },
    update: async (type: ResourceType, object: Unstructured, options?: { subresource?: string }) => {
      note(`update${options?.subresource ? `/${options.subresource}` : ''}`, type, keyFrom(object));
      const before = find(type, keyFrom(object));
      const { resourceVersion } = object.metadata;
      if (resourceVersion && resourceVersion !== before.metadata.resourceVersion) throw newConflict(type, 'stale');
      const status = object['status'];
      return save(
        type.resource,
        options?.subresource === 'status' ? { ...before, status } : { ...object, status: before['status'] },
      );
    },
    patch: async (type: ResourceType, key: ObjectKey, body: { patch: Json }) => {
      note('patch', type, key);
      const found = find(type, key);
      const { uid, resourceVersion } = (body.patch as Partial<KubeObject>).metadata ?? {};
      if (uid && uid !== found.metadata.uid) throw newConflict(type, 'another uid');
      if (resourceVersion && resourceVersion !== found.metadata.resourceVersion) throw newConflict(type, 'stale');
      return save(type.resource, mergePatch(found, body.patch) as unknown as Unstructured);
    },
    apply: async (
      type: ResourceType,
      object: Unstructured,
      { fieldManager, dryRun }: { fieldManager: string; dryRun?: boolean },
    ) => {
      note('apply', type, keyFrom(object));
      const before = objects.get(idOf(type.resource, keyOf(object)));
      const { resourceVersion, uid, ...metadata } = object.metadata;
      if (uid && !before) throw newConflict(type, 'uid mismatch');
      if (uid && uid !== before?.metadata.uid) throw newInvalid(type, [UID_IS_IMMUTABLE]);
      if (before && resourceVersion && resourceVersion !== before.metadata.resourceVersion)
        throw newConflict(type, 'modified');
      const after = applied(before, { ...object, metadata }, fieldManager);
      if (dryRun) return structuredClone(after);
      return before && isDeepStrictEqual(before, { ...after, metadata: { ...after.metadata } })
        ? structuredClone(before)
        : save(type.resource, after);
    },
    raw: async ({ method, path, body }: { method: string; path: string; body: string }) => {
      if (method === 'GET') {
        const [collection = '', label = ''] = path.split('?labelSelector=');
        const resource = collection.split('/').at(-1) ?? '';
        intercept(`list metadata of ${resource}`);
        const [, namespace = ''] = /\/namespaces\/([^/]+)\/[^/]+$/.exec(collection) ?? [];
        const { items, ...list } = listed(resource, { label: decodeURIComponent(label), namespace });
        return JSON.stringify({ ...list, items: items.map(({ metadata }) => ({ metadata })) });
      }
      const { resource, key } = targetOf(path);
      note(method.toLowerCase(), { resource } as ResourceType, key);
      const found = find({ resource } as ResourceType, key);
      const { preconditions }: DeleteOptions = JSON.parse(body);
      checkPreconditions({ resource }, found, preconditions);
      const left = save(resource, withDeletion(found));
      const isGone = (left.metadata.finalizers ?? []).length === 0;
      return JSON.stringify(isGone ? { kind: 'Status', status: 'Success' } : left);
    },
  };

  return {
    client: client as unknown as KubeClient,
    requests,
    intercept: (handler) => {
      intercept = handler;
    },
    get: (resource, key) => structuredClone(objects.get(idOf(resource, key))),
    put: save,
    remove: (resource, key) => {
      const found = objects.get(idOf(resource, key));
      if (found) save(resource, withDeletion(found));
    },
    forget: (resource, key) => {
      const found = objects.get(idOf(resource, key));
      objects.delete(idOf(resource, key));
      if (found) tell(resource, found, true);
    },
    listen: (resource, listener) => {
      const all = listeners.get(resource) ?? new Set();
      listeners.set(resource, all.add(listener));
      return () => all.delete(listener);
    },
    version: () => version,
    rewind,
    backup: () => {
      const [copy, then] = [structuredClone(objects), version];
      return (to = then) => {
        objects.clear();
        for (const [id, object] of copy) objects.set(id, object);
        rewind(to);
      };
    },
    onList: (listener) => void listListeners.add(listener),
    detach: () => {
      listeners.clear();
      listListeners.clear();
    },
    list: (resource) => [...objects].filter(([id]) => id.startsWith(`${resource} `)).map(([, object]) => object),
  };
}

function checkPreconditions(
  type: Pick<ResourceType, 'resource'>,
  { metadata }: Unstructured,
  { uid, resourceVersion }: DeleteOptions['preconditions'] = {},
): void {
  if (uid && uid !== metadata.uid) throw newConflict(type, 'another uid');
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) throw newConflict(type, 'stale');
}

function targetOf(path: string): { resource: string; key: ObjectKey } {
  const [, namespace, resource = '', name = ''] = /(?:\/namespaces\/([^/]+))?\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  return { resource, key: { name, ...(namespace ? { namespace } : {}) } };
}

function generationOf(before: Unstructured | undefined, after: Unstructured): number {
  const generation = before?.metadata.generation ?? 0;
  const isDeleted = before && !before.metadata.deletionTimestamp && after.metadata.deletionTimestamp;
  return before && isDeepStrictEqual(before['spec'], after['spec']) && !isDeleted ? generation : generation + 1;
}

function withDeletion(object: Unstructured): Unstructured {
  return { ...object, metadata: { ...object.metadata, deletionTimestamp: '2020-01-01T00:00:00Z' } };
}

function mergePatch(target: unknown, patch: Json): Json {
  const result: Json = { ...(isJson(target) ? target : {}) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = isJson(value) ? mergePatch(result[name], value) : value;
  }
  return result;
}

function applied(before: Unstructured | undefined, object: Unstructured, manager: string): Unstructured {
  const own = { manager, operation: 'Apply' as const, fieldsV1: fieldsOf(object as unknown as Json) };
  const others = (before?.metadata.managedFields ?? []).filter((entry) => entry.manager !== manager);
  const merged = mergePatch(before ?? {}, object as unknown as Json) as unknown as Unstructured;
  return { ...merged, metadata: { ...merged.metadata, managedFields: [...others, own] } };
}

function fieldsOf(object: Json): FieldsV1 {
  const names = Object.keys(object).filter((name) => !['apiVersion', 'kind', 'name', 'namespace'].includes(name));
  return Object.fromEntries(
    names.map((name) => {
      const value = object[name];
      return [`f:${name}`, isJson(value) ? fieldsOf(value) : {}];
    }),
  );
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface FakeClock extends Clock {
  advance(ms: number): void;
  /** The machine's time is set to another one, by so many ms. */
  set(byMs: number): void;
}

export function newFakeClock(): FakeClock {
  let now = Date.parse('2024-01-01T00:00:00Z');
  let off = 0;
  let timers: { at: number; task: () => void }[] = [];
  return {
    now: () => now + off,
    monotonic: () => now,
    set: (byMs) => {
      off += byMs;
    },
    setTimeout: (task, delayMs) => {
      const timer = { at: now + delayMs, task };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance: (ms) => {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { task } of due) task();
    },
  };
}

export interface FakeControllers {
  newController(options: ControllerOptions): Controller;
  /** Works until no key is queued; the errors that reconciles threw. */
  settle(): Promise<string[]>;
}

/** Those that end with their signal, as those of an agent do. */
export function newEnding({ newController }: FakeControllers): FakeControllers['newController'] {
  return (options) => {
    let hasEnded = false;
    const controller = newController({
      ...options,
      reconcile: async (key, signal) => (hasEnded ? undefined : options.reconcile(key, signal)),
    });
    const run = async (signal: AbortSignal): Promise<void> => {
      await controller.run(signal);
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      hasEnded = true;
    };
    return { ...controller, run };
  };
}

/** Controllers that work only when told to, one key at a time; a key that failed waits for a second. */
export function newFakeControllers(): FakeControllers {
  const queue: { options: ControllerOptions; key: string }[] = [];
  const { signal } = new AbortController();
  const enqueue = (options: ControllerOptions, key: string): void => {
    if (!queue.some((item) => item.options === options && item.key === key)) queue.push({ options, key });
  };
  return {
    newController: (options) => ({
      name: options.name,
      enqueue: (key) => enqueue(options, key),
      depth: () => queue.filter((item) => item.options === options).length,
      enqueueAfter: (key, delayMs) => void options.clock.setTimeout(() => enqueue(options, key), delayMs),
      run: async () => {
        for (const source of options.sources) source.subscribe((key) => enqueue(options, key));
      },
    }),
    settle: async () => {
      const errors: string[] = [];
      for (let item = queue.shift(); item; item = queue.shift()) {
        const { options, key } = item;
        try {
          const result = await options.reconcile(key, signal);
          if (result?.requeueAfterMs !== undefined)
            options.clock.setTimeout(() => enqueue(options, key), result.requeueAfterMs);
        } catch (error) {
          errors.push(error instanceof Error ? error.message : String(error));
          options.clock.setTimeout(() => enqueue(options, key), 1000);
        }
      }
      return errors;
    },
  };
}
