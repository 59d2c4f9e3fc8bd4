import { newRequestEntityTooLarge, StatusError } from '../../../shared/apis/meta/status-error.ts';
import { checkDepth } from '../types/check-depth.ts';
import { copyOf, isEqual, isJsonObject, type JsonObject, setKey } from './json-value.ts';

const maxOperations = 10_000;
/** What all `copy` operations of a patch may copy together, in characters of JSON: each could double the object. Upstream's limit. */
const maxCopied = 3 << 20;

/** How many items of lists all operations of a patch may move by a place, a second's worth: far more than the operations on a list that fits in a body need. */
const maxMoved = 200_000_000;

/** As it comes from JSON: nothing of it is sure but that it is an object, or nothing. */
export type JsonPatchOperation = JsonObject | null;

/**
 * JSON Patch (RFC 6902), as upstream's library reads it: a missing `value` is null, so is what is copied from a field that is not there, `replace` adds,
 * and negative indices count from the end. Throws 413 for too many operations, 422 when one can't be done, a failed `test` included, and for what they have nested
 * too deeply. The live object is not changed; the result may be anything. Source: evanphx/json-patch v4.
 */
export function jsonPatch(live: unknown, operations: readonly JsonPatchOperation[]): unknown {
  if (operations.length > maxOperations)
    throw newRequestEntityTooLarge(
      `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${operations.length}`,
    );
  const document: Document = { root: copyOf(live), copied: 0, moved: 0 };
  try {
    for (const operation of operations) perform(document, operation ?? {});
    checkDepth(document.root);
  } catch (cause) {
    throw newRejected(cause);
  }
  return document.root;
}

interface Document {
  root: unknown;
  copied: number;
  moved: number;
}

function perform(document: Document, operation: JsonObject): void {
  const { op } = operation;
  const work = typeof op === 'string' && Object.hasOwn(OPERATIONS, op) ? OPERATIONS[op] : undefined;
  if (!work) throw new Error(`Unexpected kind: ${String(op)}`);
  work(document, operation);
}

const OPERATIONS: Record<string, (document: Document, operation: JsonObject) => void> = {
  add: (document, operation) => add(find(document, pathOf(operation, 'path')), valueIn(operation)),
  remove: (document, operation) => remove(find(document, pathOf(operation, 'path'))),
  replace,
  test,
  copy(document, operation) {
    const value = copyOf(get(find(document, pathOf(operation, 'from'))) ?? null);
    const to = find(document, pathOf(operation, 'path'));
    document.copied += JSON.stringify(value).length;
    if (document.copied > maxCopied) throw new Error('the copy operations of the patch copy too much');
    add(to, value);
  },
  move(document, operation) {
    const from = find(document, pathOf(operation, 'from'));
    const value = get(from);
    remove(from);
    add(find(document, pathOf(operation, 'path')), value);
  },
};

function replace(document: Document, operation: JsonObject): void {
  const value = valueIn(operation);
  if (pathOf(operation, 'path') !== '') {
    const place = find(document, pathOf(operation, 'path'));
    get(place);
    set(place, value);
    return;
  }
  if (typeof value !== 'object' || value === null) throw new Error('what replaces everything is no object or array');
  document.root = value;
}

function test(document: Document, operation: JsonObject): void {
  const path = pathOf(operation, 'path');
  const value = (path === '' ? document.root : get(find(document, path))) ?? null;
  if (!isEqual(value, valueIn(operation))) throw new Error(`testing value ${path} failed`);
}

const valueIn = ({ value = null }: JsonObject): unknown => copyOf(value);

function pathOf(operation: JsonObject, field: 'path' | 'from'): string {
  const path = operation[field];
  if (typeof path !== 'string') throw new Error(`the operation has no ${field}`);
  return path;
}

/** A place in an object or a list that is there; the place itself need not be. */
interface Place {
  document: Document;
  parent: JsonObject | unknown[];
  key: string;
}

/** What comes before the first slash is not looked at. */
function find(document: Document, path: string): Place {
  const [, ...names] = path.split('/').map(unescaped);
  const key = names.pop();
  if (key === undefined) throw new Error(`${path} is no path`);
  let parent = document.root;
  for (const name of names) parent = isContainer(parent) ? get({ document, parent, key: name }) : undefined;
  if (!isContainer(parent)) throw new Error(`the document has no ${path}`);
  return { document, parent, key };
}

const unescaped = (name: string): string => name.replace(/~[01]/g, (mark) => (mark === '~1' ? '/' : '~'));

const isContainer = (value: unknown): value is JsonObject | unknown[] => Array.isArray(value) || isJsonObject(value);

function get({ parent, key }: Place): unknown {
  if (Array.isArray(parent)) return parent[indexIn(parent.length, key)];
  return Object.hasOwn(parent, key) ? parent[key] : undefined;
}

function set({ parent, key }: Place, value: unknown): void {
  if (Array.isArray(parent)) parent[indexIn(parent.length, key)] = value;
  else setKey(parent, key, value);
}

function add(place: Place, value: unknown): void {
  const { document, parent, key } = place;
  if (!Array.isArray(parent)) {
    set(place, value);
    return;
  }
  const index = key === '-' ? parent.length : indexIn(parent.length + 1, key);
  move(document, parent.length - index);
  parent.splice(index, 0, value);
}

function remove({ document, parent, key }: Place): void {
  if (Array.isArray(parent)) {
    const index = indexIn(parent.length, key);
    move(document, parent.length - index);
    parent.splice(index, 1);
  } else if (Object.hasOwn(parent, key)) delete parent[key];
  else throw new Error(`there is no ${key} to remove`);
}

function move(document: Document, items: number): void {
  document.moved += items;
  if (document.moved > maxMoved) throw new Error('the operations of the patch move too many items');
}

function indexIn(length: number, key: string): number {
  const index = /^[+-]?\d+$/.test(key) ? Number(key) : Number.NaN;
  const place = index < 0 ? index + length : index;
  if (place >= 0 && place < length) return place;
  throw new Error(`${key} is no index of a list of ${length}`);
}

function newRejected(cause: unknown): StatusError {
  return new StatusError(
    {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'the server rejected our request due to an error in our request',
      reason: 'Invalid',
      details: {},
      code: 422,
    },
    { cause },
  );
}
