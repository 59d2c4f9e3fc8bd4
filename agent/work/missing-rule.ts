import { isForbidden, isStatusError } from '../../shared/apis/meta/status-error.ts';

/** For who reads a Work that RBAC in the member does not let through: the rule that would. */

/** How a Kubernetes API words a refusal by RBAC, from its first word on; admission and quotas forbid in other words, in which a webhook may quote what it was refused itself. */
const REFUSED =
  /^\S+(?: "(?:[^"\\]|\\.)*")? is forbidden: User "(?:[^"\\]|\\.)*" cannot \w+ resource "([^"]+)" in API group "([^"]*)"/;
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** Empty for any other error. All verbs that delivery needs are named at once, not only the first that was missing. */
export function missingRule(error: unknown): string {
  if (!(isStatusError(error) && isForbidden(error))) return '';
  const [, resource, group] = REFUSED.exec(error.message) ?? [];
  if (resource === undefined || group === undefined) return '';
  const rule = JSON.stringify({ apiGroups: [group], resources: [resource.split('/')[0]], verbs: VERBS });
  return `; what delivers Works has no right to manage that in the member. Missing in its ClusterRole there: ${rule}`;
}
