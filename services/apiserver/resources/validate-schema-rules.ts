import { createHash } from 'node:crypto';
import { firstCausesIn } from '../../../shared/apis/meta/first-causes.ts';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema, ValidationRule } from '../../../shared/apis/schema.ts';
import { countingPart, isOutOfSteps, takeSteps } from '../cel/compile-steps.ts';
import { hasRules } from '../types/cel-rules.ts';
import { invalid, notSupported, required } from '../types/field-error.ts';
import { placeAt } from '../types/schema-path.ts';
import { type Costs, costErrors, newCosts, partsOften } from './rule-costs.ts';
import { type RulePlace, rulesCheck } from './rule-expressions.ts';

/**
 * The rules of a CRD's schema (`x-kubernetes-validations`): each says what it must, names fields that there are, and is an expression whose types are right.
 * Nor may it, or all of them together, cost too much by what the schema says of the sizes of values.
 * Source: apiextensions-apiserver, `pkg/apis/apiextensions/validation`.
 */
export function validateSchemaRules(
  schema: Schema,
  path: string,
  { isStructural, isStored = false }: { isStructural: boolean; isStored?: boolean },
): StatusCause[] {
  if (!hasRules(schema)) return [];
  const digest = createHash('sha256').update(JSON.stringify(schema)).digest('base64');
  const key = `${path} ${isStructural} ${isStored} ${digest}`;
  const known = checked.get(key);
  if (known && takeSteps(known.steps)) return known.causes;
  const { found: causes, steps } = countingPart(() => {
    const { form, expressions } = rulesBelow({ schema, path, isResource: true, often: 1n });
    const costs = newCosts({ keepsDear: isStored });
    return isStructural ? [...form, ...expressions(costs), ...costErrors(costs, path)] : form;
  });
  if (!isOutOfSteps()) remember(key, { causes, steps });
  return causes;
}

interface Checked {
  causes: StatusCause[];
  /** That it took to find them. */
  steps: number;
}

/** A large schema takes a tenth of a second, and is written again with every change of its definition's status. */
const checked = new Map<string, Checked>();
/** In characters: what is wrong is told with the whole text of the rule that it is about. */
const REMEMBERED = 10_000_000;
let remembered = 0;

function remember(key: string, found: Checked): void {
  const size = found.causes.reduce(
    (sum, { message = '', field = '' }) => sum + message.length + field.length,
    key.length,
  );
  if (remembered + size > REMEMBERED) {
    checked.clear();
    remembered = 0;
  }
  remembered += size;
  if (size <= REMEMBERED) checked.set(key, found);
}

interface Found {
  /** What is wrong with the form of rules; then no expression here or above is looked at. */
  form: StatusCause[];
  expressions: (costs: Costs) => StatusCause[];
}

function rulesBelow(place: RulePlace): Found {
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
    expressions: (costs) => [
      ...firstCausesIn(parts, ({ expressions }) => expressions(costs)),
      ...(form.length > 0 || rules.length === 0 ? [] : firstCausesIn(rules, rulesCheck(place, costs))),
    ],
  };
}

function partsOf({ schema, path, uncorrelated, often }: RulePlace): RulePlace[] {
  const { items, properties = {}, additionalProperties: rest } = schema;
  const below = (part: Schema, field: string, isKnown: boolean): RulePlace => ({
    schema: part,
    path: `${path}.${field}`,
    isResource: part['x-kubernetes-embedded-resource'] === true,
    uncorrelated: uncorrelated ?? (isKnown ? undefined : path),
    often: partsOften(schema, often),
  });
  return [
    ...(typeof rest === 'object' ? [below(rest, 'additionalProperties', true)] : []),
    ...Object.entries(properties).map(([name, part]) => below(part, `properties[${name}]`, true)),
    ...(items ? [below(items, 'items', schema['x-kubernetes-list-type'] === 'map')] : []),
  ];
}

const hasLineBreak = (text: string): boolean => /[\n\r]/.test(text);

function formErrors(rule: ValidationRule, { schema }: RulePlace, field: string): StatusCause[] {
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
