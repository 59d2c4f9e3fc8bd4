import { newBadRequest, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import { isJsonObject, type JsonObject } from '../merge/json-value.ts';
import { METADATA_FIELDS } from '../registry/object-codec.ts';
import type { WriteRequest } from '../registry/write-request.ts';

/**
 * A document of a built-in kind whose apiVersion a patch has taken away. Upstream decodes it into its internal type, which knows no JSON names: nearly
 * nothing of it is found there, not even `metadata`, and so it has no name.
 */

export const isUntypedDocument = ({ apiVersion }: JsonObject): boolean =>
  apiVersion === undefined || apiVersion === null || apiVersion === '';

/** Those of the internal type that are called as in JSON: of its metadata, which it has no part for. */
const KNOWN = new Set<string>(['kind', 'apiVersion', ...METADATA_FIELDS]);

/** 400, or 422 where unknown fields are refused; else they are told. */
export function refuseUntyped(
  { target, options, context }: WriteRequest,
  document: JsonObject,
  { findings, refuse }: { findings: readonly string[]; refuse: (why: string) => StatusError },
): StatusError {
  const unknown = Object.keys(document)
    .filter((name) => !KNOWN.has(name))
    .sort();
  const all = [...findings, ...unknown.map((name) => `unknown field "${name}"`)];
  if (options.fieldValidation === 'Strict' && all.length > 0) return refuse(`strict decoding error: ${all.join(', ')}`);
  if (options.fieldValidation === 'Warn') for (const one of all) context.warnings.push(one);
  const { kind } = document;
  if (isJsonObject(kind)) return refuse('the kind is no text');
  return newBadRequest(
    `the name of the object (${target.name} based on URL) was undeterminable: name must be provided`,
  );
}
