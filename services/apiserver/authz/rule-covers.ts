import type { PolicyRule } from '../../../shared/apis/rbac/v1.ts';
import { urlMatches } from './rule-allows.ts';

export interface Coverage {
  /** Rights of one verb on one thing that are not covered; not all of them if there are many. */
  missing: PolicyRule[];
  /** There are more rights than are compared: whether others are missing is not known. */
  isPartial: boolean;
}

/** How many missing rights are told, and how long their parts may be together: a name may be as long as a body. */
const MOST_MISSING = 300;
const LONGEST = 100_000;
/** Of a right with a rule. A few lists of a hundred names each make more rights than there is memory for. */
const MOST_COMPARISONS = 1_000_000;

/**
 * Whether rules grant all that other rules grant. Pure. What no rule covers as a whole is taken apart into rights of one verb on one thing; each must be
 * covered by one rule, as upstream decides it (component-helpers, auth/rbac/validation: Covers), so that `*` is covered by nothing but `*`.
 */
export function missingRights(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): Coverage {
  const own = owned.map(asOwned);
  const missing: PolicyRule[] = [];
  let [comparisons, length] = [0, 0];
  for (const rule of wanted.filter((one) => !own.some((rule) => covers(rule, one)))) {
    for (const right of singleRights(rule)) {
      if (comparisons > MOST_COMPARISONS || missing.length >= MOST_MISSING || length > LONGEST)
        return { missing, isPartial: true };
      const at = own.findIndex((rule) => covers(rule, right));
      comparisons += at < 0 ? own.length : at + 1;
      if (at >= 0) continue;
      missing.push(right);
      length += JSON.stringify(right).length;
    }
  }
  return { missing, isPartial: false };
}

function* singleRights(rule: PolicyRule): Iterable<PolicyRule> {
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule;
  const named = resourceNames?.length ? resourceNames : [undefined];
  for (const group of apiGroups ?? [])
    for (const resource of resources ?? [])
      for (const verb of verbs ?? [])
        for (const name of named)
          yield {
            verbs: [verb],
            apiGroups: [group],
            resources: [resource],
            ...(name === undefined ? {} : { resourceNames: [name] }),
          };
  for (const url of nonResourceURLs ?? [])
    for (const verb of verbs ?? []) yield { verbs: [verb], nonResourceURLs: [url] };
}

interface OwnedRule {
  verbs: ReadonlySet<string>;
  groups: ReadonlySet<string>;
  resources: ReadonlySet<string>;
  names: ReadonlySet<string>;
  urls: readonly string[];
}

function asOwned({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): OwnedRule {
  return {
    verbs: new Set(verbs),
    groups: new Set(apiGroups),
    resources: new Set(resources),
    names: new Set(resourceNames),
    urls: [...new Set(nonResourceURLs)],
  };
}

function covers(own: OwnedRule, { verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): boolean {
  return (
    hasAll(own.verbs, verbs) &&
    hasAll(own.groups, apiGroups) &&
    (resources ?? []).every((resource) => coversResource(own.resources, resource)) &&
    coversNames(own.names, resourceNames ?? []) &&
    (nonResourceURLs ?? []).every((url) => own.urls.some((one) => urlMatches(one, url)))
  );
}

function hasAll(own: ReadonlySet<string>, wanted: readonly string[] | undefined): boolean {
  return own.has('*') || (wanted ?? []).every((one) => own.has(one));
}

function coversResource(own: ReadonlySet<string>, wanted: string): boolean {
  if (own.has('*') || own.has(wanted)) return true;
  const [, subresource] = wanted.split('/');
  return subresource !== undefined && own.has(`*/${subresource}`);
}

function coversNames(own: ReadonlySet<string>, wanted: readonly string[]): boolean {
  if (own.size === 0) return true;
  return wanted.length > 0 && wanted.every((name) => own.has(name));
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
