import { firstCausesIn } from '../../../shared/apis/meta/first-causes.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { CONFIGURATION, PATCH } from '../admission-policy/compile-policy.ts';
import type { AdmissionPolicy, AdmissionPolicyBinding, MatchResources } from '../admission-policy/policy-types.ts';
import type { Declared } from '../admission-policy/policy-variables.ts';
import type { CelType } from '../cel/cel-type.ts';
import { countingDefinition } from '../cel/compile-steps.ts';
import { PATCH_LIBRARY } from '../cel/patch-library.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid, notSupported, required } from '../types/field-error.ts';
import { bindingCauses } from './admission-bindings.ts';
import { validateMatchConstraints } from './admission-rules.ts';
import { paramKindRights, paramRefRights } from './parameter-rights.ts';
import { checkVariables, conditionCauses, expressionCausesOf } from './policy-expressions.ts';
import { policyFieldCauses } from './policy-fields.ts';

/** Policies that change objects, and their bindings. Source: admissionregistration/validation. Nothing here acts on them, and who writes one is told. */

const warningsOf = (): string[] => [
  'this API server evaluates no mutating admission policies: the object is stored and changes nothing',
];

export const mutatingPolicyStrategy: Strategy = {
  allowsUnconditionalUpdate: false,
  validateReading: paramKindRights,
  validate: (object) => [
    ...countingDefinition(() => mutationCauses(object)),
    ...policyFieldCauses(object),
    ...constraintCauses(object),
    ...reinvocationCauses(specOf(object).reinvocationPolicy ?? ''),
  ],
  warningsOf,
};

export const mutatingBindingStrategy: Strategy = {
  allowsUnconditionalUpdate: false,
  validateReading: (object, _old, write) => paramRefRights('mutatingadmissionpolicies', object, write),
  validate: (object) => {
    const { matchResources } = (object as Unstructured & AdmissionPolicyBinding).spec ?? {};
    return [...bindingCauses(object), ...operationCauses(matchResources ?? {}, 'spec.matchResources')];
  },
  warningsOf,
};

interface Mutation {
  patchType?: string;
  applyConfiguration?: { expression?: string } | null;
  jsonPatch?: { expression?: string } | null;
}

type MutatingSpec = NonNullable<AdmissionPolicy['spec']> & {
  mutations?: readonly Mutation[] | null;
  reinvocationPolicy?: string;
};

const specOf = (object: Unstructured): MutatingSpec => (object['spec'] ?? {}) as MutatingSpec;

function constraintCauses(object: Unstructured): StatusCause[] {
  const matched = specOf(object).matchConstraints ?? undefined;
  return [...validateMatchConstraints(matched), ...operationCauses(matched ?? {}, 'spec.matchConstraints')];
}

/** What is deleted can't be changed. */
const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'UPDATE'];

function operationCauses({ resourceRules }: MatchResources, field: string): StatusCause[] {
  const operations = (resourceRules ?? []).flatMap((rule) => rule.operations ?? []);
  return operations.flatMap((operation) =>
    OPERATIONS.includes(operation) ? [] : [notSupported(`${field}.resourceRules.operations`, operation, OPERATIONS)],
  );
}

const REINVOCATIONS = ['IfNeeded', 'Never'];

function reinvocationCauses(policy: string): StatusCause[] {
  const field = 'spec.reinvocationPolicy';
  if (policy === '') return [required(field)];
  return REINVOCATIONS.includes(policy) ? [] : [notSupported(field, policy, REINVOCATIONS)];
}

function mutationCauses(object: Unstructured): StatusCause[] {
  const { paramKind, matchConditions, variables, mutations } = specOf(object);
  const hasParams = Boolean(paramKind);
  const { causes, types } = checkVariables(variables ?? [], hasParams);
  const declared: Declared = { hasParams, hasAuthorizer: true, own: types, library: PATCH_LIBRARY };
  return [
    ...conditionCauses(matchConditions ?? [], 'spec.matchConditions', hasParams),
    ...causes,
    ...(mutations?.length ? [] : [required('spec.mutations', 'mutations must contain at least one item')]),
    ...firstCausesIn(mutations ?? [], (one, index) => validateMutation(one, `spec.mutations[${index}]`, declared)),
  ];
}

type Form = 'applyConfiguration' | 'jsonPatch';

/** By the type of a mutation: where its expression is, where none may be, and what it comes to. */
const FORMS: ReadonlyMap<string, { own: Form; other: Form; wanted: readonly CelType[] | undefined }> = new Map([
  ['ApplyConfiguration', { own: 'applyConfiguration', other: 'jsonPatch', wanted: CONFIGURATION }],
  ['JSONPatch', { own: 'jsonPatch', other: 'applyConfiguration', wanted: PATCH }],
]);

function validateMutation(mutation: Mutation, field: string, declared: Declared): StatusCause[] {
  const { patchType = '' } = mutation;
  if (patchType === '') return [required(`${field}.patchType`)];
  const form = FORMS.get(patchType);
  if (!form) return [notSupported(`${field}.patchType`, patchType, [...FORMS.keys()])];
  const { own, other, wanted } = form;
  const given = mutation[own];
  const isSaid = `be specified when patchType is ${patchType}`;
  const text = given?.expression?.trim() ?? '';
  const at = `${field}.${own}.expression`;
  return [
    ...(given ? [] : [required(`${field}.${own}`, `must ${isSaid}`)]),
    ...(given && text === '' ? [required(at)] : []),
    ...(text === '' ? [] : expressionCausesOf(text, at, declared, wanted)),
    ...(mutation[other] ? [invalid(`${field}.${other}`, `{${other}}`, `must not ${isSaid}`)] : []),
  ];
}
