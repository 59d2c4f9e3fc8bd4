import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { hasRules, validateRules } from './cel-rules.ts';
import { childPath } from './json-value.ts';
import { propertyOf } from './property-of.ts';
import type { ResourceDefinition } from './resource-definition.ts';
import { validateEmbedded } from './validate-embedded.ts';
import { validateLists } from './validate-lists.ts';
import { validateScale } from './validate-scale.ts';
import { validateValue } from './validate-value.ts';

/** After one of these upstream doesn't evaluate rules, and says so. */
const blocking = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const rulesNotChecked: StatusCause = {
  reason: 'FieldValueInvalid',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
  field: '<nil>',
};

/**
 * Everything that the schema of a custom resource asks of an object: types and bounds, embedded resources, duplicates in lists, rules in CEL. `old` is
 * what is stored; absent on create. What stays as it is stored may be wrong; what
 * rules say of it is told to `warn`. `isStatus`: it is written through `status`. The object's metadata is not looked at.
 */
export function validateCustomResource(
  definition: Pick<ResourceDefinition, 'schema' | 'subresources'>,
  object: Unstructured,
  {
    old,
    isStatus = false,
    warn = () => {},
  }: { old?: Unstructured | undefined; isStatus?: boolean; warn?: (text: string) => void } = {},
): StatusCause[] {
  const { schema } = definition;
  const causes = [
    ...(isStatus ? statusCauses(schema, object, old) : validateValue(object, schema, { old })),
    ...validateScale(definition, object, { isStatus }),
    ...(isStatus ? [] : validateEmbedded(object, schema)),
    ...(old && validateLists(old, schema).length > 0 ? [] : validateLists(object, schema)),
  ];
  if (!hasRules(schema)) return causes;
  if (causes.some(({ reason = '' }) => blocking.has(reason))) return [...causes, rulesNotChecked];
  return [...causes, ...validateRules(object, { old, schema, warn })];
}

/** Through `status` nothing else is held against the object. What is wrong is named from there. */
function statusCauses(schema: Schema, { status }: Unstructured, old: Unstructured | undefined): StatusCause[] {
  const own = propertyOf(schema, 'status');
  if (!own) return [];
  return validateValue(status, own, { old: old?.['status'] }).map((cause) => ({
    ...cause,
    field: belowStatus(cause.field),
  }));
}

const belowStatus = (field = ''): string => (['', '<nil>'].includes(field) ? 'status' : childPath('status', field));
