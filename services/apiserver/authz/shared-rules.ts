import type { PolicyRule } from '../../../shared/apis/rbac/v1.ts';

/** So many different parts are kept in mind; then it begins anew, and what is alike is kept twice. */
const MOST_PARTS = 1000;

/** The roles of thousands of clusters differ in a name at most: of the rules that pass through the result, what is alike is the same object. Nobody may change it. */
export function newSharedRules(): (rule: PolicyRule) => PolicyRule {
  const parts = new Map<string, unknown>();
  const shared = <T>(part: T): T => {
    const text = JSON.stringify(part);
    const known = parts.get(text);
    if (known !== undefined) return known as T;
    if (parts.size >= MOST_PARTS) parts.clear();
    parts.set(text, part);
    return part;
  };
  return (rule) => {
    if (rule.resourceNames === undefined) return shared(rule);
    const fields = Object.entries(rule).map(([field, value]) => [
      field,
      field === 'resourceNames' ? value : shared(value),
    ]);
    return Object.fromEntries(fields) as PolicyRule;
  };
}
