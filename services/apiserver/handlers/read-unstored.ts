import { builtinNameOfKind, builtinSchema, resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { readBody } from '../registry/body.ts';
import { bodyFormat } from '../registry/negotiation.ts';
import { writeOptionsOf } from '../registry/write-options.ts';
import { noteObject, type RequestContext } from '../request.ts';
import { checkFields } from '../types/field-validation.ts';

interface UnstoredKind {
  group: string;
  version: string;
  kind: string;
}

/**
 * The body of a request that creates something which is answered and not stored: decoded as everything else is, unknown fields and mistyped ones
 * included. Throws 400, 415 and 422.
 */
export async function readUnstored(context: RequestContext, expected: UnstoredKind): Promise<Unstructured> {
  const { group, version, kind } = expected;
  bodyFormat(context.request.headers['content-type']);
  const { fieldValidation } = writeOptionsOf(context);
  const { object, duplicates } = await readBody(context, expected);
  const schema = builtinSchema(builtinNameOfKind(group, version, kind) ?? '') ?? {};
  const twice = fieldValidation === 'Ignore' ? [] : duplicates(fieldValidation);
  const decoded = { kind, version, schema, resolve: resolveBuiltin, source: 'builtin' } as const;
  const checked = checkFields(decoded, object, fieldValidation, twice);
  for (const warning of checked.warnings) context.warnings.push(warning);
  noteObject(context.audit, checked.object);
  return checked.object;
}

/** What is sent about an object is in its namespace, and from then on says so. Changes it. Throws 400. */
export function placeIn(namespace: string, { metadata }: Unstructured): void {
  if (metadata.namespace && metadata.namespace !== namespace)
    throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request');
  metadata.namespace = namespace;
}
