import { firstCausesIn } from '../../../shared/apis/meta/first-causes.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import {
  ANNOTATION,
  CONDITION,
  MESSAGE,
  type Mistake,
  prepare,
  prepareVariables,
} from '../admission-policy/compile-policy.ts';
import type { AdmissionPolicy, NamedExpression } from '../admission-policy/policy-types.ts';
import type { Declared } from '../admission-policy/policy-variables.ts';
import type { CelType } from '../cel/cel-type.ts';
import { countingDefinition } from '../cel/compile-steps.ts';
import { invalid, required } from '../types/field-error.ts';

/** The expressions of a ValidatingAdmissionPolicy: each has its types right and comes to what is asked for. Source: admissionregistration/validation. */
export const policyExpressionCauses = (object: Unstructured): StatusCause[] =>
  countingDefinition(() => expressionCauses(object));

function expressionCauses(object: Unstructured): StatusCause[] {
  const { spec = {} } = object as Unstructured & AdmissionPolicy;
  const hasParams = Boolean(spec.paramKind);
  const variables = checkVariables(spec.variables ?? [], hasParams);
  const own = spec.variables?.length ? { own: variables.types } : {};
  const asking: Declared = { hasParams, hasAuthorizer: true, ...own };
  const telling: Declared = { hasParams, hasAuthorizer: false, ...own };
  return [
    ...conditionCauses(spec.matchConditions ?? [], 'spec.matchConditions', hasParams),
    ...variables.causes,
    ...firstCausesIn(spec.validations ?? [], ({ expression = '', messageExpression = '' }, index) => {
      const field = `spec.validations[${index}]`;
      const rule = expressionCausesOf(expression, `${field}.expression`, asking, CONDITION);
      if (messageExpression.trim() === '') return rule;
      return [...rule, ...expressionCausesOf(messageExpression, `${field}.messageExpression`, telling, MESSAGE)];
    }),
    ...annotationCauses(spec.auditAnnotations ?? [], asking),
  ];
}

const NOT_GIVEN = 'expression is not specified';

/** What is wrong with a policy's own variables, and which types they have for what comes after them. */
export function checkVariables(
  variables: readonly NamedExpression[],
  hasParams: boolean,
): { causes: StatusCause[]; types: ReadonlyMap<string, CelType> } {
  const { prepared, types } = prepareVariables(variables, { hasParams });
  const causes = firstCausesIn(variables, ({ name, expression = '' }, index) => {
    const field = `spec.variables[${index}].expression`;
    if (expression.trim() === '') return [required(field, NOT_GIVEN)];
    const { outcome } = prepared.get(name) ?? {};
    return outcome && 'error' in outcome ? [causeOf(outcome, field, expression)] : [];
  });
  return { causes, types };
}

/** There may be no more, so that those behind them, of what is refused anyway, are not compiled: that takes long. */
const MAX_CONDITIONS = 64;
const MAX_ANNOTATIONS = 20;

/** Conditions know of none of a policy's variables. */
export function conditionCauses(
  conditions: readonly { expression?: string }[],
  field: string,
  hasParams: boolean,
): StatusCause[] {
  return conditions.flatMap(({ expression = '' }, index) => {
    const at = `${field}[${index}].expression`;
    if (expression.trim() === '') return [required(at)];
    if (index >= MAX_CONDITIONS) return [];
    return expressionCausesOf(expression.trim(), at, { hasParams, hasAuthorizer: true }, CONDITION);
  });
}

/** An expression is there, and comes to what is wanted. */
export function expressionCausesOf(
  expression: string,
  field: string,
  declared: Declared,
  wanted: readonly CelType[] | undefined,
): StatusCause[] {
  if (expression.trim() === '') return [required(field, NOT_GIVEN)];
  const { outcome } = prepare(expression, declared, wanted);
  return 'error' in outcome ? [causeOf(outcome, field, expression)] : [];
}

const causeOf = ({ error, isInternal }: Mistake, field: string, expression: string): StatusCause =>
  isInternal
    ? { reason: 'InternalError', message: `Internal error: ${error}`, field }
    : invalid(field, expression, error);

const LONGEST = 5 * 1024;

/** What is empty or too long is told of elsewhere. */
function annotationCauses(annotations: readonly { valueExpression?: string }[], declared: Declared): StatusCause[] {
  return annotations.flatMap(({ valueExpression = '' }, index) => {
    const text = valueExpression.trim();
    if (text === '' || text.length > LONGEST || index >= MAX_ANNOTATIONS) return [];
    const { outcome } = prepare(text, declared, ANNOTATION);
    const field = `spec.auditAnnotations[${index}].valueExpression`;
    return 'error' in outcome ? [causeOf(outcome, field, valueExpression)] : [];
  });
}
