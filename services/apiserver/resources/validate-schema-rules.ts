import { createHash } from 'node:crypto';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema, ValidationRule } from '../../../shared/apis/schema.ts';
import { BOOL, type CelType, optionalOf, STRING } from '../cel/cel-type.ts';
import { compileExpression } from '../cel/compile-expression.ts';
import { hasOptionalEntries } from '../cel/parse-expression.ts';
import { schemaType } from '../cel/schema-type.ts';
import { goJson } from '../merge/go-json.ts';
import { hasRules } from '../types/cel-rules.ts';
import { invalid, notSupported, required } from '../types/field-error.ts';
import { placeAt } from '../types/schema-path.ts';

/**
 * The rules of a CRD's schema (`x-kubernetes-validations`): each says what it must, names fields that there are, and is an expression whose types are right.
 * How long a rule may take is not asked: what it costs here is bounded by the size of a request.
 * Source: apiextensions-apiserver, `pkg/apis/apiextensions/validation`.
 */
export function validateSchemaRules(
  schema: Schema,
  path: string,
  { isStructural }: { isStructural: boolean },
): StatusCause[] {
  if (!hasRules(schema)) return [];
  const key = `${path} ${isStructural} ${createHash('sha256').update(JSON.stringify(schema)).digest('base64')}`;
  const known = checked.get(key);
  if (known) return known;
  const { form, expressions } = rulesBelow({ schema, path, isResource: true });
  const causes = isStructural ? [...form, ...expressions()] : form;
  remember(key, causes);
  return causes;
}

/** A large schema takes a tenth of a second, and is written again with every change of its definition's status. */
const checked = new Map<string, StatusCause[]>();
/** In characters: what is wrong is told with the whole text of the rule that it is about. */
const REMEMBERED = 10_000_000;
let remembered = 0;

function remember(key: string, causes: StatusCause[]): void {
  const size = causes.reduce((sum, { message = '', field = '' }) => sum + message.length + field.length, key.length);
  if (remembered + size > REMEMBERED) {
    checked.clear();
    remembered = 0;
  }
  remembered += size;
  if (size <= REMEMBERED) checked.set(key, causes);
}

interface Place {
  schema: Schema;
  path: string;
  isResource: boolean;
  /** Where the list is whose items can't be told apart from what they were; undefined where all can. */
  uncorrelated?: string | undefined;
}

interface Found {
  /** What is wrong with the form of rules; then no expression here or above is looked at. */
  form: StatusCause[];
  expressions: () => StatusCause[];
}

function rulesBelow(place: Place): Found {
  const parts = partsOf(place).map(rulesBelow);
  const rules = (place.schema['x-kubernetes-validations'] ?? []).map((rule, index) => ({
    rule,
    field: `${place.path}.x-kubernetes-validations[${index}]`,
  }));
  const form = [
    ...parts.flatMap((part) => part.form),
    ...rules.flatMap(({ rule, field }) => formErrors(rule, place, field)),
  ];
  return {
    form,
    expressions: () => [
      ...parts.flatMap(({ expressions }) => expressions()),
      ...(form.length > 0 || rules.length === 0 ? [] : rules.flatMap(newExpressionCheck(place))),
    ],
  };
}

function partsOf({ schema, path, uncorrelated }: Place): Place[] {
  const { items, properties = {}, additionalProperties: rest } = schema;
  const below = (part: Schema, field: string, isKnown: boolean): Place => ({
    schema: part,
    path: `${path}.${field}`,
    isResource: part['x-kubernetes-embedded-resource'] === true,
    uncorrelated: uncorrelated ?? (isKnown ? undefined : path),
  });
  return [
    ...(typeof rest === 'object' ? [below(rest, 'additionalProperties', true)] : []),
    ...Object.entries(properties).map(([name, part]) => below(part, `properties[${name}]`, true)),
    ...(items ? [below(items, 'items', schema['x-kubernetes-list-type'] === 'map')] : []),
  ];
}

const hasLineBreak = (text: string): boolean => /[\n\r]/.test(text);

function formErrors(rule: ValidationRule, { schema }: Place, field: string): StatusCause[] {
  return [
    ...textErrors(rule, field),
    ...(rule.messageExpression && rule.messageExpression.trim() === ''
      ? [required(`${field}.messageExpression`, 'messageExpression must be non-empty if specified')]
      : []),
    ...reasonErrors(rule, field),
    ...pathErrors(rule, schema, field),
  ];
}

/** The first of them. */
function textErrors({ rule, message = '' }: ValidationRule, field: string): StatusCause[] {
  const [text, said] = [(rule ?? '').trim(), message.trim()];
  if (text === '') return [required(`${field}.rule`, 'rule is not specified')];
  if (message !== '' && said === '') return [invalid(`${field}.message`, message, 'must be non-empty if specified')];
  if (hasLineBreak(said)) return [invalid(`${field}.message`, message, 'must not contain line breaks')];
  if (hasLineBreak(text) && said === '')
    return [required(`${field}.message`, 'message must be specified if rule contains line breaks')];
  return [];
}

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

function reasonErrors({ reason }: ValidationRule, field: string): StatusCause[] {
  return reason === undefined || REASONS.includes(reason) ? [] : [notSupported(`${field}.reason`, reason, REASONS)];
}

function pathErrors({ fieldPath = '' }: ValidationRule, schema: Schema, field: string): StatusCause[] {
  if (fieldPath === '') return [];
  const wrong = [
    ...(fieldPath.trim() === '' ? ['must be non-empty if specified'] : []),
    ...(hasLineBreak(fieldPath) ? ['must not contain line breaks'] : []),
    ...(typeof placeAt(fieldPath, schema) === 'string' ? ['must be a valid path'] : []),
  ];
  return wrong.map((why) => invalid(`${field}.fieldPath`, fieldPath, why));
}

function newExpressionCheck(place: Place): (one: { rule: ValidationRule; field: string }) => StatusCause[] {
  const self = schemaType(place.schema, 'selfType0', place.isResource);
  if (!self) {
    const why =
      'Internal error: internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations';
    const field = `${place.path}.x-kubernetes-validations`;
    return ({ field: own }) => (own === `${field}[0]` ? [{ reason: 'InternalError', message: why, field }] : []);
  }
  return ({ rule, field }) => expressionErrors(rule, self, { field, uncorrelated: place.uncorrelated });
}

function expressionErrors(
  rule: ValidationRule,
  self: CelType,
  { field, uncorrelated }: { field: string; uncorrelated: string | undefined },
): StatusCause[] {
  const wrong = (part: string, why: string): StatusCause => invalidRule(`${field}.${part}`, rule, why);
  if (hasOptionalEntries(rule.rule)) return [wrong('rule', `compilation failed: ${OPTIONAL_ENTRIES}`)];
  const variables = new Map([
    ['self', self],
    ['oldSelf', rule.optionalOldSelf ? optionalOf(self) : self],
  ]);
  const compiled = compileExpression(rule.rule, variables);
  const usesOld = 'used' in compiled && compiled.type === BOOL && compiled.used.has('oldSelf');
  const errors = correlationErrors(rule, usesOld, { field, uncorrelated });
  if ('error' in compiled) return [wrong('rule', `compilation failed: ${compiled.error}`), ...errors];
  if (compiled.type !== BOOL) return [wrong('rule', 'cel expression must evaluate to a bool'), ...errors];
  if (compiled.unready !== undefined)
    return [wrong('rule', `program instantiation failed: ${compiled.unready}`), ...errors];
  const why = rule.messageExpression ? messageError(rule.messageExpression, variables) : undefined;
  return why === undefined ? errors : [wrong('messageExpression', why), ...errors];
}

/** A rule that could not be evaluated would never hold anybody back. */
const OPTIONAL_ENTRIES =
  'lists and maps with optional entries ([?a], {?k: v}) can not be evaluated here: write the rule without them';

function messageError(expression: string, variables: ReadonlyMap<string, CelType>): string | undefined {
  if (hasOptionalEntries(expression)) return `messageExpression compilation failed: ${OPTIONAL_ENTRIES}`;
  const compiled = compileExpression(expression, variables);
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
