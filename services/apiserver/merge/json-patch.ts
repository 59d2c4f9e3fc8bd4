import jsonPatchLibrary from 'fast-json-patch';
import { newBadRequest, newRequestEntityTooLarge, StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { copyOf, isJsonObject } from './json-value.ts';

const maxOperations = 10_000;
/** What all `copy` operations of a patch may copy together, in characters of JSON: each could double the object. Upstream's limit. */
const maxCopied = 3 << 20;

/**
 * JSON Patch (RFC 6902). Throws 400 for a document that is no patch, 413 for one with too many operations, 422 when an operation can't be done,
 * a failed `test` included. The live object is not changed.
 */
export function jsonPatch(live: Unstructured, patch: unknown): Unstructured {
  const operations = operationsOf(patch);
  let patched: unknown;
  try {
    const copied = { size: 0 };
    patched = operations.reduce<unknown>((document, operation) => {
      countCopy(document, operation, copied);
      return perform(document, operation);
    }, copyOf(live));
  } catch (cause) {
    throw newRejected(cause);
  }
  if (!isJsonObject(patched)) throw newRejected();
  return patched as Unstructured;
}

type Operation = Parameters<typeof jsonPatchLibrary.applyPatch>[1][number];

function countCopy(document: unknown, operation: Operation, copied: { size: number }): void {
  if (operation.op !== 'copy') return;
  const value: unknown = jsonPatchLibrary.getValueByPointer(document, operation.from);
  copied.size += JSON.stringify(value)?.length ?? 0;
  if (copied.size > maxCopied) throw new Error('the copy operations of the patch copy too much');
}

/** `replace` of a field that is not there adds it, as upstream's library has it; RFC 6902 would not. */
function perform(document: unknown, operation: Operation): unknown {
  const isNew = operation.op === 'replace' && isAbsentField(document, operation.path);
  const done = isNew ? ({ ...operation, op: 'add' } as Operation) : operation;
  return jsonPatchLibrary.applyOperation<unknown>(document, copyOf(done), true).newDocument;
}

function isAbsentField(document: unknown, path: string): boolean {
  const names = path.split('/').slice(1).map(jsonPatchLibrary.unescapePathComponent);
  const last = names.pop();
  let parent: unknown = document;
  for (const name of names)
    parent = isJsonObject(parent) || Array.isArray(parent) ? Reflect.get(parent, name) : undefined;
  return last !== undefined && isJsonObject(parent) && !Object.hasOwn(parent, last);
}

function operationsOf(patch: unknown): Operation[] {
  if (!Array.isArray(patch))
    throw notPatch(typeof patch === 'object' ? 'object' : typeof patch, '[]handlers.jsonPatchOp');
  if (patch.length > maxOperations) {
    throw newRequestEntityTooLarge(
      `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`,
    );
  }
  const strange = patch.find((operation) => !isJsonObject(operation));
  if (strange !== undefined) throw notPatch(Array.isArray(strange) ? 'array' : typeof strange, 'handlers.jsonPatchOp');
  return patch as Operation[];
}

function notPatch(found: string, wanted: string): StatusError {
  return newBadRequest(`error decoding patch: json: cannot unmarshal ${found} into Go value of type ${wanted}`);
}

function newRejected(cause?: unknown): StatusError {
  const message = 'the server rejected our request due to an error in our request';
  return new StatusError(
    {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason: 'Invalid',
      details: {},
      code: 422,
    },
    { cause },
  );
}
