import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { compileError } from '../admission-policy/cel-expression.ts';
import type { AdmissionPolicy } from '../admission-policy/policy-types.ts';
import type { Strategy } from '../registry/strategy.ts';
import { ALL_FIXED } from '../registry/subresource-rules.ts';
import { invalid, notSupported, required } from '../types/field-error.ts';
import { validateMatchedResources } from './admission-rules.ts';
import { policyFieldCauses } from './policy-fields.ts';
import { type Condition, validateConditions } from './validate-conditions.ts';

/** A policy that this server could not evaluate is refused when it is written, not at every write that it is about. */
export const admissionPolicyStrategy: Strategy = {
  allowsUnconditionalUpdate: false,
  fixedInStatus: ALL_FIXED,
  validate: (object) => [
    ...expressionsOf(object).flatMap(([field, expression]) => errorsOf(field, expression)),
    ...reasonErrors(object),
    ...missingParts(object),
    ...policyFieldCauses(object),
  ],
  validateSubresource: (object, _old, subresource) => (subresource === 'status' ? validateStatus(object) : []),
};

interface PolicyStatus {
  conditions?: Condition[];
  typeChecking?: { expressionWarnings?: { fieldRef?: string; warning?: string }[] };
}

function validateStatus(object: Unstructured): StatusCause[] {
  const { conditions = [], typeChecking } = { ...(object['status'] as PolicyStatus | undefined) };
  return [
    ...(typeChecking?.expressionWarnings ?? []).flatMap(({ fieldRef = '', warning = '' }, index) => {
      const at = `status.typeChecking.expressionWarnings[${index}]`;
      return [
        ...(warning === '' ? [required(`${at}.warning`)] : []),
        ...(fieldRef.trim() === '' ? [required(`${at}.fieldRef`)] : []),
      ];
    }),
    ...validateConditions(conditions, 'status.conditions'),
  ];
}

function missingParts(object: Unstructured): StatusCause[] {
  const { matchConstraints, validations, auditAnnotations } = (object as Unstructured & AdmissionPolicy).spec ?? {};
  const isEmpty = !validations?.length && !auditAnnotations?.length;
  const atLeastOne = 'validations or auditAnnotations must contain at least one item';
  return [
    ...(isEmpty ? [required('spec.validations', atLeastOne), required('spec.auditAnnotations', atLeastOne)] : []),
    ...(matchConstraints
      ? validateMatchedResources(matchConstraints, 'spec.matchConstraints')
      : [required('spec.matchConstraints')]),
    ...(matchConstraints && !matchConstraints.resourceRules?.length
      ? [required('spec.matchConstraints.resourceRules')]
      : []),
  ];
}

const REASONS: readonly string[] = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];

function reasonErrors(object: Unstructured): StatusCause[] {
  const { validations } = (object as Unstructured & AdmissionPolicy).spec ?? {};
  return (validations ?? []).flatMap(({ reason }, index) =>
    reason && !REASONS.includes(reason) ? [notSupported(`spec.validations[${index}].reason`, reason, REASONS)] : [],
  );
}

const CONDITION = /^spec\.matchConditions/;

function errorsOf(field: string, expression: string | undefined): StatusCause[] {
  if (!expression?.trim()) return [required(field, CONDITION.test(field) ? '' : 'expression is not specified')];
  const why = compileError(expression);
  return why === undefined ? [] : [invalid(field, expression, `compilation failed: ${why}`)];
}

function expressionsOf(object: Unstructured): [string, string | undefined][] {
  const { matchConditions, variables, validations } = (object as Unstructured & AdmissionPolicy).spec ?? {};
  const of = (list: { expression: string }[] | null | undefined, path: string): [string, string | undefined][] =>
    (list ?? []).map(({ expression }, index) => [`spec.${path}[${index}].expression`, expression]);
  const messages = (validations ?? []).flatMap(({ messageExpression }, index): [string, string][] =>
    messageExpression?.trim() ? [[`spec.validations[${index}].messageExpression`, messageExpression]] : [],
  );
  return [
    ...of(matchConditions, 'matchConditions'),
    ...of(variables, 'variables'),
    ...of(validations, 'validations'),
    ...messages,
  ];
}
