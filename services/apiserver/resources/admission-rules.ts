import type { LabelSelector, StatusCause } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isPathSegment } from '../registry/object-names.ts';
import { duplicate, invalid, notSupported, required } from '../types/field-error.ts';
import { mayBeOneOf } from './pod-spec/field-rules.ts';
import { repeated } from './repeated.ts';
import { validateLabelSelector } from './validate-label-selector.ts';

/** The requests that webhooks, policies and their bindings are about. Source: admissionregistration/validation. */

export interface AdmissionRule {
  apiGroups?: readonly string[] | null;
  apiVersions?: readonly string[] | null;
  resources?: readonly string[] | null;
  operations?: readonly string[] | null;
  resourceNames?: readonly string[] | null;
  scope?: string | null;
}

export interface MatchedResources {
  matchPolicy?: string | null;
  namespaceSelector?: object | null;
  objectSelector?: object | null;
  resourceRules?: readonly AdmissionRule[] | null;
  excludeResourceRules?: readonly AdmissionRule[] | null;
}

export const MATCH_POLICIES = ['Equivalent', 'Exact'];

export function validateMatchedResources(matched: MatchedResources, field: string): StatusCause[] {
  const { matchPolicy, namespaceSelector, objectSelector, resourceRules, excludeResourceRules } = matched;
  const rules = (list: MatchedResources['resourceRules'], name: string): StatusCause[] =>
    (list ?? []).flatMap((rule, index) => validateNamedRule(rule, `${field}.${name}[${index}]`));
  return [
    ...mayBeOneOf(`${field}.matchPolicy`, matchPolicy ?? undefined, MATCH_POLICIES),
    ...validateLabelSelector((namespaceSelector ?? {}) as LabelSelector, `${field}.namespaceSelector`),
    ...validateLabelSelector((objectSelector ?? {}) as LabelSelector, `${field}.objectSelector`),
    ...rules(resourceRules, 'resourceRules'),
    ...rules(excludeResourceRules, 'excludeResourceRules'),
  ];
}

/** What a policy is about: there has to be something. */
export function validateMatchConstraints(matched: MatchedResources | undefined): StatusCause[] {
  const field = 'spec.matchConstraints';
  if (!matched) return [required(field)];
  return [
    ...validateMatchedResources(matched, field),
    ...(matched.resourceRules?.length ? [] : [required(`${field}.resourceRules`)]),
  ];
}

function validateNamedRule(rule: AdmissionRule, field: string): StatusCause[] {
  const names = rule.resourceNames ?? [];
  const isAgain = repeated(names);
  return [
    ...names.flatMap((name, index) => {
      const at = `${field}.resourceNames[${index}]`;
      return [...causesOf(at, name, isPathSegment(name)), ...(isAgain[index] ? [duplicate(at, name)] : [])];
    }),
    ...validateRule(rule, field),
  ];
}

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];

export function validateRule(rule: AdmissionRule, field: string): StatusCause[] {
  const operations = rule.operations ?? [];
  return [
    ...wildcardCauses(operations, `${field}.operations`, 'operations'),
    ...operations.flatMap((operation, index) =>
      OPERATIONS.includes(operation) ? [] : [notSupported(`${field}.operations[${index}]`, operation, OPERATIONS)],
    ),
    ...wildcardCauses(rule.apiGroups ?? [], `${field}.apiGroups`, 'API groups'),
    ...wildcardCauses(rule.apiVersions ?? [], `${field}.apiVersions`, 'API versions'),
    ...(rule.apiVersions ?? []).flatMap((version, index) =>
      version === '' ? [required(`${field}.apiVersions[${index}]`)] : [],
    ),
    ...validateResources(rule.resources ?? [], `${field}.resources`),
    ...mayBeOneOf(`${field}.scope`, rule.scope ?? undefined, SCOPES),
  ];
}

/** There has to be something in a list, and nothing beside what stands for everything. */
function wildcardCauses(list: readonly string[], field: string, what: string): StatusCause[] {
  if (list.length === 0) return [required(field)];
  const isRepeated = list.length > 1 && list.includes('*');
  return isRepeated ? [invalid(field, list, `if '*' is present, must not specify other ${what}`)] : [];
}

function validateResources(resources: readonly string[], field: string): StatusCause[] {
  if (resources.length === 0) return [required(field)];
  const plain = resources.filter((one) => one !== '' && !one.includes('/'));
  // As upstream: only the last one without a part counts.
  const isBeside = plain.includes('*') && plain.at(-1) !== '*';
  const isBesideAll = resources.length > 1 && resources.includes('*/*');
  const before = new Set<string>();
  return [
    ...resources.flatMap((one, index) => {
      const causes = validateResource(one, before, `${field}[${index}]`);
      before.add(one);
      return causes;
    }),
    ...(isBesideAll ? [invalid(field, resources, "if '*/*' is present, must not specify other resources")] : []),
    ...(isBeside
      ? [invalid(field, resources, "if '*' is present, must not specify other resources without subresources")]
      : []),
  ];
}

function validateResource(resource: string, before: ReadonlySet<string>, field: string): StatusCause[] {
  if (resource === '') return [required(field)];
  const at = resource.indexOf('/');
  if (at < 0) return [];
  const covering = [`${resource.slice(0, at)}/*`, `*/${resource.slice(at + 1)}`];
  return covering.flatMap((one) =>
    before.has(one) ? [invalid(field, resource, `if '${one}' is present, must not specify ${resource}`)] : [],
  );
}
