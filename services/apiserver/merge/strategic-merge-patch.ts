import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { checkHashable } from './go-equality.ts';
import { copyOf, isEqual, isJsonObject, type JsonObject, setKey } from './json-value.ts';
import { notMap } from './merge-patch.ts';
import type { TypedSchema } from './merger.ts';
import {
  badPatch,
  discardNulls,
  goTypeOf,
  isDirective,
  newBadArgument,
  removeDirectives,
  unknownPatchType,
} from './patch-directives.ts';
import { type PatchSchema, patchSchemaOf } from './patch-meta.ts';
import { deleteFromList, mergeListByStrategy, orderByDirective } from './strategic-merge-list.ts';

/**
 * Strategic merge patch, as kubectl sends it for built-in kinds: like JSON merge patch, but lists are merged where the schema says so, and the
 * patch can hold directives (`$patch`, `$deleteFromPrimitiveList/…`, `$setElementOrder/…`, `$retainKeys`). The live object is not changed, but the patch
 * is taken apart, and the result shares with it: messages show what is left of it.
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
function mergeMap(original: JsonObject, patch: JsonObject, schema: PatchSchema): JsonObject {
  if (Object.hasOwn(patch, '$patch')) return replaceOrDelete(patch);
  retainKeys(original, patch);
  for (const key of Object.keys(patch)) {
    if (key.startsWith(orderPrefix)) mergeOrdered(original, patch, { key, schema });
  }
  for (const [key, value] of Object.entries(patch)) {
    const isDeletion = key.startsWith(deletePrefix);
    const name = isDeletion ? nameAfter(key, deletePrefix, 'primitive list') || key : key;
    mergeField(original, { patch, key, name, value, isDeletion }, schema);
  }
  return original;
}

function replaceOrDelete(patch: JsonObject): JsonObject {
  const directive = patch['$patch'];
  if (directive === 'delete') return {};
  if (directive !== 'replace') throw unknownPatchType(directive, patch);
  delete patch['$patch'];
  return patch;
}

/** `$retainKeys` lists all fields that may stay; what the patch sets has to be among them. */
function retainKeys(original: JsonObject, patch: JsonObject): void {
  if (!Object.hasOwn(patch, retainKeysDirective)) return;
  const retained = patch[retainKeysDirective];
  delete patch[retainKeysDirective];
  if (!Array.isArray(retained)) throw badPatch('retainKeys');
  checkHashable(retained);
  const names = new Set<unknown>(retained);
  for (const [key, value] of Object.entries(patch)) {
    const isDirectiveKey = key.startsWith(deletePrefix) || key.startsWith(orderPrefix);
    if (value !== null && !isDirectiveKey && !names.has(key)) throw badPatch('retainKeys');
  }
  for (const key of Object.keys(original)) if (!names.has(key)) delete original[key];
}

/** `$setElementOrder/<field>`, together with the patch of that list. */
function mergeOrdered(
  original: JsonObject,
  patch: JsonObject,
  { key, schema }: { key: string; schema: PatchSchema },
): void {
  const order = listOrThrow(patch[key]) ?? [];
  delete patch[key];
  const name = nameAfter(key, orderPrefix, 'setElementOrder list');
  const live = Object.hasOwn(original, name) ? listOrThrow(original[name]) : undefined;
  const changes = Object.hasOwn(patch, name) ? listOrThrow(patch[name]) : undefined;
  const ordered = orderByDirective({ live, changes, order }, schema.list(name), mergeMap);
  if (!ordered) return;
  setKey(original, name, ordered);
  delete patch[name];
}

/** The field that a directive is about: after the slash. Throws 400 if there is none. */
function nameAfter(key: string, prefix: string, what: 'setElementOrder list' | 'primitive list'): string {
  if (!key.startsWith(`${prefix}/`)) throw badPatch(what);
  return key.slice(prefix.length + 1);
}

function listOrThrow(value: unknown): unknown[] | undefined {
  if (value === undefined || Array.isArray(value)) return value;
  throw newBadArgument('[]interface {}', value);
}

interface FieldChange {
  patch: JsonObject;
  key: string;
  /** Of the live field. */
  name: string;
  value: unknown;
  /** By `$deleteFromPrimitiveList/<name>`, which upstream takes for an ordinary change where neither is a list. */
  isDeletion: boolean;
}

function mergeField(original: JsonObject, change: FieldChange, schema: PatchSchema): void {
  const { patch, key, name, value, isDeletion } = change;
  const live = Object.hasOwn(original, name) ? original[name] : undefined;
  if (value === null) delete original[name];
  else if (live === undefined || goTypeOf(live) !== goTypeOf(value)) {
    if (isDeletion) return;
    discardNulls(value);
    patch[key] = setWithoutDirectives(original, name, value);
  } else if (isJsonObject(live) && isJsonObject(value)) {
    const { strategy, below } = schema.field(name);
    setKey(original, name, strategy === 'replace' ? value : mergeMap(live, value, below));
  } else if (Array.isArray(live) && Array.isArray(value)) {
    const meta = schema.list(name);
    const merged = isDeletion
      ? deleteFromList(live, value, { meta, mergeMaps: mergeMap })
      : mergeListByStrategy(live, value, { meta, mergeMaps: mergeMap });
    setKey(original, name, merged);
  } else if (!isEqual(live, value)) setKey(original, name, value);
}

/** Returns what there is of the value. */
function setWithoutDirectives(original: JsonObject, name: string, value: unknown): unknown {
  if (isDirective(value)) {
    delete original[name];
    return value;
  }
  const content = removeDirectives(value);
  setKey(original, name, content);
  return value;
}
