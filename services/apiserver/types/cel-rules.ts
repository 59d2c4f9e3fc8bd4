import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema, ValidationRule } from '../../../shared/apis/schema.ts';
import { CelError, type CelValue, Optional } from '../cel/cel-value.ts';
import { evaluateExpression } from '../cel/evaluate.ts';
import type { Expression } from '../cel/expression.ts';
import { jsonValue } from '../cel/json-value.ts';
import { isMistake, namesIn, parseExpression } from '../cel/parse-expression.ts';
import { duplicate, forbidden, invalid, required } from './field-error.ts';
import { childPath, isJsonObject, type JsonObject } from './json-value.ts';
import { isUnchanged, oldField, oldItems } from './old-values.ts';
import { propertyOf } from './property-of.ts';
import { fieldAtPath } from './schema-path.ts';

/**
 * `x-kubernetes-validations`: rules in CEL, evaluated with the values of the object as `self` and `oldSelf`. Rules about `oldSelf` are for updates, and
 * only where the old value can be found (items of map lists by their keys, never those of other lists). Nor does an update that leaves a value as it was
 * fail for a rule. A rule that is no expression, which only an older version can have stored, is not checked.
 * Source: Kubernetes documentation, "Validation rules"; texts as apiextensions-apiserver, `pkg/apiserver/schema/cel/validation.go`.
 */

interface Program {
  expression: Expression;
  usesOldSelf: boolean;
}

const compiled = new Map<string, Program | undefined>();
/** More than definitions have; one that is written anew all the time must not fill the memory. */
const REMEMBERED = 10_000;

function compile(text: string): Program | undefined {
  if (compiled.has(text)) return compiled.get(text);
  if (compiled.size >= REMEMBERED) compiled.clear();
  const expression = parseExpression(text);
  const program = isMistake(expression) ? undefined : { expression, usesOldSelf: namesIn(expression).has('oldSelf') };
  compiled.set(text, program);
  return program;
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

/** Entries of maps are named by their keys. */
function fieldsOf(object: JsonObject, parent: Node): Node[] {
  const { old, schema, path, warn } = parent;
  const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  return Object.entries(object).flatMap(([name, value]) => {
    const property = propertyOf(schema, name);
    const part = property ?? rest;
    const field = property ? childPath(path, name) : `${path}[${name}]`;
    return part ? [{ value, old: oldField(old, name), schema: part, path: field, parent, warn }] : [];
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

type Variables = Readonly<Record<string, CelValue>>;

function ruleErrors(rule: ValidationRule, node: Node): StatusCause[] {
  const program = compile(rule.rule);
  if (!program) return [];
  const { old, value, schema } = node;
  if (program.usesOldSelf && (old === undefined || old === null) && !rule.optionalOldSelf) return [];
  try {
    const variables = variablesOf(rule, node, program);
    if (evaluateExpression(program.expression, variables) === true) return [];
    const cause = causeOf(rule, node, messageOf(rule, variables));
    if (program.usesOldSelf || !wasSo(node)) return [cause];
    node.warn(`${cause.field}: ${cause.message}`);
    return [];
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    const shown = schema.type ?? (isJsonObject(value) ? 'object' : '');
    return [invalid(fieldOf(node), shown, failureText(error, rule))];
  }
}

function variablesOf({ optionalOldSelf }: ValidationRule, { value, old, schema }: Node, program: Program): Variables {
  const self = jsonValue(value, schema);
  if (!program.usesOldSelf) return { self };
  const before = old === undefined || old === null ? undefined : jsonValue(old, schema);
  return { self, oldSelf: optionalOldSelf ? new Optional(before) : (before ?? null) };
}

/** What names a rule where it came to nothing. */
const nameOf = ({ rule, message }: ValidationRule): string => (message ? message : rule).trim();

function failureText({ message }: CelError, rule: ValidationRule): string {
  if (message.startsWith('no such overload'))
    return `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${nameOf(rule)}`;
  if (message.startsWith('operation cancelled'))
    return `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${nameOf(rule)}`;
  return `${message} evaluating rule: ${nameOf(rule)}`;
}

const LONGEST_MESSAGE = 5 * 1024;

function messageOf(rule: ValidationRule, variables: Variables): string {
  const made = rule.messageExpression ? madeMessage(rule.messageExpression, variables).trim() : '';
  if (made !== '' && !made.includes('\n') && Buffer.byteLength(made) <= LONGEST_MESSAGE) return made;
  return rule.message ? rule.message.trim() : `failed rule: ${nameOf(rule)}`;
}

function madeMessage(expression: string, variables: Variables): string {
  const program = compile(expression);
  if (!program) return '';
  try {
    const made = evaluateExpression(program.expression, variables);
    return typeof made === 'string' ? made : '';
  } catch (error) {
    if (error instanceof CelError) return '';
    throw error;
  }
}

/** The root has no name. */
const fieldOf = ({ path }: Node, below = ''): string => {
  const field = `${path}${below}`.replace(/^\./, '');
  return field === '' ? '<nil>' : field;
};

/** A single value is shown, and not what is made of others. */
function causeOf({ reason, fieldPath = '' }: ValidationRule, node: Node, why: string): StatusCause {
  const { value, schema } = node;
  const below = fieldPath === '' ? '' : fieldAtPath(fieldPath, schema);
  const field = fieldOf(node, below === '' ? '' : `.${below}`);
  const isShown = schema.type !== 'object' && schema.type !== 'array' && typeof value !== 'object';
  switch (reason) {
    case 'FieldValueForbidden':
      return forbidden(field, why);
    case 'FieldValueRequired':
      return required(field, why);
    case 'FieldValueDuplicate':
      return isShown ? duplicate(field, value) : { reason, message: 'Duplicate value', field };
    default:
      return isShown
        ? invalid(field, value, why)
        : { reason: 'FieldValueInvalid', message: `Invalid value: ${why}`, field };
  }
}
