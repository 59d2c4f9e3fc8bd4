import type { CustomResourceDefinition } from '../../shared/apis/apiextensions/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { Change, Entry } from '../storage/backend.ts';
import { deleteObject } from './registry/delete-object.ts';
import { nameOfKey, objectKey, resourcePrefix } from './registry/keys.ts';
import { encodeStored } from './registry/object-codec.ts';
import { type Clock, type Registry, timestamp } from './registry/registry.ts';
import { newSystemRequest } from './registry/system-request.ts';
import { finishCleanup, needsCleanup } from './resources/custom-resource-definitions.ts';
import type { MutableCatalog } from './types/catalog.ts';
import { definitionsOfCrd } from './types/crd-definitions.ts';
import type { ResourceDefinition } from './types/resource-definition.ts';

/**
 * Keeps the catalog to what the stored CRDs define, and finishes their deletion: the objects of a CRD that is going are deleted, and when the last
 * one is gone the CRD goes too. The catalog has changed before the write of a CRD is answered. The returned function stops it.
 */
export function followCustomResourceDefinitions(registry: Registry, catalog: MutableCatalog): () => void {
  const { storage, log } = registry;
  const crds = catalog.find('apiextensions.k8s.io', 'v1', 'customresourcedefinitions');
  if (!crds) throw new Error('the catalog has no CustomResourceDefinition');
  const prefix = resourcePrefix(crds);
  const cleaning = new Map<string, () => void>();

  function served(value: Uint8Array): void {
    const crd = parse(value);
    const name = crd.metadata.name ?? '';
    catalog.setCustomResourceDefinition(crd);
    if (needsCleanup(crd) && !cleaning.has(name)) cleaning.set(name, startCleanup(registry, crd, log_(name)));
  }

  function gone(key: string): void {
    const { name } = nameOfKey(key);
    cleaning.get(name)?.();
    cleaning.delete(name);
    catalog.removeCustomResourceDefinition(name);
  }

  const log_ = (name: string) => (error: unknown) =>
    log.warn({ err: error, crd: name }, 'the objects of a deleted CustomResourceDefinition could not be removed');

  /** Keys of what could not be taken in. */
  const untaken = new Set<string>();
  const retry = newRetry(registry.clock, () => {
    for (const key of untaken) take(key, () => storage.get(key)?.value);
  });

  /** Until it can be taken in, what was defined before stays. */
  function take(key: string, read: () => Uint8Array | undefined): void {
    try {
      const value = read();
      if (value) served(value);
      else gone(key);
      untaken.delete(key);
    } catch (error) {
      log.warn({ err: error, crd: nameOfKey(key).name }, 'a CustomResourceDefinition could not be taken in');
      untaken.add(key);
      retry.soon();
    }
  }

  const listed = storage.list({ prefix });
  for (const { value } of listed.entries) served(value);
  const watch = storage.watch(prefix, listed.revision, ({ type, key, value }: Change) =>
    take(key, () => (type === 'put' ? value : undefined)),
  );
  return () => {
    watch.cancel();
    retry.stop();
    for (const stop of cleaning.values()) stop();
  };
}

function parse(value: Uint8Array): CustomResourceDefinition {
  return JSON.parse(Buffer.from(value).toString());
}

/** After what the store could not do: its disk may have been full. */
const RETRY_MS = 5_000;

/** Deletes the objects, then waits for those that finalizers hold. What fails is told and tried again. */
function startCleanup(
  registry: Registry,
  crd: CustomResourceDefinition,
  onError: (error: unknown) => void,
): () => void {
  const { storage } = registry;
  const prefix = `/${crd.spec.group}/${crd.spec.names.plural}/`;
  const definition = anyDefinition(crd);
  const retry = newRetry(registry.clock, () => clean());
  const failed = (error: unknown) => {
    onError(error);
    retry.soon();
  };
  const finishIfEmpty = () => {
    if (storage.count(prefix) === 0) finish(registry, crd.metadata.name ?? '').catch(failed);
  };
  let isStopped = false;
  const clean = () =>
    void deleteAll(registry, definition, () => isStopped)
      .then(finishIfEmpty)
      .catch(failed);
  const watch = storage.watch(prefix, storage.revision(), (change) => {
    if (change.type === 'delete') finishIfEmpty();
    // Its creation was under way when the CRD was deleted.
    else if (!isBeingDeleted(change.value)) deleteOne(registry, definition, change).catch(failed);
  });
  clean();
  return () => {
    isStopped = true;
    retry.stop();
    watch.cancel();
  };
}

/** However often something fails meanwhile, it is tried once more. */
function newRetry(clock: Clock, task: () => void) {
  let cancel: (() => void) | undefined;
  let isStopped = false;
  return {
    soon(): void {
      if (isStopped || cancel) return;
      cancel = clock.setTimeout(() => {
        cancel = undefined;
        task();
      }, RETRY_MS);
    },
    stop(): void {
      isStopped = true;
      cancel?.();
    },
  };
}

/** All versions have the same objects, also where none is served any more. */
function anyDefinition(crd: CustomResourceDefinition): ResourceDefinition {
  const versions = crd.spec.versions.map((version) => ({ ...version, served: true }));
  const [definition] = definitionsOfCrd({ ...crd, spec: { ...crd.spec, versions } });
  if (!definition) throw new Error(`CustomResourceDefinition ${crd.metadata.name ?? ''} has no version`);
  return definition;
}

const metadataOf = (value: Uint8Array): KubeObject['metadata'] =>
  (JSON.parse(Buffer.from(value).toString()) as KubeObject).metadata;

const isBeingDeleted = (value: Uint8Array): boolean => metadataOf(value).deletionTimestamp !== undefined;

/** Another definition of the name may come, with objects of its own: once this one has gone, no more is deleted. */
async function deleteAll(registry: Registry, definition: ResourceDefinition, isStopped: () => boolean): Promise<void> {
  for (const entry of registry.storage.list({ prefix: resourcePrefix(definition) }).entries) {
    if (isStopped()) return;
    await deleteOne(registry, definition, entry);
  }
}

async function deleteOne(
  registry: Registry,
  definition: ResourceDefinition,
  { key, value }: Pick<Entry, 'key' | 'value'>,
): Promise<void> {
  const { uid } = metadataOf(value);
  try {
    await deleteObject(newSystemRequest(registry, definition, nameOfKey(key)), uid ? { preconditions: { uid } } : {});
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Takes the finalizer; with it goes the CRD, unless others hold it. */
async function finish(registry: Registry, name: string): Promise<void> {
  const { storage, catalog, clock } = registry;
  const definition = catalog.find('apiextensions.k8s.io', 'v1', 'customresourcedefinitions');
  if (!definition) return;
  const key = objectKey(definition, '', name);
  for (let entry = storage.get(key); entry; entry = storage.get(key)) {
    const crd = parse(entry.value);
    if (!needsCleanup(crd)) return;
    const done = { ...finishCleanup(crd, timestamp(clock.now())) };
    const encode = (revision: number) => encodeStored(definition, done, revision);
    const isHeld = (done.metadata.finalizers ?? []).length > 0;
    const result = await (isHeld
      ? storage.put(key, entry.modRevision, encode)
      : storage.delete(key, entry.modRevision, encode));
    if (result.ok) return;
  }
}
