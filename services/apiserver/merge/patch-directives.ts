import { newBadRequest, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import { isJsonObject, type JsonObject, setKey } from './json-value.ts';
import { newUnreasonedError } from './unreasoned-error.ts';

/** A map that is an instruction instead of content: it has `$patch`. */
export function isDirective(value: unknown): value is JsonObject {
  return isJsonObject(value) && Object.hasOwn(value, '$patch');
}

/** What a patch adds where there was nothing before: without directives that stand in place of content, and without nulls; others stay, as upstream. */
export function dropDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isDirective(item)).map(dropDirectives);
  if (!isJsonObject(value)) return value;
  const out: JsonObject = {};
  for (const [key, field] of Object.entries(value)) {
    if (field !== null && !isDirective(field)) setKey(out, key, dropDirectives(field));
  }
  return out;
}

export function badPatch(what: 'retainKeys' | 'setElementOrder list' | 'primitive list'): StatusError {
  return newBadRequest(`invalid patch format of ${what}`);
}

/** Of what a patch adds. Changes it. */
export function discardNulls(value: unknown): void {
  if (Array.isArray(value)) value.forEach(discardNulls);
  if (!isJsonObject(value)) return;
  for (const [key, field] of Object.entries(value)) {
    if (field === null) delete value[key];
    else discardNulls(field);
  }
}

/** A JSON value's type in Go. */
export function goTypeOf(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

/** `$patch` with something that is no directive. */
export function unknownPatchType(directive: unknown, patch: JsonObject): StatusError {
  const isText = typeof directive === 'string';
  const shown = isText ? directive : `%!s(${goTypeOf(directive)}=${describe(directive)})`;
  return newUnreasonedError(`unknown patch type: ${shown} in map: ${describe(patch)}`);
}

/** A value as Go prints it, for messages. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(describe).join(' ')}]`;
  if (!isJsonObject(value)) return value === null ? '<nil>' : String(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${key}:${describe(value[key])}`);
  return `map[${entries.join(' ')}]`;
}
