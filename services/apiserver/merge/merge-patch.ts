import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { copyOf, isJsonObject, type JsonObject, setKey } from './json-value.ts';

/** JSON Merge Patch (RFC 7396): objects are merged, null removes, everything else replaces. Throws 400 for a patch that is no object. */
export function mergePatch(live: Unstructured, patch: unknown): Unstructured {
  if (patch === null) throw newBadRequest('Invalid JSON Patch');
  if (!isJsonObject(patch)) throw newBadRequest(`error decoding patch: ${notMap(patch)}`);
  return merge(copyOf(live), copyOf(patch)) as Unstructured;
}

/** Go's words for JSON that is not the object it should be. */
export function notMap(value: unknown): string {
  const found = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  return `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`;
}

function merge(target: JsonObject, patch: JsonObject): JsonObject {
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete target[key];
    else if (isJsonObject(value)) setKey(target, key, merge(ownObject(target, key), value));
    else setKey(target, key, value);
  }
  return target;
}

function ownObject(target: JsonObject, key: string): JsonObject {
  const value = Object.hasOwn(target, key) ? target[key] : undefined;
  return isJsonObject(value) ? value : {};
}
