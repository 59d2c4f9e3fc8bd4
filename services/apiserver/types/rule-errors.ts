import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema, ValidationRule } from '../../../shared/apis/schema.ts';
import type { Work } from '../cel/budget.ts';
import { CelError, type CelValue, Optional } from '../cel/cel-value.ts';
import { evaluateExpression, type Outcome } from '../cel/evaluate.ts';
import type { Expression } from '../cel/expression.ts';
import { jsonValue } from '../cel/json-value.ts';
import { isMistake, namesIn, parseExpression } from '../cel/parse-expression.ts';
import { duplicate, forbidden, invalid, required } from './field-error.ts';
import { goQuoted } from './go-quoted.ts';
import { isJsonObject } from './json-value.ts';
import { isUnchanged } from './old-values.ts';
import { fieldAtPath } from './schema-path.ts';

interface Program {
  expression: Expression;
  usesOldSelf: boolean;
}

const compiled = new Map<string, Program | undefined>();
/** In characters of all texts: more than definitions have; one that is written anew all the time must not fill the memory. */
const REMEMBERED = 1_000_000;
let remembered = 0;

function compile(text: string): Program | undefined {
  if (compiled.has(text)) return compiled.get(text);
  if (remembered + text.length > REMEMBERED) forget();
  remembered += text.length;
  const expression = parseExpression(text);
  const program = isMistake(expression) ? undefined : { expression, usesOldSelf: namesIn(expression).has('oldSelf') };
  compiled.set(text, program);
  return program;
}

function forget(): void {
  compiled.clear();
  remembered = 0;
}

/** A value with its schema, and what it was before. */
export interface RuledValue {
  value: unknown;
  old: unknown;
  schema: Schema;
  path: string;
  /** What it is part of. */
  parent?: RuledValue;
  /** What all rules about the object may still cost; below zero no further one is asked. */
  budget: { left: number; work: Work };
  /** Is told of what is wrong and may stay. */
  warn: (text: string) => void;
}

const NO_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

/** What a rule has against a value: nothing, or one cause. What may stay, since it was so before, is only warned of. */
export function ruleErrors(rule: ValidationRule, node: RuledValue): StatusCause[] {
  const program = compile(rule.rule);
  const { old, budget } = node;
  if (!program || budget.left < 0) return [];
  if (program.usesOldSelf && (old === undefined || old === null) && !rule.optionalOldSelf) return [];
  const outcome = evaluateExpression(program.expression, variablesOf(rule, node), budget.work);
  if (!isPaid(outcome, budget)) return [failure(node, NO_BUDGET)];
  if ('error' in outcome) return [failure(node, failureText(outcome.error, rule, budget))];
  if (outcome.value === true) return [];
  const cause = violation(rule, node);
  if (program.usesOldSelf || !wasSo(node)) return [cause];
  node.warn(`${cause.field}: ${cause.message}`);
  return [];
}

/** Takes what it cost. What costs more than is left ends the rules about the object. */
function isPaid({ cost }: Outcome, budget: RuledValue['budget']): boolean {
  const isEnough = budget.left > 0 && cost <= budget.left;
  budget.left = isEnough ? budget.left - cost : -1;
  return isEnough;
}

type Variables = Readonly<Record<string, CelValue | CelError>>;

function variablesOf({ optionalOldSelf }: ValidationRule, node: RuledValue): Variables {
  const before = oldValue(node);
  if (!optionalOldSelf) return ownVariables(node);
  return { ...ownVariables(node), oldSelf: before instanceof CelError ? before : new Optional(before) };
}

/** In messages `oldSelf` is never optional, whatever it is in their rule. */
function ownVariables(node: RuledValue): Variables {
  const before = oldValue(node);
  return { self: celValueOf(node.value, node.schema), ...(before === undefined ? {} : { oldSelf: before }) };
}

const oldValue = ({ old, schema }: RuledValue): CelValue | CelError | undefined =>
  old === undefined || old === null ? undefined : celValueOf(old, schema);

/** A value that does not fit its schema is an error where it is used. */
function celValueOf(value: unknown, schema: Schema): CelValue | CelError {
  try {
    return jsonValue(value, schema);
  } catch (error) {
    if (error instanceof CelError) return error;
    throw error;
  }
}

/** Or, where nothing can be said of it, what it is part of. */
function wasSo({ value, old, schema, parent }: RuledValue): boolean {
  if (old !== undefined || !parent) return isUnchanged(value, old, schema);
  return wasSo(parent);
}

/** That a rule came to nothing. The type is shown, and not the value. */
function failure(node: RuledValue, why: string): StatusCause {
  const shown = node.schema.type ?? (isJsonObject(node.value) ? 'object' : '');
  return invalid(fieldOf(node), shown, why);
}

/** What names a rule where it came to nothing. */
const nameOf = ({ rule, message }: ValidationRule): string => (message ? message : rule).trim();

/** One that took too long ends the rules about the object. */
function failureText(error: string, rule: ValidationRule, budget: RuledValue['budget']): string {
  if (error.startsWith('no such overload'))
    return `'${error}': call arguments did not match a supported operator, function or macro signature for rule: ${nameOf(rule)}`;
  if (!error.startsWith('operation cancelled')) return `${error} evaluating rule: ${nameOf(rule)}`;
  budget.left = -1;
  return `'${error}': no further validation rules will be run due to call cost exceeds limit for rule: ${nameOf(rule)}`;
}

const NO_BUDGET_FOR_MESSAGE =
  'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run';

function violation(rule: ValidationRule, node: RuledValue): StatusCause {
  const program = rule.messageExpression ? compile(rule.messageExpression) : undefined;
  const outcome = program && evaluateExpression(program.expression, ownVariables(node), node.budget.work);
  if (outcome && !isPaid(outcome, node.budget)) return failure(node, NO_BUDGET_FOR_MESSAGE);
  if (outcome && 'error' in outcome && outcome.error.startsWith('operation cancelled')) {
    node.budget.left = -1;
    const why = `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${goQuoted(rule.messageExpression ?? '')}`;
    return failure(node, why);
  }
  const made = outcome && 'value' in outcome ? madeMessage(outcome.value) : undefined;
  return causeOf(rule, node, made ?? (rule.message ? rule.message.trim() : `failed rule: ${nameOf(rule)}`));
}

const LONGEST_MESSAGE = 5 * 1024;

/** None of a message that is no text, has no characters, too many, or several lines. */
function madeMessage(value: CelValue): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' || /[\n\r]/.test(text) || Buffer.byteLength(text) > LONGEST_MESSAGE ? undefined : text;
}

/** The root has no name. */
const fieldOf = ({ path }: RuledValue, below = ''): string => {
  const field = `${path}${below}`.replace(/^\./, '');
  return field === '' ? '<nil>' : field;
};

/** A single value is shown, and not what is made of others. */
function causeOf({ reason, fieldPath = '' }: ValidationRule, node: RuledValue, why: string): StatusCause {
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
