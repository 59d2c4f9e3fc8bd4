import type { PolicyRule } from '../../../shared/apis/rbac/v1.ts';
import { urlPrefix } from './rule-allows.ts';

export interface Coverage {
  /** Rights of one verb on one thing that are not covered; not all of them if there are many. */
  missing: PolicyRule[];
  /** There are more rights than are compared or told: whether others are missing is not known. */
  isPartial: boolean;
}

/** How many missing rights are told, and how long their parts may be together: a name may be as long as a body. */
const MOST_MISSING = 300;
const LONGEST = 100_000;
/** Of a rule with a rule, and of each of their parts. A few lists of a hundred names each make more rights than there is memory for. */
const MOST_COMPARISONS = 3_000_000;

/**
 * Whether rules grant all that other rules grant. Pure. What no rule covers as a whole is taken apart into rights of one verb on one thing; each must be
 * covered by one rule, as upstream decides it (component-helpers, auth/rbac/validation: Covers), so that `*` is covered by nothing but `*`.
 */
export function missingRights(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): Coverage {
  const ownByText = byText(owned);
  const own = [...ownByText.values()].map(asOwned);
  const missing: PolicyRule[] = [];
  const budget: Budget = { left: MOST_COMPARISONS };
  let length = 0;
  const isCovered = (rule: PolicyRule): boolean => own.some((one) => covers(one, rule, budget));
  for (const [text, rule] of byText(wanted)) {
    if (ownByText.has(text) || isCovered(rule)) continue;
    for (const right of singleRights(rule)) {
      if (missing.length >= MOST_MISSING || length > LONGEST) return { missing, isPartial: true };
      if (isCovered(right)) continue;
      // Then this one may be covered after all.
      if (budget.left <= 0) return { missing, isPartial: true };
      missing.push(right);
      length += JSON.stringify(right).length;
    }
  }
  return { missing, isPartial: false };
}

/** What is left of the comparisons that are made for one request; nothing is found to be covered when it is spent. */
interface Budget {
  left: number;
}

const spend = (budget: Budget): boolean => budget.left > 0 && budget.left-- > 0;

/** Each once: many bindings to one role give its rules many times. */
const byText = (rules: readonly PolicyRule[]): Map<string, PolicyRule> =>
  new Map(rules.map((rule) => [JSON.stringify(rule), rule]));

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
  urls: ReadonlySet<string>;
  /** What stands before the `*` of those that end in one. */
  urlPrefixes: readonly string[];
}

function asOwned({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): OwnedRule {
  const urls = new Set(nonResourceURLs);
  const prefixes = [...urls].map(urlPrefix).filter((prefix) => prefix !== undefined);
  return {
    verbs: new Set(verbs),
    groups: new Set(apiGroups),
    resources: new Set(resources),
    names: new Set(resourceNames),
    urls,
    urlPrefixes: [...new Set(prefixes)],
  };
}

function covers(own: OwnedRule, rule: PolicyRule, budget: Budget): boolean {
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule;
  const all = (wanted: readonly string[] | undefined, test: (one: string) => boolean): boolean =>
    (wanted ?? []).every((one) => spend(budget) && test(one));
  return (
    spend(budget) &&
    (own.verbs.has('*') || all(verbs, (verb) => own.verbs.has(verb))) &&
    (own.groups.has('*') || all(apiGroups, (group) => own.groups.has(group))) &&
    (own.resources.has('*') || all(resources, (resource) => coversResource(own.resources, resource))) &&
    (own.names.size === 0 || ((resourceNames ?? []).length > 0 && all(resourceNames, (name) => own.names.has(name)))) &&
    all(nonResourceURLs, (url) => coversUrl(own, url, budget))
  );
}

function coversResource(own: ReadonlySet<string>, wanted: string): boolean {
  if (own.has(wanted)) return true;
  const [, subresource] = wanted.split('/', 2);
  return subresource !== undefined && own.has(`*/${subresource}`);
}

function coversUrl({ urls, urlPrefixes }: OwnedRule, url: string, budget: Budget): boolean {
  return urls.has(url) || urlPrefixes.some((prefix) => spend(budget) && url.startsWith(prefix));
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
