import type { LabelSelector, StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { AdmissionPolicyBinding, ParamRef } from '../admission-policy/policy-types.ts';
import { causesOf, isDnsSubdomain, isPathSegment } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { validateMatchedResources } from './admission-rules.ts';
import { paramRefRights } from './parameter-rights.ts';
import { repeated } from './repeated.ts';
import { validateLabelSelector } from './validate-label-selector.ts';

/** What a ValidatingAdmissionPolicyBinding may say. Source: kubernetes, apis/admissionregistration/validation. */
export const admissionBindingStrategy: Strategy = {
  allowsUnconditionalUpdate: false,
  validateReading: (object, _old, write) => paramRefRights('validatingadmissionpolicies', object, write),
  validate: (object) => {
    const { validationActions } = (object as Unstructured & AdmissionPolicyBinding).spec ?? {};
    return [...bindingCauses(object), ...actionErrors(validationActions ?? [])];
  },
};

/** What all bindings say: of which policy, with which parameters, for what. */
export function bindingCauses(object: Unstructured): StatusCause[] {
  const { policyName = '', paramRef, matchResources } = (object as Unstructured & AdmissionPolicyBinding).spec ?? {};
  return [
    ...nameErrors(policyName),
    ...(paramRef ? paramErrors(paramRef) : []),
    ...(matchResources ? validateMatchedResources(matchResources, 'spec.matchResources') : []),
  ];
}

function nameErrors(name: string): StatusCause[] {
  if (name === '') return [required('spec.policyName')];
  return isDnsSubdomain(name).map((why) => invalid('spec.policyName', name, why));
}

const MISSING: readonly string[] = ['Deny', 'Allow'];

function paramErrors({ name = '', selector, parameterNotFoundAction: missing }: ParamRef): StatusCause[] {
  const field = 'spec.paramRef';
  const both = 'name and selector are mutually exclusive';
  return [
    ...causesOf(`${field}.name`, name, isPathSegment(name)),
    ...validateLabelSelector((selector ?? {}) as LabelSelector, `${field}.selector`),
    ...(name !== '' && selector ? [forbidden(`${field}.name`, both), forbidden(`${field}.selector`, both)] : []),
    ...(name === '' && !selector ? [required(field, 'one of name or selector must be specified')] : []),
    ...(missing ? [] : [required(`${field}.parameterNotFoundAction`)]),
    ...(missing && !MISSING.includes(missing)
      ? [notSupported(`${field}.parameterNotFoundAction`, missing, MISSING)]
      : []),
  ];
}

const ACTIONS: readonly string[] = ['Audit', 'Deny', 'Warn'];
const TWICE =
  'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';

function actionErrors(actions: readonly string[]): StatusCause[] {
  const field = 'spec.validationActions';
  if (actions.length === 0) return [required(field, 'at least one validation action is required')];
  const isAgain = repeated(actions);
  const own = actions.flatMap((action, index) => [
    ...(ACTIONS.includes(action) ? [] : [notSupported(`${field}[${index}]`, action, ACTIONS)]),
    ...(isAgain[index] ? [duplicate(`${field}[${index}]`, action)] : []),
  ]);
  const isTold = actions.includes('Deny') && actions.includes('Warn');
  return [...own, ...(isTold ? [invalid(field, actions, TWICE)] : [])];
}
