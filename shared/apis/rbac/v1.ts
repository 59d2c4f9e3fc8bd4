import type { KubeObject, LabelSelector } from '../meta/v1.ts';
import type { ResourceType } from '../resource-type.ts';

/** rbac.authorization.k8s.io/v1. */

export const RBAC_GROUP = 'rbac.authorization.k8s.io';

export interface PolicyRule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

export interface RoleRef {
  apiGroup: string;
  kind: 'Role' | 'ClusterRole';
  name: string;
}

export interface Subject {
  kind: 'User' | 'Group' | 'ServiceAccount';
  apiGroup?: string;
  name: string;
  namespace?: string;
}

export interface Role extends KubeObject {
  rules?: PolicyRule[];
}

export interface ClusterRole extends KubeObject {
  rules?: PolicyRule[];
  aggregationRule?: { clusterRoleSelectors?: LabelSelector[] };
}

export interface RoleBinding extends KubeObject {
  roleRef: RoleRef;
  subjects?: Subject[];
}

export type ClusterRoleBinding = RoleBinding;

const common = { group: RBAC_GROUP, version: 'v1' } as const;

export const roles: ResourceType<Role> = { ...common, resource: 'roles', kind: 'Role', namespaced: true };
export const clusterRoles: ResourceType<ClusterRole> = {
  ...common,
  resource: 'clusterroles',
  kind: 'ClusterRole',
  namespaced: false,
};
export const roleBindings: ResourceType<RoleBinding> = {
  ...common,
  resource: 'rolebindings',
  kind: 'RoleBinding',
  namespaced: true,
};
export const clusterRoleBindings: ResourceType<ClusterRoleBinding> = {
  ...common,
  resource: 'clusterrolebindings',
  kind: 'ClusterRoleBinding',
  namespaced: false,
};
