import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import type { PolicyRule, Subject } from '../../../shared/apis/rbac/v1.ts';
import { jsonEqual } from '../../../shared/controller/json-equal.ts';

/**
 * Default roles and bindings: a rule or subject that ours have and the stored ones lack is added, so that a newer version can do its work. What an
 * administrator has added stays; `rbac.authorization.kubernetes.io/autoupdate: "false"` keeps all as it is.
 * Source: Kubernetes reference "Using RBAC Authorization", auto-reconciliation.
 */

interface PolicyObject extends KubeObject {
  rules?: PolicyRule[];
  aggregationRule?: unknown;
  subjects?: Subject[];
}

const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

/** The fields to write; undefined if nothing is missing. The rules of an aggregated role are its selectors' business. */
export function policyAdditions(
  current: PolicyObject,
  wanted: PolicyObject,
): Partial<Pick<PolicyObject, 'rules' | 'subjects'>> | undefined {
  if (current.metadata.annotations?.[AUTOUPDATE] === 'false') return undefined;
  const rules = wanted.aggregationRule ? undefined : union(current.rules, wanted.rules);
  const subjects = union(current.subjects, wanted.subjects);
  return rules || subjects ? { ...(rules ? { rules } : {}), ...(subjects ? { subjects } : {}) } : undefined;
}

/** Both together, or undefined if nothing is missing. */
function union<T>(current: T[] = [], wanted: T[] = []): T[] | undefined {
  const missing = wanted.filter((item) => !current.some((other) => jsonEqual(item, other)));
  return missing.length > 0 ? [...current, ...missing] : undefined;
}
