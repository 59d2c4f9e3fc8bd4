import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import {
  type ClusterRole,
  type ClusterRoleBinding,
  type PolicyRule,
  RBAC_GROUP,
  type Subject,
} from '../../../shared/apis/rbac/v1.ts';
import { GROUP_AUTHENTICATED, GROUP_MASTERS, GROUP_UNAUTHENTICATED } from '../../../shared/apis/user-info.ts';
import { AGGREGATE_TO_ADMIN_RULES, AGGREGATE_TO_EDIT_RULES, AGGREGATE_TO_VIEW_RULES } from './user-facing-rules.ts';

/**
 * The roles and bindings that every Kubernetes API has, as data; those of components that do not exist here are left out. Source: Kubernetes
 * reference "Using RBAC Authorization", "Default roles and role bindings".
 */

const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';
const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-';

const READ = ['get', 'list', 'watch'];

interface RoleRow {
  name: string;
  rules: PolicyRule[];
  /** User-facing role that this one is gathered into. */
  aggregateTo?: UserFacing;
  /** This one is gathered from those labelled for it. */
  gathers?: UserFacing;
}

type UserFacing = 'admin' | 'edit' | 'view';

const url = (...nonResourceURLs: string[]): PolicyRule => ({ verbs: ['get'], nonResourceURLs });

const on = (group: string, resources: string[], verbs: string[]): PolicyRule => ({
  verbs,
  apiGroups: [group],
  resources,
});

const approveSigner = (signer: string): PolicyRule => ({
  ...on('certificates.k8s.io', ['signers'], ['approve']),
  resourceNames: [`kubernetes.io/${signer}`],
});

const requestSubresource = (name: string): PolicyRule =>
  on('certificates.k8s.io', [`certificatesigningrequests/${name}`], ['create']);

const CERTIFICATES = 'system:certificates.k8s.io:';
const CLUSTER_ROLES: readonly RoleRow[] = [
  {
    name: 'cluster-admin',
    rules: [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    ],
  },
  { name: 'admin', gathers: 'admin', rules: [] },
  { name: 'edit', gathers: 'edit', aggregateTo: 'admin', rules: [] },
  { name: 'view', gathers: 'view', aggregateTo: 'edit', rules: [] },
  { name: 'system:aggregate-to-admin', aggregateTo: 'admin', rules: AGGREGATE_TO_ADMIN_RULES },
  { name: 'system:aggregate-to-edit', aggregateTo: 'edit', rules: AGGREGATE_TO_EDIT_RULES },
  { name: 'system:aggregate-to-view', aggregateTo: 'view', rules: AGGREGATE_TO_VIEW_RULES },
  {
    name: 'system:discovery',
    rules: [
      url(
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi',
        '/openapi/*',
        '/readyz',
        '/version',
        '/version/',
      ),
    ],
  },
  { name: 'system:public-info-viewer', rules: [url('/healthz', '/livez', '/readyz', '/version', '/version/')] },
  {
    name: 'system:basic-user',
    rules: [
      on('authorization.k8s.io', ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
      on('authentication.k8s.io', ['selfsubjectreviews'], ['create']),
    ],
  },
  {
    name: 'system:monitoring',
    rules: [url('/healthz', '/healthz/*', '/livez', '/livez/*', '/metrics', '/metrics/slis', '/readyz', '/readyz/*')],
  },
  {
    name: 'system:auth-delegator',
    rules: [
      on('authentication.k8s.io', ['tokenreviews'], ['create']),
      on('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
    ],
  },
  {
    name: 'system:service-account-issuer-discovery',
    rules: [
      url(
        '/.well-known/openid-configuration',
        '/.well-known/openid-configuration/',
        '/openid/v1/jwks',
        '/openid/v1/jwks/',
      ),
    ],
  },
  {
    name: 'system:node-bootstrapper',
    rules: [on('certificates.k8s.io', ['certificatesigningrequests'], ['create', ...READ])],
  },
  { name: `${CERTIFICATES}certificatesigningrequests:nodeclient`, rules: [requestSubresource('nodeclient')] },
  { name: `${CERTIFICATES}certificatesigningrequests:selfnodeclient`, rules: [requestSubresource('selfnodeclient')] },
  { name: `${CERTIFICATES}kube-apiserver-client-approver`, rules: [approveSigner('kube-apiserver-client')] },
  {
    name: `${CERTIFICATES}kube-apiserver-client-kubelet-approver`,
    rules: [approveSigner('kube-apiserver-client-kubelet')],
  },
  { name: `${CERTIFICATES}kubelet-serving-approver`, rules: [approveSigner('kubelet-serving')] },
  { name: `${CERTIFICATES}legacy-unknown-approver`, rules: [approveSigner('legacy-unknown')] },
];

interface BindingRow {
  name: string;
  clusterRole: string;
  groups: string[];
}

const CLUSTER_ROLE_BINDINGS: readonly BindingRow[] = [
  { name: 'cluster-admin', clusterRole: 'cluster-admin', groups: [GROUP_MASTERS] },
  { name: 'system:monitoring', clusterRole: 'system:monitoring', groups: ['system:monitoring'] },
  { name: 'system:discovery', clusterRole: 'system:discovery', groups: [GROUP_AUTHENTICATED] },
  { name: 'system:basic-user', clusterRole: 'system:basic-user', groups: [GROUP_AUTHENTICATED] },
  {
    name: 'system:public-info-viewer',
    clusterRole: 'system:public-info-viewer',
    groups: [GROUP_AUTHENTICATED, GROUP_UNAUTHENTICATED],
  },
  {
    name: 'system:service-account-issuer-discovery',
    clusterRole: 'system:service-account-issuer-discovery',
    groups: ['system:serviceaccounts'],
  },
];

const API_VERSION = `${RBAC_GROUP}/v1`;

function metadata(name: string, labels: Record<string, string> = {}): KubeObject['metadata'] {
  return {
    name,
    labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
    annotations: { [AUTOUPDATE]: 'true' },
  };
}

function newClusterRole({ name, rules, aggregateTo, gathers }: RoleRow): ClusterRole {
  const labels = aggregateTo ? { [`${AGGREGATE}${aggregateTo}`]: 'true' } : {};
  const selectors = [{ matchLabels: { [`${AGGREGATE}${gathers}`]: 'true' } }];
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterRole',
    metadata: metadata(name, labels),
    ...(gathers ? { aggregationRule: { clusterRoleSelectors: selectors } } : {}),
    rules,
  };
}

function newClusterRoleBinding({ name, clusterRole, groups }: BindingRow): ClusterRoleBinding {
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterRoleBinding',
    metadata: metadata(name),
    roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: clusterRole },
    subjects: groups.map((group): Subject => ({ apiGroup: RBAC_GROUP, kind: 'Group', name: group })),
  };
}

/** All of them. Whoever writes them leaves alone what somebody changed. */
export const KUBERNETES_CLUSTER_ROLES: readonly ClusterRole[] = CLUSTER_ROLES.map(newClusterRole);
export const KUBERNETES_CLUSTER_ROLE_BINDINGS: readonly ClusterRoleBinding[] =
  CLUSTER_ROLE_BINDINGS.map(newClusterRoleBinding);
