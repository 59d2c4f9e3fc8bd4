import type { LabelSelector, StatusCause } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isLabelValue, isQualifiedName } from '../registry/object-names.ts';
import { forbidden, invalid, required } from '../types/field-error.ts';

/** A selector of labels inside an object. Source: apimachinery, apis/meta/v1/validation. */
export function validateLabelSelector(selector: LabelSelector | undefined, field: string): StatusCause[] {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return [
    ...validateSelectorLabels(matchLabels, `${field}.matchLabels`),
    ...matchExpressions.flatMap((expression, index) =>
      validateExpression(expression, `${field}.matchExpressions[${index}]`),
    ),
  ];
}

/** Labels as an object's or a selector's field has them. */
export function validateSelectorLabels(labels: Record<string, string>, field: string): StatusCause[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...causesOf(field, key, isQualifiedName(key)),
    ...causesOf(field, value, isLabelValue(value)),
  ]);
}

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

function validateExpression({ key, operator, values = [] }: Expression, field: string): StatusCause[] {
  return [
    ...validateOperator(operator, values, field),
    ...causesOf(`${field}.key`, key, isQualifiedName(key)),
    ...values.flatMap((value, index) => causesOf(`${field}.values[${index}]`, value, isLabelValue(value))),
  ];
}

function validateOperator(operator: string, values: readonly string[], field: string): StatusCause[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? []
        : [required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    default:
      return [invalid(`${field}.operator`, operator, 'not a valid selector operator')];
  }
}

/** A requirement of a question about access, whose operator may be one that is not known yet. */
export function validateSelectorRequirement(
  { key = '', operator, values = [] }: { key?: string; operator: string; values?: string[] },
  field: string,
  of: 'labels' | 'fields',
): StatusCause[] {
  const isKnown = ['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator);
  return [
    ...(isKnown ? validateOperator(operator, values, field) : []),
    ...(of === 'labels' ? causesOf(`${field}.key`, key, isQualifiedName(key)) : []),
    ...(of === 'fields' && key === '' ? [required(`${field}.key`, 'must be specified')] : []),
  ];
}
