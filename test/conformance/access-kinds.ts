/** Kinds that say who may what. */

import type { Kind } from './objects.ts';

export const role: Kind = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  resource: 'roles',
  namespaced: true,
  base: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
  edits: [
    { rules: [] },
    { rules: [{ apiGroups: [''], resources: ['pods'] }] },
    { rules: [{ verbs: ['get'] }] },
    { rules: [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }] },
    { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'], resourceNames: ['a'] }] },
    { rules: null },
  ],
};

export const roleBinding: Kind = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  resource: 'rolebindings',
  namespaced: true,
  base: {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
    subjects: [{ kind: 'User', name: 'u' }],
  },
  edits: [
    { roleRef: { name: 'other' } },
    { roleRef: { kind: 'Nonsense' } },
    { roleRef: null },
    { subjects: [] },
    { subjects: null },
    { subjects: [{ kind: 'ServiceAccount', name: 'sa' }] },
    { subjects: [{ kind: 'ServiceAccount', name: 'sa', namespace: 'default' }] },
    { subjects: [{ kind: 'Robot', name: 'x' }] },
    { subjects: [{ kind: 'Group', name: '' }] },
    { subjects: [{ kind: 'User', name: 'u', apiGroup: 'example.com' }] },
  ],
};

export const clusterRole: Kind = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  resource: 'clusterroles',
  namespaced: false,
  base: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
  edits: [
    { rules: [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }] },
    { rules: [{ nonResourceURLs: ['/healthz'], resources: ['pods'], apiGroups: [''], verbs: ['get'] }] },
    { rules: [{ verbs: [] }] },
    { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } },
    { aggregationRule: { clusterRoleSelectors: [] } },
    { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'bad key!': 'b' } }] } },
  ],
};
