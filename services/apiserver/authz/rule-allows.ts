import type { PolicyRule } from '../../../shared/apis/rbac/v1.ts';
import type { RequestInfo } from '../request.ts';

/** Whether one rule allows one request. Source: Kubernetes RBAC (component-helpers, auth/rbac/validation: the `…Matches` functions). */
export function ruleAllows(rule: PolicyRule, info: RequestInfo): boolean {
  if (!contains(rule.verbs, info.verb)) return false;
  if (!info.isResource) return (rule.nonResourceURLs ?? []).some((pattern) => urlMatches(pattern, info.path));
  return (
    contains(rule.apiGroups, info.group) &&
    (rule.resources ?? []).some((pattern) => resourceMatches(pattern, info)) &&
    nameMatches(rule.resourceNames, info.name)
  );
}

function contains(values: readonly string[] | undefined, value: string): boolean {
  return values?.some((one) => one === '*' || one === value) ?? false;
}

/** `*` is everything, subresources included; a subresource is named `pods/status`, or by `*` and a slash in front for all resources. */
function resourceMatches(pattern: string, { resource, subresource }: RequestInfo): boolean {
  if (pattern === '*') return true;
  if (subresource === '') return pattern === resource;
  return pattern === `${resource}/${subresource}` || pattern === `*/${subresource}`;
}

function nameMatches(names: readonly string[] | undefined, name: string): boolean {
  return !names || names.length === 0 || names.includes(name);
}

function urlMatches(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  const prefix = urlPrefix(pattern);
  return prefix !== undefined && path.startsWith(prefix);
}

/** What a path must begin with to match a pattern that ends in `*`; undefined of one that does not. */
export function urlPrefix(pattern: string): string | undefined {
  return pattern.endsWith('*') ? pattern.replace(/(?<!\*)\*+$/, '') : undefined;
}
