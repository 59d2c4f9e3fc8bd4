import { newBadRequest, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import { goJsonKind } from '../merge/go-json-kind.ts';
import type { JsonPatchOperation } from '../merge/json-patch.ts';
import { isJsonObject, type JsonObject } from '../merge/json-value.ts';
import { notMap } from '../merge/merge-patch.ts';
import { jsonErrorText } from '../registry/json-error.ts';
import { firstTooLarge, hasEndless, numberTooLarge, parseJson } from '../registry/parse-text.ts';
import { duplicateFields } from '../types/duplicate-fields.ts';
import type { FieldValidation } from '../types/field-validation.ts';

/** The bodies of patches. Without `Ignore` they are read more strictly: what is odd about them is told with what is odd about the object they make. */

export interface ReadPatch<T> {
  patch: T;
  /** `duplicate field "…"`, `unknown field "…"`. */
  findings: string[];
}

/** Throws 400. */
export function readJsonPatch(text: string, mode: FieldValidation): ReadPatch<JsonPatchOperation[]> {
  const prefix = mode === 'Ignore' ? '' : 'error decoding patch: ';
  const types = mode === 'Ignore' ? GO_TYPES.lenient : GO_TYPES.strict;
  const patch = parse(text, prefix) ?? [];
  if (!Array.isArray(patch)) throw newBadRequest(`${prefix}${cannotRead(patch, 'Go value', types.patch)}`);
  const operations = patch as unknown[];
  const strange = operations.find((operation) => operation !== null && !isJsonObject(operation));
  if (strange !== undefined) throw newBadRequest(`${prefix}${cannotRead(strange, 'Go value', types.operation)}`);
  if (mode === 'Ignore') return { patch: operations as JsonPatchOperation[], findings: [] };
  for (const operation of operations) checkTexts((operation ?? {}) as JsonObject, prefix);
  const tooLarge = firstTooLarge(text);
  if (tooLarge && operations.some((operation) => hasEndless((operation as JsonObject | null)?.['value'])))
    throw newBadRequest(
      `${prefix}json: cannot unmarshal number ${tooLarge} into Go struct field jsonPatchOp.value of type float64`,
    );
  const findings = [...duplicates(text), ...operations.flatMap(unknownFields)].map(
    (finding) => `json patch ${finding}`,
  );
  return { patch: operations as JsonPatchOperation[], findings };
}

const GO_TYPES = {
  lenient: { patch: 'jsonpatch.Patch', operation: 'jsonpatch.Operation' },
  strict: { patch: '[]handlers.jsonPatchOp', operation: 'handlers.jsonPatchOp' },
};

const TEXTS = ['op', 'path', 'from'];

function checkTexts(operation: JsonObject, prefix: string): void {
  for (const [field, value] of Object.entries(operation))
    if (TEXTS.includes(field) && typeof value !== 'string' && value !== null)
      throw newBadRequest(`${prefix}${cannotRead(value, `Go struct field jsonPatchOp.${field}`, 'string')}`);
}

function unknownFields(operation: unknown, index: number): string[] {
  const names = Object.keys((operation ?? {}) as JsonObject);
  return names
    .filter((name) => name !== 'value' && !TEXTS.includes(name))
    .map((name) => `unknown field "[${index}].${name}"`);
}

/** A merge patch. Throws 400; where nothing is strict, a list is taken for what the object becomes. */
export function readMergePatch(text: string, mode: FieldValidation): ReadPatch<unknown> {
  if (mode !== 'Ignore') return readMap(text, 'error decoding patch: ');
  const patch = isReadable(text) ? parseJson(text) : undefined;
  if (typeof patch !== 'object') throw newBadRequest('Invalid JSON Patch');
  return { patch, findings: [] };
}

function isReadable(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

/** A strategic merge patch. Throws 400. */
export function readStrategicPatch(text: string, mode: FieldValidation): ReadPatch<unknown> {
  const { patch, findings } = readMap(text, '');
  return { patch: patch ?? {}, findings: mode === 'Ignore' ? [] : findings };
}

function readMap(text: string, prefix: string): ReadPatch<unknown> {
  const patch = parse(text, prefix);
  if (patch !== null && !isJsonObject(patch)) throw newBadRequest(`${prefix}${notMap(patch)}`);
  const tooLarge = numberTooLarge(text);
  if (tooLarge) throw newBadRequest(`${prefix}${tooLarge}`);
  return { patch, findings: duplicates(text) };
}

function parse(text: string, prefix: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw unreadable(prefix, error, text);
  }
}

const unreadable = (prefix: string, error: unknown, text: string): StatusError =>
  newBadRequest(`${prefix}${jsonErrorText(error, text)}`);

const duplicates = (text: string): string[] => duplicateFields(text).map((path) => `duplicate field "${path}"`);

function cannotRead(value: unknown, into: string, type: string): string {
  return `json: cannot unmarshal ${goJsonKind(value)} into ${into} of type ${type}`;
}
