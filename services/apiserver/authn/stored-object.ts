import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import type { Storage } from '../../storage/backend.ts';

/** A core object by its place in the store, or undefined. */
export function readCoreObject<T extends KubeObject>(
  storage: Storage,
  resource: string,
  key: { namespace: string; name: string },
): T | undefined {
  const entry = storage.get(`/core/${resource}/${key.namespace}/${key.name}`);
  return entry && (JSON.parse(Buffer.from(entry.value).toString()) as T);
}
