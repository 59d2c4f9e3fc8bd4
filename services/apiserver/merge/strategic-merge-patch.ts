import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { copyOf, isEqual, isJsonObject, type JsonObject, setKey } from './json-value.ts';
import { notMap } from './merge-patch.ts';
import type { TypedSchema } from './merger.ts';
import { badPatch, discardNulls, dropDirectives, goTypeOf, isDirective, unknownPatchType } from './patch-directives.ts';
import { type PatchMeta, type PatchSchema, patchSchemaOf } from './patch-meta.ts';
import { deleteFromList, mergeListByStrategy, orderByDirective } from './strategic-merge-list.ts';
import { newUnreasonedError } from './unreasoned-error.ts';

/**
 * Strategic merge patch, as kubectl sends it for built-in kinds: like JSON merge patch, but lists are merged where the schema says so, and the
 * patch can hold directives (`$patch`, `$deleteFromPrimitiveList/…`, `$setElementOrder/…`, `$retainKeys`). The live object is not changed, but the patch
 * is taken apart: messages show what is left of it.
 * Specified by Kubernetes, "Strategic Merge Patch" (sig-api-machinery) and k8s.io/apimachinery `strategicpatch`.
 */
export function strategicMergePatch(live: Unstructured, patch: unknown, typed: TypedSchema): Unstructured {
  if (!isJsonObject(patch)) throw newBadRequest(notMap(patch));
  return mergeMap(copyOf(live), patch, patchSchemaOf(typed.schema, typed.resolve)) as Unstructured;
}

const deletePrefix = '$deleteFromPrimitiveList';
const orderPrefix = '$setElementOrder';
const retainKeysDirective = '$retainKeys';

/** Changes and returns `original`; takes `patch` apart. */
function mergeMap(original: JsonObject, patch: JsonObject, schema: PatchSchema | undefined): JsonObject {
  if (Object.hasOwn(patch, '$patch')) return replaceOrDelete(patch);
  retainKeys(original, patch);
  for (const key of Object.keys(patch)) {
    if (key.startsWith(orderPrefix)) mergeOrdered(original, patch, { key, schema });
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(deletePrefix)) deleteItems(original, nameAfter(key, deletePrefix, 'primitive list'), value);
    else mergeField(original, { key, value }, metaOf(schema, key));
  }
  return original;
}

function replaceOrDelete(patch: JsonObject): JsonObject {
  const { $patch: directive, ...content } = patch;
  if (directive === 'replace') return content;
  if (directive === 'delete') return {};
  throw unknownPatchType(directive, patch);
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
  delete patch[key];
  const list = listOrThrow(order) ?? [];
  const name = nameAfter(key, orderPrefix, 'setElementOrder list');
  const [live, changes] = [listOrThrow(original[name]), listOrThrow(patch[name])];
  if (schema && !schema.has(name))
    throw newUnreasonedError(
      `unable to find api field in struct ${schema.name} for the json field ${JSON.stringify(name)}`,
    );
  if (metaOf(schema, name).isMap) throw newUnreasonedError('expected slice or array type, but got: struct');
  if (!live && !changes) return;
  setKey(original, name, orderByDirective({ live, changes, order: list }, metaOf(schema, name), mergeMap));
  delete patch[name];
}

/** The field that a directive is about: after the slash. Throws 400 if there is none. */
function nameAfter(key: string, prefix: string, what: 'setElementOrder list' | 'primitive list'): string {
  if (!key.startsWith(`${prefix}/`)) throw badPatch(what);
  return key.slice(prefix.length + 1);
}

function listOrThrow(value: unknown): unknown[] | undefined {
  if (value === undefined || Array.isArray(value)) return value;
  const found = value === null ? '%!s(<nil>)' : goTypeOf(value);
  throw newUnreasonedError(`expected a []interface {}, but received a ${found}`);
}

function metaOf(schema: PatchSchema | undefined, name: string): PatchMeta {
  return schema?.field(name) ?? { strategy: '', mergeKey: '', below: undefined };
}

/** What is no list takes nothing away, and null takes all. */
function deleteItems(original: JsonObject, name: string, value: unknown): void {
  const live = original[name];
  if (value === null) delete original[name];
  else if (Array.isArray(value) && Array.isArray(live)) original[name] = deleteFromList(live, value);
}

function mergeField(original: JsonObject, { key, value }: { key: string; value: unknown }, meta: PatchMeta): void {
  const live = Object.hasOwn(original, key) ? original[key] : undefined;
  if (value === null) delete original[key];
  else if (isJsonObject(live) && isJsonObject(value)) {
    setKey(original, key, meta.strategy === 'replace' ? value : mergeMap(live, value, meta.below));
  } else if (Array.isArray(live) && Array.isArray(value))
    setKey(original, key, mergeListByStrategy(live, value, meta, mergeMap));
  else {
    discardNulls(value);
    if (isDirective(value)) delete original[key];
    else if (!isEqual(live, value)) setKey(original, key, dropDirectives(value));
  }
}
