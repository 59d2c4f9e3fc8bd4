import type { LabelSelector, StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsLabel, isDnsSubdomain, isLabelValue, isQualifiedName } from '../../registry/object-names.ts';
import { forbidden, invalid, required } from '../../types/field-error.ts';
import { validateLabelSelector } from '../validate-label-selector.ts';

/** Which nodes, and which other pods, a pod wants to be near or far from. */

export interface Requirement {
  key?: string;
  operator?: string;
  values?: string[];
}

export interface NodeTerm {
  matchExpressions?: Requirement[];
  matchFields?: Requirement[];
}

interface PodTerm {
  labelSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  namespaces?: string[];
  topologyKey?: string;
  matchLabelKeys?: string[];
  mismatchLabelKeys?: string[];
}

interface PodTerms {
  requiredDuringSchedulingIgnoredDuringExecution?: PodTerm[];
  preferredDuringSchedulingIgnoredDuringExecution?: { weight?: number; podAffinityTerm?: PodTerm }[];
}

export interface Affinity {
  nodeAffinity?: {
    requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms?: NodeTerm[] };
    preferredDuringSchedulingIgnoredDuringExecution?: { weight?: number; preference?: NodeTerm }[];
  };
  podAffinity?: PodTerms;
  podAntiAffinity?: PodTerms;
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity({ nodeAffinity, podAffinity, podAntiAffinity }: Affinity, field: string) {
  return [
    ...(nodeAffinity ? validateNodeAffinity(nodeAffinity, `${field}.nodeAffinity`) : []),
    ...(podAffinity ? validatePodTerms(podAffinity, `${field}.podAffinity`) : []),
    ...(podAntiAffinity ? validatePodTerms(podAntiAffinity, `${field}.podAntiAffinity`) : []),
  ];
}

function validateWeight(weight: number, field: string): StatusCause[] {
  return weight > 0 && weight <= 100 ? [] : [invalid(`${field}.weight`, weight, 'must be in the range 1-100')];
}

function validateNodeAffinity(affinity: NonNullable<Affinity['nodeAffinity']>, field: string): StatusCause[] {
  const { [REQUIRED]: must, [PREFERRED]: should = [] } = affinity;
  return [
    ...(must ? validateNodeSelector(must.nodeSelectorTerms ?? [], `${field}.${REQUIRED}.nodeSelectorTerms`) : []),
    ...should.flatMap(({ weight = 0, preference = {} }, index) => [
      ...validateWeight(weight, `${field}.${PREFERRED}[${index}]`),
      ...validateNodeTerm(preference, `${field}.${PREFERRED}[${index}].preference`, { checksValues: false }),
    ]),
  ];
}

export function validateNodeSelector(terms: readonly NodeTerm[], field: string): StatusCause[] {
  if (terms.length === 0) return [required(field, 'must have at least one node selector term')];
  return terms.flatMap((term, index) => validateNodeTerm(term, `${field}[${index}]`, { checksValues: true }));
}

/** As Go shows them. What is not set of a requirement is empty there. */
export function shownTerms(terms: readonly NodeTerm[] | undefined): unknown {
  const requirements = (list: readonly Requirement[] | undefined): unknown =>
    list?.map(({ key = '', operator = '', values = null }) => ({ Key: key, Operator: operator, Values: values })) ??
    null;
  return (
    terms?.map(({ matchExpressions, matchFields }) => ({
      MatchExpressions: requirements(matchExpressions),
      MatchFields: requirements(matchFields),
    })) ?? null
  );
}

/** Values of labels count only where they decide. */
function validateNodeTerm(term: NodeTerm, field: string, { checksValues }: { checksValues: boolean }): StatusCause[] {
  const { matchExpressions = [], matchFields = [] } = term;
  return [
    ...matchExpressions.flatMap((one, index) =>
      validateNodeLabel(one, `${field}.matchExpressions[${index}]`, checksValues),
    ),
    ...matchFields.flatMap((one, index) => validateNodeField(one, `${field}.matchFields[${index}]`)),
  ];
}

function validateNodeLabel(requirement: Requirement, field: string, checksValues: boolean): StatusCause[] {
  const { key = '', values = [] } = requirement;
  return [
    ...validateOperator(requirement, field),
    ...causesOf(`${field}.key`, key, isQualifiedName(key)),
    ...(checksValues ? values : []).flatMap((value, index) =>
      causesOf(`${field}.values[${index}]`, value, isLabelValue(value)),
    ),
  ];
}

function validateOperator({ operator = '', values = [] }: Requirement, field: string): StatusCause[] {
  const place = `${field}.values`;
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0 ? [] : [required(place, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      if (values.length === 0) return [];
      return [forbidden(place, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    case 'Gt':
    case 'Lt':
      if (values.length === 1) return [];
      return [required(place, "must be specified single value when `operator` is 'Lt' or 'Gt'")];
    default:
      return [invalid(`${field}.operator`, operator, 'not a valid selector operator')];
  }
}

function validateNodeField({ key = '', operator = '', values = [] }: Requirement, field: string): StatusCause[] {
  const isKnown = operator === 'In' || operator === 'NotIn';
  const one = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
  return [
    ...(isKnown && values.length !== 1 ? [required(`${field}.values`, one)] : []),
    ...(isKnown ? [] : [invalid(`${field}.operator`, operator, 'not a valid selector operator')]),
    ...(key === 'metadata.name'
      ? values.flatMap((value, index) => causesOf(`${field}.values[${index}]`, value, isDnsSubdomain(value)))
      : [invalid(`${field}.key`, key, 'not a valid field selector key')]),
  ];
}

function validatePodTerms({ [REQUIRED]: must = [], [PREFERRED]: should = [] }: PodTerms, field: string) {
  return [
    ...must.flatMap((term, index) => validatePodTerm(term, `${field}.${REQUIRED}[${index}]`)),
    ...should.flatMap(({ weight = 0, podAffinityTerm = {} }, index) => [
      ...validateWeight(weight, `${field}.${PREFERRED}[${index}]`),
      ...validatePodTerm(podAffinityTerm, `${field}.${PREFERRED}[${index}].podAffinityTerm`),
    ]),
  ];
}

function validatePodTerm(term: PodTerm, field: string): StatusCause[] {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey = '' } = term;
  return [
    ...validateLabelSelector(labelSelector, `${field}.labelSelector`),
    ...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
    ...namespaces.flatMap((name) => causesOf(`${field}.namespace`, name, isDnsLabel(name))),
    ...validateLabelKeys(term, field),
    ...(topologyKey === '' ? [required(`${field}.topologyKey`, 'can not be empty')] : []),
    ...causesOf(`${field}.topologyKey`, topologyKey, isQualifiedName(topologyKey)),
  ];
}

/** Labels of the pod itself that others must have alike or not; also of spread constraints. */
export function validateLabelKeys(
  { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: PodTerm,
  field: string,
): StatusCause[] {
  const lists = { matchLabelKeys, mismatchLabelKeys };
  const mismatched = new Set(mismatchLabelKeys);
  return [
    ...Object.entries(lists).flatMap(([name, keys]) => validateKeyList(keys, labelSelector, `${field}.${name}`)),
    ...matchLabelKeys.flatMap((key, index) =>
      mismatched.has(key)
        ? [invalid(`${field}.matchLabelKeys[${index}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys')]
        : [],
    ),
  ];
}

function validateKeyList(keys: readonly string[], selector: LabelSelector | undefined, field: string): StatusCause[] {
  if (keys.length === 0) return [];
  if (!selector) return [forbidden(field, 'must not be specified when labelSelector is not set')];
  return keys.flatMap((key, index) => causesOf(`${field}[${index}]`, key, isQualifiedName(key)));
}
