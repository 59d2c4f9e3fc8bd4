import {
  type ClusterRole,
  type ClusterRoleBinding,
  type PolicyRule,
  RBAC_GROUP,
  type Role,
  type RoleBinding,
  type Subject,
} from '../../../shared/apis/rbac/v1.ts';

/** Short ways to write down roles and bindings. */

const apiVersion = `${RBAC_GROUP}/v1`;

export type Labels = Record<string, string>;

export function clusterRole(name: string, labels: Labels, rules: PolicyRule[]): ClusterRole {
  return { apiVersion, kind: 'ClusterRole', metadata: { name, labels }, rules };
}

/** Binds a ClusterRole everywhere. */
export function clusterRoleBinding(
  name: string,
  labels: Labels,
  role: string,
  subjects: Subject[],
): ClusterRoleBinding {
  const roleRef = { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: role } as const;
  return { apiVersion, kind: 'ClusterRoleBinding', metadata: { name, labels }, roleRef, subjects };
}

/** A Role and its binding of the same name. */
export function roleWithBinding(
  key: { name: string; namespace: string },
  labels: Labels,
  rules: PolicyRule[],
  subjects: Subject[],
): { role: Role; binding: RoleBinding } {
  const metadata = { ...key, labels };
  const roleRef = { apiGroup: RBAC_GROUP, kind: 'Role', name: key.name } as const;
  return {
    role: { apiVersion, kind: 'Role', metadata, rules },
    binding: { apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects },
  };
}

export function group(name: string): Subject {
  return { kind: 'Group', apiGroup: RBAC_GROUP, name };
}

export function user(name: string): Subject {
  return { kind: 'User', apiGroup: RBAC_GROUP, name };
}
