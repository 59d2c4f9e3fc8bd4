import { isDeepStrictEqual } from 'node:util';
import { newAlreadyExists, newConflict, newNotFound } from '../apis/meta/status-error.ts';
import type { DeleteOptions, KubeObject, Unstructured } from '../apis/meta/v1.ts';
import { groupResource, type ResourceType } from '../apis/resource-type.ts';
import type { KubeClient, ListOptions, ObjectKey, WriteOptions } from '../client/client.ts';
import { newFakeTransport } from '../client/fake-transport.ts';
import type { Informer, InformerOptions } from './informer.ts';
import { joinKey, keyOf } from './store.ts';

/**
 * For tests: an API server in memory with what controllers rely on: resourceVersions and 409, generation-less writes, finalizers, preconditions,
 * propagation policies, status apart from the rest, namespaces that are finalized. Requests are recorded as `verb resource key`.
 */
export interface FakeKube {
  client: KubeClient;
  requests: string[];
  /** Runs before each request; throw to fail it, or change the world. */
  before: (request: string) => void;
  get(resource: string, key: string): Unstructured | undefined;
  /** Writes as somebody else. */
  put(type: ResourceType, object: KubeObject): Unstructured;
  list(resource: string): Unstructured[];
  /** Answers `raw` GETs by path. */
  documents: Map<string, unknown>;
  /** Fills in what a create answers: reviews. */
  answer: (resource: string, object: Unstructured) => Unstructured;
  newInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T>;
}

type Stored = { type: ResourceType; object: Unstructured };
type Listener = (
  type: ResourceType,
  object: Unstructured,
  previous: Unstructured | undefined,
  deleted: boolean,
) => void;

export function newFakeKube(): FakeKube {
  const objects = new Map<string, Stored>();
  const listeners = new Set<Listener>();
  let version = 0;

  const idOf = (type: ResourceType, key: string): string => `${groupResource(type)} ${key}`;
  const tell: Listener = (...args) => {
    for (const listener of [...listeners]) listener(...args);
  };
  const save = (type: ResourceType, object: Unstructured): Unstructured => {
    version += 1;
    const id = idOf(type, keyOf(object));
    const previous = objects.get(id)?.object;
    const uid = previous?.metadata.uid ?? object.metadata.uid ?? `uid-${version}`;
    const creationTimestamp =
      previous?.metadata.creationTimestamp ?? object.metadata.creationTimestamp ?? '2026-01-01T00:00:00Z';
    const metadata = { ...object.metadata, uid, creationTimestamp, resourceVersion: String(version) };
    const saved = structuredClone({ ...object, metadata });
    if (isGone(saved)) {
      objects.delete(id);
      tell(type, saved, previous, true);
    } else {
      objects.set(id, { type, object: saved });
      tell(type, saved, previous, false);
    }
    return structuredClone(saved);
  };
  const find = (type: ResourceType, key: ObjectKey): Unstructured => {
    const stored = objects.get(idOf(type, joinKey(key.namespace, key.name)));
    if (!stored) throw newNotFound({ ...type, name: key.name });
    return structuredClone(stored.object);
  };
  const check = (type: ResourceType, found: Unstructured, wanted: { uid?: string; resourceVersion?: string }): void => {
    const { uid, resourceVersion, name } = found.metadata;
    const isOther = wanted.uid !== undefined && wanted.uid !== uid;
    const isStale = wanted.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion;
    if (isOther || isStale) throw newConflict({ ...type, ...(name ? { name } : {}) }, 'the object has been modified');
  };
  const kube: FakeKube = {
    client: undefined as unknown as KubeClient,
    requests: [],
    before: () => undefined,
    documents: new Map(),
    answer: (_resource, object) => object,
    get: (resource, key) => structuredClone(objects.get(`${resource} ${key}`)?.object),
    put: (type, object) => save(type, object as Unstructured),
    list: (resource) =>
      [...objects].filter(([id]) => id.startsWith(`${resource} `)).map(([, { object }]) => structuredClone(object)),
    newInformer: <T extends KubeObject>(options: InformerOptions<T>) => newFakeInformer(options, objects, listeners),
  };
  const note = (verb: string, type: ResourceType, key: string): void => {
    const request = `${verb} ${groupResource(type)} ${key}`;
    kube.before(request);
    kube.requests.push(request);
  };
  const transport = newFakeTransport(({ path }) => {
    kube.requests.push(`raw ${path}`);
    const body = kube.documents.get(path);
    return body === undefined ? { status: 404 } : { body: body as object | string };
  });
  kube.client = {
    transport,
    get: async (type: ResourceType, key: ObjectKey) => {
      note('get', type, joinKey(key.namespace, key.name));
      return find(type, key);
    },
    list: async (type: ResourceType, options: ListOptions = {}) => {
      note('list', type, options.namespace ?? '');
      const all = [...objects]
        .filter(([id]) => id.startsWith(`${groupResource(type)} `))
        .map(([, { object }]) => object);
      const items = all.filter(({ metadata }) => !options.namespace || metadata.namespace === options.namespace);
      return {
        apiVersion: 'v1',
        kind: 'List',
        metadata: { resourceVersion: String(version) },
        items: structuredClone(items),
      };
    },
    create: async (type: ResourceType, object: Unstructured) => {
      note('create', type, keyOf(object));
      if (type.resource.endsWith('reviews')) return kube.answer(groupResource(type), object);
      if (objects.has(idOf(type, keyOf(object))))
        throw newAlreadyExists({ ...type, ...(object.metadata.name ? { name: object.metadata.name } : {}) });
      return save(type, withNamespaceFinalizer(type, object));
    },
    update: async (type: ResourceType, object: Unstructured, options: WriteOptions = {}) => {
      note(`update${options.subresource ? `/${options.subresource}` : ''}`, type, keyOf(object));
      const { name = '', namespace } = object.metadata;
      const found = find(type, namespace === undefined ? { name } : { name, namespace });
      check(type, found, object.metadata);
      return save(type, combined(found, object, options.subresource));
    },
    patch: async (type: ResourceType, key: ObjectKey, body: { patch: unknown }, options: WriteOptions = {}) => {
      note(`patch${options.subresource ? `/${options.subresource}` : ''}`, type, joinKey(key.namespace, key.name));
      const found = find(type, key);
      const patch = body.patch as { metadata?: { uid?: string; resourceVersion?: string } };
      check(type, found, patch.metadata ?? {});
      const patched = mergePatch(found, patch) as Unstructured;
      const next = combined(found, patched, options.subresource);
      return isDeepStrictEqual(next, found) ? found : save(type, next);
    },
    delete: async (type: ResourceType, key: ObjectKey, options: DeleteOptions = {}) => {
      note('delete', type, joinKey(key.namespace, key.name));
      const found = find(type, key);
      check(type, found, options.preconditions ?? {});
      const policy = { Foreground: 'foregroundDeletion', Orphan: 'orphan', Background: undefined }[
        options.propagationPolicy ?? 'Background'
      ];
      const finalizers = [...(found.metadata.finalizers ?? []), ...(policy ? [policy] : [])];
      const deletionTimestamp = found.metadata.deletionTimestamp ?? '2026-01-01T00:00:00Z';
      const metadata = { ...found.metadata, deletionTimestamp, ...(finalizers.length > 0 ? { finalizers } : {}) };
      save(type, { ...found, metadata });
    },
    raw: async ({ path }: { path: string }) => {
      kube.requests.push(`raw ${path}`);
      const document = kube.documents.get(path);
      if (document === undefined) throw newNotFound({ resource: path });
      return JSON.stringify(document);
    },
    close: async () => undefined,
  } as unknown as KubeClient;
  return kube;
}

function isGone({ metadata, ...rest }: Unstructured): boolean {
  const own = (rest['spec'] as { finalizers?: string[] } | undefined)?.finalizers ?? [];
  const isNamespace = rest['kind'] === 'Namespace' && own.length > 0;
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0 && !isNamespace;
}

function withNamespaceFinalizer(type: ResourceType, object: Unstructured): Unstructured {
  return type.resource === 'namespaces' ? { ...object, spec: { finalizers: ['kubernetes'] } } : object;
}

/** Which part of the new state a write may change. */
function combined(found: Unstructured, next: Unstructured, subresource: string | undefined): Unstructured {
  if (subresource === 'status' || subresource === 'approval') return { ...found, status: next['status'] };
  if (subresource === 'finalize') return { ...found, spec: next['spec'] };
  return 'status' in found ? { ...next, status: found['status'] } : next;
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(typeof target === 'object' ? target : {}) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}

/** Knows of each change the moment it happens. Field selectors: `metadata.name` and `type`. */
function newFakeInformer<T extends KubeObject>(
  options: InformerOptions<T>,
  objects: Map<string, Stored>,
  listeners: Set<Listener>,
): Informer<T> {
  const { type, namespace, fieldSelector = '', transform = (object: T) => object, indexes = {} } = options;
  const handlers = new Set<Parameters<Informer<T>['addHandler']>[0]>();
  const [field = '', wanted = ''] = fieldSelector.split('=');
  const isWatched = (of: ResourceType, object: Unstructured): boolean => {
    const value = field === 'metadata.name' ? object.metadata.name : object[field];
    const isInside = !namespace || object.metadata.namespace === namespace;
    return groupResource(of) === groupResource(type) && isInside && (field === '' || value === wanted);
  };
  const read = (object: Unstructured): T => transform(structuredClone(object) as unknown as T);
  const list = (): T[] =>
    [...objects.values()].filter((stored) => isWatched(stored.type, stored.object)).map(({ object }) => read(object));
  listeners.add((of, object, previous, deleted) => {
    if (!isWatched(of, object)) return;
    const change = { object: read(object), deleted, ...(previous ? { previous: read(previous) } : {}) };
    for (const handler of [...handlers]) handler(change);
  });
  return {
    type,
    store: {
      get: (key) => list().find((object) => keyOf(object) === key),
      list,
      byIndex: (index, value) => list().filter((object) => indexes[index]?.(object).includes(value)),
    },
    hasSynced: () => true,
    seenUpTo: () => undefined,
    synced: async () => undefined,
    addHandler: (handler) => {
      for (const object of list()) handler({ object, deleted: false });
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    run: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
  };
}
