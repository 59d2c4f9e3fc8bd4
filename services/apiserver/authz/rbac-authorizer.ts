import type { PolicyRule, RoleRef, Subject } from '../../../shared/apis/rbac/v1.ts';
import { GROUP_MASTERS, type UserInfo } from '../../../shared/apis/user-info.ts';
import type { RequestInfo } from '../request.ts';
import type { Authorizer } from './authorizer.ts';
import type { AppliedBinding, RbacReader } from './rbac-reader.ts';
import { ruleAllows } from './rule-allows.ts';

/**
 * Kubernetes RBAC: the first rule that allows is enough, nothing denies. `system:masters` may do everything. A binding to a role that does
 * not exist grants nothing and is named in the reason. Source: Kubernetes reference "Using RBAC Authorization".
 */
export function newRbacAuthorizer(reader: RbacReader): Authorizer {
  return (user, info) => {
    if (user.groups.includes(GROUP_MASTERS)) return { allowed: true, reason: '' };
    const missing: string[] = [];
    for (const binding of bindingsFor(reader, user, info)) {
      const rules = rulesOf(reader, binding);
      if (!rules) missing.push(`${describeMissing(binding.roleRef)} not found`);
      else if (rules.some((rule) => ruleAllows(rule, info))) return { allowed: true, reason: describe(binding) };
    }
    return { allowed: false, reason: missing.length === 0 ? '' : `RBAC: ${aggregate(missing)}` };
  };
}

/** Everything that a user may do in a namespace, or cluster-wide if it is empty; `missing` are roles that bindings name in vain. */
export function rulesFor(
  reader: RbacReader,
  user: UserInfo,
  namespace: string,
): { rules: PolicyRule[]; missing: string[] } {
  const found = bindingsIn(reader, user, namespace).map((binding) => ({ binding, rules: rulesOf(reader, binding) }));
  return {
    rules: found.flatMap(({ rules }) => rules ?? []),
    missing: found.filter(({ rules }) => !rules).map(({ binding }) => `${describeMissing(binding.roleRef)} not found`),
  };
}

function bindingsFor(reader: RbacReader, user: UserInfo, info: RequestInfo): AppliedBinding[] {
  return bindingsIn(reader, user, info.isResource ? info.namespace : '');
}

function bindingsIn(reader: RbacReader, user: UserInfo, namespace: string): AppliedBinding[] {
  const everywhere = reader.bindingsOf('', user);
  return namespace === '' ? everywhere : [...everywhere, ...reader.bindingsOf(namespace, user)];
}

/** A ClusterRoleBinding can't name a Role: there is no namespace to look in. */
function rulesOf(reader: RbacReader, { roleRef, namespace }: AppliedBinding): readonly PolicyRule[] | undefined {
  if (roleRef.kind === 'ClusterRole') return reader.rulesOf('', roleRef.name);
  return namespace === '' ? undefined : reader.rulesOf(namespace, roleRef.name);
}

function describeMissing({ kind, name }: RoleRef): string {
  return `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(name)}`;
}

/** As upstream prints several errors at once: each only once. */
export function aggregate(messages: string[]): string {
  const unique = [...new Set(messages)];
  return unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]`;
}

function describe({ namespace, name, roleRef, subject }: AppliedBinding): string {
  const [kind, where] = namespace === '' ? ['ClusterRoleBinding', ''] : ['RoleBinding', `/${namespace}`];
  const role = `${roleRef.kind} ${JSON.stringify(roleRef.name)}`;
  const parts = ['RBAC: allowed by', kind, JSON.stringify(name + where), 'of', role, 'to'];
  // Joined it is one text; a template leaves a tree of its parts, and decisions are kept for each of thousands of clusters.
  return [...parts, describeSubject(subject, namespace)].join(' ');
}

function describeSubject({ kind, name, namespace }: Subject, bindingNamespace: string): string {
  const where = kind === 'ServiceAccount' ? `/${namespace || bindingNamespace}` : '';
  return `${kind} ${JSON.stringify(name + where)}`;
}
