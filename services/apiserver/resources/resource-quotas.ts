import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { compareQuantities } from '../../../shared/apis/quantity.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid, required } from '../types/field-error.ts';
import {
  isInPieces,
  isQuotaResource,
  isWhole,
  resourceNameCauses,
  shownQuantity,
} from './pod-spec/container-resources.ts';
import { NEGATIVE_TEXT } from './pod-spec/field-rules.ts';

/** What a namespace may use at most. Source: core/validation, ValidateResourceQuota. Nothing here counts, and who writes one is told. */

type Amounts = Record<string, unknown>;

interface ScopeRequirement {
  scopeName?: string;
  operator?: string;
  values?: string[];
}

interface QuotaSpec {
  hard?: Amounts;
  scopes?: string[];
  scopeSelector?: { matchExpressions?: ScopeRequirement[] };
}

interface QuotaStatus {
  hard?: Amounts;
  used?: Amounts;
}

const specOf = (object: Unstructured): QuotaSpec => (object['spec'] ?? {}) as QuotaSpec;

export const resourceQuotaStrategy: Strategy = {
  returnsDeletedObject: true,
  validate: (object) => validateSpec(specOf(object)),
  validateUpdate: (object, old) => scopeChange(specOf(object).scopes ?? [], specOf(old).scopes ?? []),
  validateSubresource(object) {
    const { hard = {}, used = {} } = (object['status'] ?? {}) as QuotaStatus;
    return [...validateAmounts(hard, 'status.hard'), ...validateAmounts(used, 'status.used')];
  },
  warningsOfNew: (object) => amountWarnings(specOf(object).hard ?? {}),
  warningsOf: () => ['this API server does not enforce quotas: the object is stored and limits nothing'],
};

function validateSpec(spec: QuotaSpec): StatusCause[] {
  const { hard = {}, scopes = [], scopeSelector } = spec;
  return [
    ...validateAmounts(hard, 'spec.hard'),
    ...scopes.flatMap((scope) => scopeTexts(scope, hard).map((text) => invalid('spec.scopes', scopes, text))),
    ...conflicts(scopes).map((text) => invalid('spec.scopes', scopes, text)),
    ...(scopeSelector ? validateSelector(scopeSelector, spec) : []),
  ];
}

/** Of any amounts of what is counted: also a node's. */
export function amountCauses(name: string, amount: unknown, field: string): StatusCause[] {
  return [
    ...(compareQuantities(amount, '0') < 0 ? [invalid(field, shownQuantity(amount), NEGATIVE_TEXT)] : []),
    ...(isInPieces(name) && !isWhole(amount) ? [invalid(field, shownQuantity(amount), 'must be an integer')] : []),
  ];
}

function validateAmounts(amounts: Amounts, field: string): StatusCause[] {
  return Object.entries(amounts).flatMap(([name, amount]) => {
    const at = `${field}[${name}]`;
    const isKnown = name.includes('/') || isQuotaResource(name);
    return [
      ...resourceNameCauses(name, at),
      ...(isKnown ? [] : [invalid(at, name, 'must be a standard resource for quota')]),
      ...amountCauses(name, amount, at),
    ];
  });
}

const OF_PODS = ['pods', 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
/** The resources that quotas of a scope can limit. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  Terminating: OF_PODS,
  NotTerminating: OF_PODS,
  NotBestEffort: OF_PODS,
  PriorityClass: OF_PODS,
  CrossNamespacePodAffinity: OF_PODS,
  BestEffort: ['pods'],
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
};
const resourcesOf = (scope: string): readonly string[] | undefined =>
  Object.hasOwn(SCOPES, scope) ? SCOPES[scope] : undefined;

const hasUnfit = (scope: string, hard: Amounts): number =>
  Object.keys(hard).filter((name) => isQuotaResource(name) && resourcesOf(scope)?.includes(name) === false).length;

function scopeTexts(scope: string, hard: Amounts): string[] {
  const unfit = Array.from({ length: hasUnfit(scope, hard) }, () => 'unsupported scope applied to resource');
  return [...(resourcesOf(scope) ? [] : ['unsupported scope']), ...unfit];
}

const OPPOSITES = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

const conflicts = (scopes: readonly string[]): string[] =>
  OPPOSITES.filter((pair) => pair.every((scope) => scopes.includes(scope))).map(() => 'conflicting scopes');

const WITHOUT_VALUES = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'];
const EXISTS_TEXT =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

function validateSelector(selector: NonNullable<QuotaSpec['scopeSelector']>, spec: QuotaSpec): StatusCause[] {
  const field = 'spec.scopeSelector.matchExpressions';
  const { matchExpressions = [] } = selector;
  const hard = spec.hard ?? {};
  return [
    ...matchExpressions.flatMap((requirement) => {
      const { scopeName = '', operator = '' } = requirement;
      const unfit = Array.from({ length: hasUnfit(scopeName, hard) }, () =>
        invalid(field, shownSelector(matchExpressions), 'unsupported scope applied to resource'),
      );
      const mustExist = WITHOUT_VALUES.includes(scopeName) && operator !== 'Exists';
      return [
        ...(resourcesOf(scopeName) ? [] : [invalid(`${field}.scopeName`, scopeName, 'unsupported scope')]),
        ...unfit,
        ...(mustExist ? [invalid(`${field}.operator`, operator, EXISTS_TEXT)] : []),
        ...validateOperator(requirement, field),
      ];
    }),
    ...conflicts(matchExpressions.map(({ scopeName = '' }) => scopeName)).map((text) =>
      invalid(field, spec.scopes ?? null, text),
    ),
  ];
}

const shownSelector = (requirements: readonly ScopeRequirement[]): object => ({
  MatchExpressions: requirements.map(
    ({ scopeName: ScopeName = '', operator: Operator = '', values: Values = null }) => ({
      ScopeName,
      Operator,
      Values,
    }),
  ),
});

function validateOperator({ operator = '', values = [] }: ScopeRequirement, field: string): StatusCause[] {
  if (operator === 'In' || operator === 'NotIn') {
    const why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    return values.length > 0 ? [] : [required(`${field}.values`, why)];
  }
  if (operator !== 'Exists' && operator !== 'DoesNotExist')
    return [invalid(`${field}.operator`, operator, 'not a valid selector operator')];
  const why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
  return values.length === 0 ? [] : [invalid(`${field}.values`, values, why)];
}

function scopeChange(next: readonly string[], old: readonly string[]): StatusCause[] {
  const isSame = new Set([...next, ...old]).size === new Set(next).size && new Set(next).size === new Set(old).size;
  return isSame ? [] : [invalid('spec.scopes', next.length > 0 ? next : null, 'field is immutable')];
}

const COMPARED = ['cpu', 'memory', 'storage', 'ephemeral-storage'];

/** What is asked for at least beside what is used at most. */
function amountWarnings(hard: Amounts): string[] {
  return COMPARED.flatMap((name) => {
    const bare = name === 'cpu' || name === 'memory' ? [name] : [];
    const request = [`requests.${name}`, ...bare].find((one) => Object.hasOwn(hard, one));
    const limit = `limits.${name}`;
    if (request === undefined || !Object.hasOwn(hard, limit)) return [];
    if (compareQuantities(hard[request], hard[limit]) <= 0) return [];
    const [asked, allowed] = [shownQuantity(hard[request]), shownQuantity(hard[limit])];
    return [`ResourceQuota ${request} (${asked}) should be less than ${limit} (${allowed})`];
  });
}
