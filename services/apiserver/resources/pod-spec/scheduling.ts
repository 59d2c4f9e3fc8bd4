import type { LabelSelector, StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isLabelValue, isQualifiedName } from '../../registry/object-names.ts';
import { duplicate, invalid, notSupported, required } from '../../types/field-error.ts';
import { repeated, together } from '../repeated.ts';
import { validateLabelSelector } from '../validate-label-selector.ts';
import { validateLabelKeys } from './affinity.ts';
import { mayBeOneOf, positive } from './field-rules.ts';

/** Where a pod may be put: taints that it bears, and how pods are spread. */

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
  tolerationSeconds?: number;
}

export interface SpreadConstraint {
  maxSkew?: number;
  topologyKey?: string;
  whenUnsatisfiable?: string;
  minDomains?: number;
  nodeAffinityPolicy?: string;
  nodeTaintsPolicy?: string;
  labelSelector?: LabelSelector;
  matchLabelKeys?: string[];
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const NO_KEY = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';

export function validateTolerations(tolerations: readonly Toleration[], field: string): StatusCause[] {
  return tolerations.flatMap((toleration, index) => validateToleration(toleration, `${field}[${index}]`));
}

function validateToleration(toleration: Toleration, field: string): StatusCause[] {
  const { key = '', operator = '', effect = '', tolerationSeconds } = toleration;
  const isTimed = tolerationSeconds !== undefined && effect !== 'NoExecute';
  const timed = "effect must be 'NoExecute' when `tolerationSeconds` is set";
  return [
    ...(key === '' ? [] : causesOf(`${field}.key`, key, isQualifiedName(key))),
    ...(key === '' && operator !== 'Exists' ? [invalid(`${field}.operator`, operator, NO_KEY)] : []),
    ...(isTimed ? [invalid(`${field}.effect`, effect, timed)] : []),
    ...validateOperator(toleration, `${field}.operator`),
    ...(effect === '' ? [] : mayBeOneOf(`${field}.effect`, effect, EFFECTS)),
  ];
}

function validateOperator({ operator = '', value = '' }: Toleration, field: string): StatusCause[] {
  switch (operator) {
    case '':
    case 'Equal': {
      const texts = isLabelValue(value);
      return texts.length > 0 ? [invalid(field, value, texts.join(';'))] : [];
    }
    case 'Exists':
      return value === '' ? [] : [invalid(field, value, "value must be empty when `operator` is 'Exists'")];
    case 'Lt':
    case 'Gt':
      return [notSupported(field, operator, ['Equal', 'Exists', 'Lt', 'Gt'])];
    default:
      return [notSupported(field, operator, ['Equal', 'Exists'])];
  }
}

const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'];
const POLICIES = ['Honor', 'Ignore'];

/** Of two that are alike the first is told of, as upstream. */
export function validateSpread(constraints: readonly SpreadConstraint[], field: string): StatusCause[] {
  const keys = constraints.map(({ topologyKey = '', whenUnsatisfiable = '' }) =>
    together(topologyKey, whenUnsatisfiable),
  );
  const comesAgain = repeated(keys.toReversed()).toReversed();
  return constraints.flatMap((constraint, index) => {
    const { topologyKey = '', whenUnsatisfiable = '' } = constraint;
    const at = `${field}[${index}]`;
    return [
      ...positive(`${at}.maxSkew`, constraint.maxSkew ?? 0),
      ...(topologyKey === '' ? [required(`${at}.topologyKey`, 'can not be empty')] : []),
      ...mayBeOneOf(`${at}.whenUnsatisfiable`, whenUnsatisfiable, ACTIONS),
      ...(comesAgain[index]
        ? [duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`)]
        : []),
      ...validateDomains(constraint, at),
      ...mayBeOneOf(`${at}.nodeAffinityPolicy`, constraint.nodeAffinityPolicy, POLICIES),
      ...mayBeOneOf(`${at}.nodeTaintsPolicy`, constraint.nodeTaintsPolicy, POLICIES),
      ...validateLabelKeys(constraint, at),
      ...validateLabelSelector(constraint.labelSelector, `${at}.labelSelector`),
    ];
  });
}

function validateDomains({ minDomains, whenUnsatisfiable = '' }: SpreadConstraint, field: string): StatusCause[] {
  if (minDomains === undefined) return [];
  const why = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
  return [
    ...positive(`${field}.minDomains`, minDomains),
    ...(whenUnsatisfiable === 'DoNotSchedule' ? [] : [invalid(`${field}.minDomains`, minDomains, why)]),
  ];
}
