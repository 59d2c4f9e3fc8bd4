import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { goJsonKind } from './go-json-kind.ts';
import { copyOf, isJsonObject, type JsonObject, setKey } from './json-value.ts';

/**
 * JSON Merge Patch (RFC 7396), as upstream's library has it: objects are merged, null removes, everything else replaces; a list in place of the whole
 * patch is the result. Throws 400 for null. The live object is not changed. Source: evanphx/json-patch v4.
 */
export function mergePatch(live: Unstructured, patch: unknown): unknown {
  if (patch === null) throw newBadRequest('Invalid JSON Patch');
  return isJsonObject(patch) ? merge(copyOf(live), copyOf(patch)) : pruned(copyOf(patch));
}

/** Go's words for JSON that is not the object it should be. */
export function notMap(value: unknown): string {
  return `json: cannot unmarshal ${goJsonKind(value)} into Go value of type map[string]interface {}`;
}

function merge(target: JsonObject, patch: JsonObject): JsonObject {
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete target[key];
    else setKey(target, key, merged(Object.hasOwn(target, key) ? target[key] : undefined, value));
  }
  return target;
}

function merged(current: unknown, value: unknown): unknown {
  if (isJsonObject(current)) return isJsonObject(value) ? merge(current, value) : value;
  return pruned(value);
}

/** What is new has no nulls, but for those that are items of lists. */
function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned);
  return isJsonObject(value) ? merge({}, value) : value;
}
