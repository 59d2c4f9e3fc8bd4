import type { KubeObject } from '../apis/meta/v1.ts';

/** `namespace/name`, or `name` for cluster-scoped objects: what queues hold and stores are keyed by. */
export function keyOf(object: KubeObject): string {
  return joinKey(object.metadata.namespace, object.metadata.name ?? '');
}

export function joinKey(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name;
}

export function splitKey(key: string): { namespace?: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The reading side of an informer's cache. Objects are shared and frozen by agreement: copy before changing one. */
export interface Store<T extends KubeObject> {
  get(key: string): T | undefined;
  list(): T[];
  /** The keys of the objects that the named index files under `value`; indexes are declared when the informer is made. */
  byIndex(index: string, value: string): T[];
}
