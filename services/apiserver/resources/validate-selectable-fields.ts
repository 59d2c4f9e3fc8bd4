import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { duplicate, invalid, required, tooMany } from '../types/field-error.ts';
import { placeAt } from '../types/schema-path.ts';

/** The fields of a custom resource that field selectors may name: plain paths to plain values. Source: apiextensions-apiserver, ValidFieldPath. */

const MAX_FIELDS = 8;
const PLAIN_TYPES = ['string', 'boolean', 'integer'];
const NOT_PLAIN =
  'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';

export function validateSelectableFields(
  fields: readonly { jsonPath: string }[],
  schema: Schema,
  field: string,
): StatusCause[] {
  const seen = new Set<string>();
  const causes = fields.flatMap(({ jsonPath }, index) => {
    const place = `${field}[${index}].jsonPath`;
    const isAgain = seen.has(jsonPath);
    const found = validatePath(jsonPath ?? '', schema, place);
    if (found.isField) seen.add(jsonPath);
    return [...found.causes, ...(isAgain ? [duplicate(place, jsonPath)] : [])];
  });
  return seen.size > MAX_FIELDS ? [...causes, tooMany(field, seen.size, MAX_FIELDS)] : causes;
}

function validatePath(path: string, schema: Schema, field: string): { isField: boolean; causes: StatusCause[] } {
  if (path === '') return { isField: false, causes: [required(field)] };
  const found = placeAt(path, schema, { allowsBrackets: false });
  if (typeof found === 'string') {
    return { isField: false, causes: [invalid(field, path, `is an invalid path: ${found}`)] };
  }
  const isMetadata = path.startsWith('.metadata.') || path === '.metadata';
  const causes = [
    ...(isMetadata ? [invalid(field, path, 'must not point to fields in metadata')] : []),
    ...(PLAIN_TYPES.includes(found.schema.type ?? '') ? [] : [invalid(field, path, NOT_PLAIN)]),
  ];
  return { isField: true, causes };
}
