import type { PolicyRule } from '../../../shared/apis/rbac/v1.ts';
import { urlMatches } from './rule-allows.ts';

/**
 * Whether rules grant all that other rules grant. Pure. Both are taken apart into rights of one verb on one thing; each must be covered by one rule,
 * as upstream decides it (component-helpers, auth/rbac/validation: Covers), so that `*` is covered by nothing but `*`.
 */
export function missingRights(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(singleRights).filter((right) => !owned.some((rule) => covers(rule, right)));
}

function singleRights(rule: PolicyRule): PolicyRule[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const named: Pick<PolicyRule, 'resourceNames'>[] =
    resourceNames.length === 0 ? [{}] : resourceNames.map((name) => ({ resourceNames: [name] }));
  const ofResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        named.map((names) => ({ verbs: [verb], apiGroups: [group], resources: [resource], ...names })),
      ),
    ),
  );
  const ofPaths = nonResourceURLs.flatMap((url) => verbs.map((verb) => ({ verbs: [verb], nonResourceURLs: [url] })));
  return [...ofResources, ...ofPaths];
}

function covers(rule: PolicyRule, right: PolicyRule): boolean {
  return (
    hasAll(rule.verbs, right.verbs) &&
    hasAll(rule.apiGroups, right.apiGroups) &&
    (right.resources ?? []).every((resource) => coversResource(rule.resources ?? [], resource)) &&
    coversNames(rule.resourceNames ?? [], right.resourceNames ?? []) &&
    (right.nonResourceURLs ?? []).every((url) => (rule.nonResourceURLs ?? []).some((own) => urlMatches(own, url)))
  );
}

function hasAll(own: readonly string[] = [], wanted: readonly string[] = []): boolean {
  return own.includes('*') || wanted.every((one) => own.includes(one));
}

function coversResource(own: readonly string[], wanted: string): boolean {
  if (own.includes('*') || own.includes(wanted)) return true;
  const [, subresource] = wanted.split('/');
  return subresource !== undefined && own.includes(`*/${subresource}`);
}

function coversNames(own: readonly string[], wanted: readonly string[]): boolean {
  if (own.length === 0) return true;
  return wanted.length > 0 && wanted.every((name) => own.includes(name));
}

/** Rights on the same thing as one rule with all their verbs; what can't be joined stays as it is. */
export function compactRules(rights: readonly PolicyRule[]): PolicyRule[] {
  const joined = new Map<string, PolicyRule>();
  const rest: PolicyRule[] = [];
  for (const right of rights) {
    const { verbs, ...thing } = right;
    const key = JSON.stringify([thing.apiGroups, thing.resources, thing.resourceNames]);
    const same = joined.get(key);
    if (right.nonResourceURLs) rest.push(right);
    else joined.set(key, { ...thing, verbs: [...(same?.verbs ?? []), ...verbs] });
  }
  return [...rest, ...joined.values()];
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`, as messages show a rule. */
export function describeRule(rule: PolicyRule): string {
  const parts: [string, readonly string[] | undefined][] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ];
  const present = parts.filter(([, values]) => values !== undefined && values.length > 0);
  return `{${present.map(([label, values = []]) => `${label}:${quoteList(values)}`).join(', ')}}`;
}

/** `["a" "b"]`. */
export function quoteList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
}
