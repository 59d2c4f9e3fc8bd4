import { Environment } from '@marcbachmann/cel-js';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema, ValidationRule } from '../../../shared/apis/schema.ts';
import { celValue } from './cel-value.ts';
import { childPath, isJsonObject, type JsonObject } from './json-value.ts';
import { isUnchanged, oldField, oldItems } from './old-values.ts';
import { propertyOf } from './property-of.ts';

/**
 * `x-kubernetes-validations`: rules in CEL, evaluated with the values of the object as `self` and `oldSelf`. Rules about `oldSelf` are for updates, and
 * only where the old value can be found (items of map lists by their keys, never those of other lists). A rule that the library can't compile, because
 * it uses a function of Kubernetes' own that is not there, is not checked; nor does an update that leaves a value as it was fail for it.
 * Source: Kubernetes documentation, "Validation rules".
 */

type Evaluate = (context: Record<string, unknown>) => unknown;

const environment = new Environment({ unlistedVariablesAreDyn: false, enableOptionalTypes: true })
  .registerVariable('self', 'dyn')
  .registerVariable('oldSelf', 'dyn');

const compiled = new Map<string, Evaluate | undefined>();

function compile(rule: string): Evaluate | undefined {
  if (!compiled.has(rule)) compiled.set(rule, tryCompile(rule));
  return compiled.get(rule);
}

function tryCompile(rule: string): Evaluate | undefined {
  try {
    const parsed = environment.parse(rule);
    return parsed.check().valid ? (context) => parsed(context) : undefined;
  } catch {
    return undefined;
  }
}

/** A value with its schema, and what it was before. */
interface Node {
  value: unknown;
  old: unknown;
  schema: Schema;
  path: string;
  /** What it is part of. */
  parent?: Node;
  /** Is told of what is wrong and may stay. */
  warn: (text: string) => void;
}

/** The violations at this value and below. `old` is undefined on create. */
export function validateRules(
  value: unknown,
  { old, schema, warn }: { old: unknown; schema: Schema; warn: (text: string) => void },
): StatusCause[] {
  return hasRules(schema) ? errorsAt({ value, old, schema, path: '', warn }) : [];
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

function errorsAt(node: Node): StatusCause[] {
  const { value, schema } = node;
  if (value === null || value === undefined || !hasRules(schema)) return [];
  const own = (schema['x-kubernetes-validations'] ?? []).flatMap((rule) => ruleErrors(rule, node));
  return [...own, ...partsOf(node).flatMap(errorsAt)];
}

function partsOf(node: Node): Node[] {
  const { value } = node;
  if (Array.isArray(value)) return itemsOf(value, node);
  return isJsonObject(value) ? fieldsOf(value, node) : [];
}

function fieldsOf(object: JsonObject, parent: Node): Node[] {
  const { old, schema, path, warn } = parent;
  const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  return Object.entries(object).flatMap(([name, value]) => {
    const part = propertyOf(schema, name) ?? rest;
    return part ? [{ value, old: oldField(old, name), schema: part, path: childPath(path, name), parent, warn }] : [];
  });
}

function itemsOf(items: unknown[], parent: Node): Node[] {
  const { old, schema, path, warn } = parent;
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
  }));
}

/** Or, where nothing can be said of it, what it is part of. */
function wasSo({ value, old, schema, parent }: Node): boolean {
  if (old !== undefined || !parent) return isUnchanged(value, old, schema);
  return wasSo(parent);
}

const usesOldSelf = (rule: ValidationRule): boolean => /\boldSelf\b/.test(rule.rule);

function ruleErrors(rule: ValidationRule, node: Node): StatusCause[] {
  if (usesOldSelf(rule) && node.old === undefined && !rule.optionalOldSelf) return [];
  const evaluate = compile(rule.rule);
  if (!evaluate) return [];
  const context = {
    self: celValue(node.value, node.schema),
    oldSelf: node.old === undefined ? null : celValue(node.old, node.schema),
  };
  const outcome = attempt(evaluate, context);
  if (outcome === true) return [];
  const why = outcome === false ? messageOf(rule, context) : `rule evaluation error: ${String(outcome)}`;
  const cause = causeOf(rule, node, why);
  if (usesOldSelf(rule) || !wasSo(node)) return [cause];
  node.warn(`${cause.field}: ${cause.message}`);
  return [];
}

function attempt(evaluate: Evaluate, context: Record<string, unknown>): unknown {
  try {
    return evaluate(context);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function messageOf(rule: ValidationRule, context: Record<string, unknown>): string {
  const evaluate = rule.messageExpression ? compile(rule.messageExpression) : undefined;
  const made = evaluate && attempt(evaluate, context);
  if (typeof made === 'string' && made.trim() !== '') return made;
  return rule.message?.trim() || `failed rule: ${rule.rule.trim()}`;
}

const reasonTexts: Record<string, string> = {
  FieldValueInvalid: 'Invalid value',
  FieldValueForbidden: 'Forbidden',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
};

/** A single value is shown, and not what is made of others. */
function causeOf(rule: ValidationRule, { path, value }: Node, why: string): StatusCause {
  const reason = rule.reason && Object.hasOwn(reasonTexts, rule.reason) ? rule.reason : 'FieldValueInvalid';
  const field = `${path}${rule.fieldPath ?? ''}`.replace(/^\./, '');
  const shown = reason === 'FieldValueInvalid' && typeof value !== 'object' ? `: ${JSON.stringify(value)}` : '';
  return { reason, message: `${reasonTexts[reason]}${shown}: ${why}`, field: field === '' ? '<nil>' : field };
}
