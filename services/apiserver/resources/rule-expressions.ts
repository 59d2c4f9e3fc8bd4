import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema, ValidationRule } from '../../../shared/apis/schema.ts';
import { BOOL, type CelType, optionalOf, STRING } from '../cel/cel-type.ts';
import { compileExpression, type Ready } from '../cel/compile-expression.ts';
import { type DeclaredSize, declaredSize, mostOften } from '../cel/estimate/declared-size.ts';
import { schemaType } from '../cel/schema-type.ts';
import { goJson } from '../merge/go-json.ts';
import { invalid } from '../types/field-error.ts';
import { type Costs, noteCost, times } from './rule-costs.ts';

/** The expressions of the rules of one schema: their types are right, they name what was only where that is known, and they cost no more than they may. */

export interface RulePlace {
  schema: Schema;
  path: string;
  isResource: boolean;
  /** Where the list is whose items can't be told apart from what they were; undefined where all can. */
  uncorrelated?: string | undefined;
  /** In how many places of one object it can stand; undefined where nothing limits it. */
  often: bigint | undefined;
}

interface Checks {
  self: CelType;
  size: DeclaredSize;
  often: bigint;
  uncorrelated: string | undefined;
  costs: Costs;
}

type RuleCheck = (one: { rule: ValidationRule; field: string }) => StatusCause[];

export function rulesCheck({ schema, path, isResource, uncorrelated, often }: RulePlace, costs: Costs): RuleCheck {
  const self = schemaType(schema, { name: 'selfType0', isResource });
  const size = declaredSize(schema, isResource);
  if (!self || !size) {
    const why =
      'Internal error: internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations';
    const field = `${path}.x-kubernetes-validations`;
    return ({ field: own }) => (own === `${field}[0]` ? [{ reason: 'InternalError', message: why, field }] : []);
  }
  const checks = { self, size, often: often ?? mostOften(size), uncorrelated, costs };
  return ({ rule, field }) => expressionErrors(rule, field, checks);
}

function expressionErrors(rule: ValidationRule, field: string, checks: Checks): StatusCause[] {
  const wrong = (part: string, why: string): StatusCause => invalidRule(`${field}.${part}`, rule, why);
  const { self, size, often, costs } = checks;
  const variables = new Map([
    ['self', self],
    ['oldSelf', rule.optionalOldSelf ? optionalOf(self) : self],
  ]);
  const compiled = compileExpression(rule.rule, variables, { self: size });
  const usesOld = 'used' in compiled && compiled.type === BOOL && compiled.used.has('oldSelf');
  const errors = correlationErrors(rule, usesOld, { field, uncorrelated: checks.uncorrelated });
  if ('error' in compiled) return [wrong('rule', `compilation failed: ${compiled.error}`), ...errors];
  if (compiled.type !== BOOL) return [wrong('rule', 'cel expression must evaluate to a bool'), ...errors];
  if (compiled.unready !== undefined)
    return [wrong('rule', `program instantiation failed: ${compiled.unready}`), ...errors];
  const dear = noteCost(costs, 'rule', { field: `${field}.rule`, cost: times(compiled.mostCost, often) });
  return [...dear, ...messageErrors(rule, field, { variables, ...checks }), ...errors];
}

interface MessageChecks {
  variables: ReadonlyMap<string, CelType>;
  size: DeclaredSize;
  costs: Costs;
}

function messageErrors(rule: ValidationRule, field: string, { variables, size, costs }: MessageChecks): StatusCause[] {
  if (!rule.messageExpression) return [];
  const own = `${field}.messageExpression`;
  const compiled = compileExpression(rule.messageExpression, variables, { self: size });
  const why = messageError(compiled);
  if (why !== undefined || 'error' in compiled) return [invalidRule(own, rule, why ?? '')];
  return noteCost(costs, 'messageExpression', { field: own, cost: times(compiled.mostCost, 1n) });
}

function messageError(compiled: Ready | { error: string }): string | undefined {
  if ('error' in compiled) return `messageExpression compilation failed: ${compiled.error}`;
  if (compiled.type !== STRING) return 'messageExpression must evaluate to a string';
  return compiled.unready === undefined ? undefined : `messageExpression instantiation failed: ${compiled.unready}`;
}

function correlationErrors(
  { rule, optionalOldSelf }: ValidationRule,
  usesOld: boolean,
  { field, uncorrelated }: { field: string; uncorrelated: string | undefined },
): StatusCause[] {
  if (usesOld) {
    const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`;
    return uncorrelated === undefined ? [] : [invalid(`${field}.rule`, rule, why)];
  }
  const why = 'may not be set if oldSelf is not used in rule';
  return optionalOldSelf === undefined ? [] : [invalid(`${field}.optionalOldSelf`, optionalOldSelf, why)];
}

/** Upstream shows the rule as its own code holds it. */
function invalidRule(field: string, rule: ValidationRule, why: string): StatusCause {
  const { message = '', messageExpression = '', reason = null, fieldPath = '', optionalOldSelf = null } = rule;
  const shown = goJson({
    Rule: rule.rule,
    Message: message,
    MessageExpression: messageExpression,
    Reason: reason,
    FieldPath: fieldPath,
    OptionalOldSelf: optionalOldSelf,
  });
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${shown}: ${why}`, field };
}
