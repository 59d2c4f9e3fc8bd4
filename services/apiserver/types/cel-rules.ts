import { firstCausesIn } from '../../../shared/apis/meta/first-causes.ts';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { OBJECT_LIMIT } from '../cel/budget.ts';
import { childPath, isJsonObject, type JsonObject } from './json-value.ts';
import { oldField, oldItems } from './old-values.ts';
import { propertyOf } from './property-of.ts';
import { type RuledValue, ruleErrors } from './rule-errors.ts';

/**
 * `x-kubernetes-validations`: rules in CEL, evaluated with the values of the object as `self` and `oldSelf`. Rules about `oldSelf` are for updates, and
 * only where the old value can be found (items of map lists by their keys, never those of other lists). Nor does an update that leaves a value as it was
 * fail for a rule. A rule that is no expression, which only an older version can have stored, is not checked.
 * Source: Kubernetes documentation, "Validation rules"; texts as apiextensions-apiserver, `pkg/apiserver/schema/cel/validation.go`.
 */

/** The violations at this value and below. `old` is undefined on create. */
export function validateRules(
  value: unknown,
  { old, schema, warn }: { old: unknown; schema: Schema; warn: (text: string) => void },
): StatusCause[] {
  const budget = { left: OBJECT_LIMIT, work: { done: 0 } };
  return hasRules(schema) ? errorsAt({ value, old, schema, path: '', warn, budget }) : [];
}

const withRules = new WeakMap<Schema, boolean>();

/** Most schemas have none anywhere, and then nothing is walked. */
export function hasRules(schema: Schema): boolean {
  const known = withRules.get(schema);
  if (known !== undefined) return known;
  const rest = typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
  const parts = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : []), ...rest];
  const found = (schema['x-kubernetes-validations']?.length ?? 0) > 0 || parts.some(hasRules);
  withRules.set(schema, found);
  return found;
}

function errorsAt(node: RuledValue): StatusCause[] {
  const { value, schema } = node;
  if (value === null || value === undefined || !hasRules(schema)) return [];
  const own = (schema['x-kubernetes-validations'] ?? []).flatMap((rule) => ruleErrors(rule, node));
  return [...own, ...firstCausesIn(partsOf(node), errorsAt)];
}

function partsOf(node: RuledValue): RuledValue[] {
  const { value } = node;
  if (Array.isArray(value)) return itemsOf(value, node);
  return isJsonObject(value) ? fieldsOf(value, node) : [];
}

/** Entries of maps are named by their keys. */
function fieldsOf(object: JsonObject, parent: RuledValue): RuledValue[] {
  const { old, schema, path, warn, budget } = parent;
  const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  return Object.entries(object).flatMap(([name, value]) => {
    const property = propertyOf(schema, name);
    const part = property ?? rest;
    const field = property ? childPath(path, name) : `${path}[${name}]`;
    return part ? [{ value, old: oldField(old, name), schema: part, path: field, parent, warn, budget }] : [];
  });
}

function itemsOf(items: unknown[], parent: RuledValue): RuledValue[] {
  const { old, schema, path, warn, budget } = parent;
  const { items: itemSchema } = schema;
  if (!itemSchema) return [];
  const before = oldItems(old, schema);
  return items.map((value, index) => ({
    value,
    old: before(value),
    schema: itemSchema,
    path: `${path}[${index}]`,
    parent,
    warn,
    budget,
  }));
}
