import { newBadRequest, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import { goText } from '../registry/go-text.ts';
import { isJsonObject, type JsonObject, setKey } from './json-value.ts';
import { newUnreasonedError } from './unreasoned-error.ts';

/** A map that is an instruction instead of content: it has `$patch`. */
export function isDirective(value: unknown): value is JsonObject {
  return isJsonObject(value) && Object.hasOwn(value, '$patch');
}

/** What a patch adds where there was nothing before: without directives that stand in place of content; others stay, as upstream. Maps are changed, lists made anew. */
export function removeDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isDirective(item)).map(removeDirectives);
  if (!isJsonObject(value)) return value;
  for (const [key, field] of Object.entries(value)) {
    if (isDirective(field)) delete value[key];
    else setKey(value, key, removeDirectives(field));
  }
  return value;
}

export function badPatch(what: 'retainKeys' | 'setElementOrder list' | 'primitive list'): StatusError {
  return newBadRequest(`invalid patch format of ${what}`);
}

export function newBadArgument(expected: '[]interface {}' | 'map[string]interface {}', found: unknown): StatusError {
  const type = found === null ? '%!s(<nil>)' : goTypeOf(found);
  return newUnreasonedError(`expected a ${expected}, but received a ${type}`);
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
  return newUnreasonedError(`unknown patch type: ${asText(directive)} in map: ${goText(patch)}`);
}

/** A value as Go prints it where it wants text. */
function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null) return '%!s(<nil>)';
  if (Array.isArray(value)) return `[${value.map(asText).join(' ')}]`;
  if (isJsonObject(value)) return mapText(value, asText);
  return `%!s(${goTypeOf(value)}=${String(value)})`;
}

function mapText(map: JsonObject, text: (value: unknown) => string): string {
  const entries = Object.keys(map)
    .sort()
    .map((key) => `${key}:${text(map[key])}`);
  return `map[${entries.join(' ')}]`;
}
