import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { AdmissionPolicy } from '../admission-policy/policy-types.ts';
import type { Strategy } from '../registry/strategy.ts';
import { ALL_FIXED } from '../registry/subresource-rules.ts';
import { notSupported, required } from '../types/field-error.ts';
import { validateMatchConstraints } from './admission-rules.ts';
import { paramKindRights } from './parameter-rights.ts';
import { policyExpressionCauses } from './policy-expressions.ts';
import { policyFieldCauses } from './policy-fields.ts';
import { type Condition, validateConditions } from './validate-conditions.ts';

/** A policy that this server could not evaluate is refused when it is written, not at every write that it is about. */
export const admissionPolicyStrategy: Strategy = {
  allowsUnconditionalUpdate: false,
  fixedInStatus: ALL_FIXED,
  validateReading: paramKindRights,
  validate: (object) => [
    ...policyExpressionCauses(object),
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
    ...validateMatchConstraints(matchConstraints ?? undefined),
  ];
}

const REASONS: readonly string[] = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];

function reasonErrors(object: Unstructured): StatusCause[] {
  const { validations } = (object as Unstructured & AdmissionPolicy).spec ?? {};
  return (validations ?? []).flatMap(({ reason }, index) =>
    reason !== undefined && !REASONS.includes(reason)
      ? [notSupported(`spec.validations[${index}].reason`, reason, REASONS)]
      : [],
  );
}
