import { writeRuleOf } from '../../../shared/apis/builtin/expand-definition.ts';
import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';
import { canonicalValue } from './defaults/canonical-value.ts';
import { hasTypeDefault } from './defaults/default-object.ts';
import { firstMistypedField } from './mistyped-fields.ts';
import { propertyOf } from './property-of.ts';
import type { ResourceDefinition } from './resource-definition.ts';

/** Whether a text, number or boolean is one that decoding leaves as it is, and with it all that is around it. False where that is not known. */
export type SettledValue = (value: unknown) => boolean;

type Typed = Pick<ResourceDefinition, 'schema' | 'resolve' | 'source'>;

/**
 * The rule for the values at one place of a kind's objects, whose path is given. Undefined where none can be told from the value alone: where a type has
 * defaults of its own, which may look at it, and where the schema does not say what there is.
 */
export function settledValueAt(typed: Typed, path: readonly (string | number)[]): SettledValue | undefined {
  return typed.source === 'crd' ? settledCustomValue(typed, path) : settledBuiltinValue(typed, path);
}

/** Custom resources are decoded by what they have, not by what it says; but for the metadata of objects within them. */
function settledCustomValue({ schema, resolve }: Typed, path: readonly (string | number)[]): SettledValue | undefined {
  let below: Schema | undefined = schema;
  for (const step of path) {
    const resolved: Schema = resolve(below);
    if (resolved['x-kubernetes-embedded-resource']) return undefined;
    below = schemaBelow(resolved, step);
    if (!below) break;
  }
  return () => true;
}

function settledBuiltinValue({ schema, resolve }: Typed, path: readonly (string | number)[]): SettledValue | undefined {
  let below: Schema | undefined = schema;
  for (const step of path) {
    if (hasTypeDefault(below)) return undefined;
    below = schemaBelow(resolve(below), step);
    if (!below) return undefined;
  }
  return settledBy(below, resolve);
}

function schemaBelow(resolved: Schema, step: string | number): Schema | undefined {
  if (typeof step === 'number') return resolved.items;
  const { additionalProperties } = resolved;
  return propertyOf(resolved, step) ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
}

/** Of the right type, in the one form that is written, and not left out for being empty. */
function settledBy(schema: Schema, resolve: SchemaResolver): SettledValue {
  const mayBeEmpty = writeRuleOf(schema) !== 'omit-empty';
  return (value) =>
    (mayBeEmpty || (value !== '' && value !== 0 && value !== false)) &&
    firstMistypedField(value, schema, resolve) === undefined &&
    canonicalValue(value, schema) === value;
}
