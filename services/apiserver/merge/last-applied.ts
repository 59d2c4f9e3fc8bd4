import { LAST_APPLIED_ANNOTATION, type Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { TypeRef } from './atom.ts';
import { compare } from './compare.ts';
import { difference, type FieldSet } from './field-set.ts';
import { goJson } from './go-json.ts';
import { copyOf, inKeyOrder, isJsonObject } from './json-value.ts';
import { toFieldSet } from './to-field-set.ts';

/**
 * Objects that kubectl applied on the client's side, and now applies on the server's: the annotation in which it keeps what it applied says which
 * fields were its own all along. Only for the manager `kubectl`, as upstream.
 */

export const KUBECTL_MANAGER = 'kubectl';

/** All annotations of an object together, in bytes. */
const maxAnnotationsSize = 256 * 1024;

/** The fields that the client applied and that have kept their value since: no conflict. Undefined where nothing is known. */
export function fieldsLastApplied(type: TypeRef, live: Unstructured): FieldSet | undefined {
  const last = parseObject(live.metadata.annotations?.[LAST_APPLIED_ANNOTATION]);
  if (last?.['apiVersion'] !== live.apiVersion) return undefined;
  try {
    const { added, modified, removed } = compare(type, last, live);
    return [modified, added, removed].reduce(difference, toFieldSet(type, last));
  } catch {
    return undefined;
  }
}

function parseObject(text: string | undefined): Record<string, unknown> | undefined {
  if (!text) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The annotation, where the object has it, says what was applied now, so that a client that applies on its side again is right too. */
export function withLastApplied(object: Unstructured, applied: Unstructured): Unstructured {
  if (!object.metadata.annotations?.[LAST_APPLIED_ANNOTATION]) return object;
  const annotations = { ...object.metadata.annotations, [LAST_APPLIED_ANNOTATION]: textOf(applied) };
  if (sizeOf(annotations) > maxAnnotationsSize) Reflect.deleteProperty(annotations, LAST_APPLIED_ANNOTATION);
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** As Go writes it: keys sorted, a newline at the end. */
function textOf(applied: Unstructured): string {
  const copy = copyOf(applied);
  delete copy.metadata.annotations?.[LAST_APPLIED_ANNOTATION];
  return `${goJson(inKeyOrder(copy))}\n`;
}

function sizeOf(annotations: Record<string, string>): number {
  return Object.entries(annotations).reduce((size, [key, value]) => size + Buffer.byteLength(key + value), 0);
}
