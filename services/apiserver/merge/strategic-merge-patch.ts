import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { copyOf, isEqual, isJsonObject, type JsonObject, setKey } from './json-value.ts';
import { notMap } from './merge-patch.ts';
import type { TypedSchema } from './merger.ts';
import { badPatch, describe, dropDirectives, isDirective } from './patch-directives.ts';
import { type PatchMeta, type PatchSchema, patchSchemaOf } from './patch-meta.ts';
import { deleteFromList, mergeListByStrategy, orderByDirective } from './strategic-merge-list.ts';
import { newUnreasonedError } from './unreasoned-error.ts';

/**
 * Strategic merge patch, as kubectl sends it for built-in kinds: like JSON merge patch, but lists are merged where the schema says so, and the
 * patch can hold directives (`$patch`, `$deleteFromPrimitiveList/…`, `$setElementOrder/…`, `$retainKeys`).
 * Specified by Kubernetes, "Strategic Merge Patch" (sig-api-machinery) and k8s.io/apimachinery `strategicpatch`.
 */
export function strategicMergePatch(live: Unstructured, patch: unknown, typed: TypedSchema): Unstructured {
  if (!isJsonObject(patch)) throw newBadRequest(notMap(patch));
  return mergeMap(copyOf(live), copyOf(patch), patchSchemaOf(typed.schema, typed.resolve)) as Unstructured;
}

const deletePrefix = '$deleteFromPrimitiveList/';
const orderPrefix = '$setElementOrder/';
const retainKeysDirective = '$retainKeys';

/** Changes and returns `original`; takes `patch` apart. */
function mergeMap(original: JsonObject, patch: JsonObject, schema: PatchSchema | undefined): JsonObject {
  if (Object.hasOwn(patch, '$patch')) return replaceOrDelete(patch);
  retainKeys(original, patch);
  for (const key of Object.keys(patch)) {
    if (key.startsWith(orderPrefix)) mergeOrdered(original, patch, { key, schema });
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(deletePrefix)) deleteItems(original, key.slice(deletePrefix.length), value);
    else mergeField(original, { key, value }, metaOf(schema, key));
  }
  return original;
}

function replaceOrDelete(patch: JsonObject): JsonObject {
  const { $patch: directive, ...content } = patch;
  if (directive === 'replace') return content;
  if (directive === 'delete') return {};
  throw newUnreasonedError(`unknown patch type: ${String(directive)} in map: ${describe(patch)}`);
}

/** `$retainKeys` lists all fields that may stay; what the patch sets has to be among them. */
function retainKeys(original: JsonObject, patch: JsonObject): void {
  if (!Object.hasOwn(patch, retainKeysDirective)) return;
  const retained = patch[retainKeysDirective];
  delete patch[retainKeysDirective];
  if (!Array.isArray(retained)) throw badPatch('retainKeys');
  for (const [key, value] of Object.entries(patch)) {
    const isDirectiveKey = key.startsWith(deletePrefix) || key.startsWith(orderPrefix);
    if (value !== null && !isDirectiveKey && !retained.includes(key)) throw badPatch('retainKeys');
  }
  for (const key of Object.keys(original)) if (!retained.includes(key)) delete original[key];
}

/** `$setElementOrder/<field>`, together with the patch of that list. */
function mergeOrdered(
  original: JsonObject,
  patch: JsonObject,
  { key, schema }: { key: string; schema: PatchSchema | undefined },
): void {
  const order = patch[key];
  const name = key.slice(orderPrefix.length);
  delete patch[key];
  if (!Array.isArray(order)) throw badPatch('setElementOrder list');
  const [live, changes] = [original[name], patch[name]];
  for (const list of [live, changes]) if (list !== undefined && !Array.isArray(list)) throw wrongType(list);
  if (!Array.isArray(live) && !Array.isArray(changes)) return;
  const lists = { live: live as unknown[] | undefined, changes: changes as unknown[] | undefined, order };
  setKey(original, name, orderByDirective(lists, metaOf(schema, name), mergeMap));
  delete patch[name];
}

function metaOf(schema: PatchSchema | undefined, name: string): PatchMeta {
  return schema?.field(name) ?? { strategy: '', mergeKey: '', below: undefined };
}

function wrongType(value: unknown): Error {
  return newUnreasonedError(
    `expected a []interface {}, but received a ${isJsonObject(value) ? 'map[string]interface {}' : typeof value}`,
  );
}

function deleteItems(original: JsonObject, name: string, value: unknown): void {
  if (!Array.isArray(value)) throw badPatch('primitive list');
  const live = original[name];
  if (Array.isArray(live)) original[name] = deleteFromList(live, value);
}

function mergeField(original: JsonObject, { key, value }: { key: string; value: unknown }, meta: PatchMeta): void {
  const live = Object.hasOwn(original, key) ? original[key] : undefined;
  if (value === null) delete original[key];
  else if (isJsonObject(live) && isJsonObject(value)) {
    setKey(original, key, meta.strategy === 'replace' ? value : mergeMap(live, value, meta.below));
  } else if (Array.isArray(live) && Array.isArray(value))
    setKey(original, key, mergeListByStrategy(live, value, meta, mergeMap));
  else if (isDirective(value)) delete original[key];
  else if (!isEqual(live, value)) setKey(original, key, dropDirectives(value));
}
