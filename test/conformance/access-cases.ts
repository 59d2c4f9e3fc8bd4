/** Who may what: reviews, impersonation, rights that are given. */

import { deployment, serviceAccount } from './objects.ts';
import { get, made, maps, merge, one, post, remove } from './protocol-steps.ts';
import { type Case, create, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const limited = { user: 'somebody' };
const binding = (role: string, name = 'b'): Step => ({
  method: 'POST',
  path: '/apis/rbac.authorization.k8s.io/v1/namespaces/<<namespace>>/rolebindings',
  body: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: role === 'own' ? 'Role' : 'ClusterRole', name: role },
    subjects: [{ kind: 'User', name: 'u-<<namespace>>', apiGroup: 'rbac.authorization.k8s.io' }],
  },
  settles: 'rights',
});
const ownRole = (rules: unknown): Step => ({
  method: 'POST',
  path: '/apis/rbac.authorization.k8s.io/v1/namespaces/<<namespace>>/roles',
  body: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'own' }, rules },
  settles: 'rights',
});
const asUser = { user: 'u-<<namespace>>', groups: ['system:authenticated'] };
const review = (kind: string, spec: unknown, as?: Step['as']): Step => ({
  method: 'POST',
  path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
  body: { apiVersion: 'authorization.k8s.io/v1', kind, spec },
  ...(as ? { as } : {}),
});
export const accessCases: Case[] = [
  one('somebody gets', { ...get(`${maps}/a`), as: limited }),
  one('somebody lists everywhere', { ...get('/api/v1/configmaps'), as: limited }),
  one('somebody deletes nodes', { method: 'DELETE', path: '/api/v1/nodes', as: limited }),
  one('somebody patches a status', {
    method: 'PATCH',
    path: `${pathOf(deployment)}/a/status`,
    body: {},
    contentType: merge,
    as: limited,
  }),
  one('somebody reads a path', { ...get('/metrics'), as: limited }),
  one('somebody reads the version', { ...get('/version'), as: { user: 'x', groups: ['system:authenticated'] } }),
  one('anonymous discovery', { ...get('/api'), as: { user: 'system:anonymous', groups: ['system:unauthenticated'] } }),
  one('groups without a user', { ...get('/api'), headers: { 'impersonate-group': 'x' } }),
  one('extra without a user', { ...get('/api'), headers: { 'impersonate-extra-a': 'x' } }),
  one('impersonation by somebody', { ...get('/api'), as: limited, headers: { 'impersonate-uid': '5' } }),
  one(
    'a viewer reads',
    binding('view'),
    made,
    { ...get(`${maps}/a`), as: asUser },
    { ...get('/api/v1/namespaces/<<namespace>>/secrets'), as: asUser },
    { ...remove(), as: asUser },
  ),
  one(
    'a viewer asks',
    binding('view'),
    review(
      'SelfSubjectAccessReview',
      { resourceAttributes: { namespace: '<<namespace>>', verb: 'get', resource: 'configmaps' } },
      asUser,
    ),
    review(
      'SelfSubjectAccessReview',
      { resourceAttributes: { namespace: '<<namespace>>', verb: 'delete', resource: 'configmaps' } },
      asUser,
    ),
  ),
  one(
    'an editor does not escalate',
    binding('admin'),
    { ...ownRole([{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]), as: asUser },
    { ...ownRole([{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]), as: asUser },
  ),
  one(
    'an editor does not bind',
    binding('admin'),
    { ...binding('cluster-admin', 'c'), as: asUser },
    { ...binding('view', 'd'), as: asUser },
  ),
  one(
    'an own role',
    ownRole([{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['get', 'list', 'watch'] }]),
    binding('own'),
    made,
    { ...get(`${maps}/a`), as: asUser },
    { ...get(maps), as: asUser },
    { ...get(maps, { fieldSelector: 'metadata.name=a' }), as: asUser },
  ),
  one('rules of a user', binding('view'), review('SelfSubjectRulesReview', { namespace: '<<namespace>>' }, asUser)),
  one('rules of nowhere', review('SelfSubjectRulesReview', {})),
  one('rules of an administrator', review('SelfSubjectRulesReview', { namespace: 'default' })),
  one(
    'a question without a user',
    review('SubjectAccessReview', { resourceAttributes: { verb: 'get', resource: 'pods' } }),
  ),
  one(
    'a question about both',
    review('SubjectAccessReview', {
      user: 'x',
      resourceAttributes: { verb: 'get', resource: 'pods' },
      nonResourceAttributes: { path: '/', verb: 'get' },
    }),
  ),
  one('a question about neither', review('SubjectAccessReview', { user: 'x' })),
  one(
    'a question about a group',
    review('SubjectAccessReview', {
      groups: ['system:masters'],
      resourceAttributes: { verb: 'get', resource: 'pods' },
    }),
  ),
  one(
    'a question about a path',
    review('SubjectAccessReview', {
      user: 'x',
      groups: ['system:authenticated'],
      nonResourceAttributes: { path: '/version', verb: 'get' },
    }),
  ),
  one('a local question', {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/namespaces/<<namespace>>/localsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'LocalSubjectAccessReview',
      metadata: { namespace: '<<namespace>>' },
      spec: { user: 'x', resourceAttributes: { namespace: '<<namespace>>', verb: 'get', resource: 'pods' } },
    },
  }),
  one('a local question about elsewhere', {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/namespaces/<<namespace>>/localsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'LocalSubjectAccessReview',
      spec: { user: 'x', resourceAttributes: { namespace: 'default', verb: 'get', resource: 'pods' } },
    },
  }),
  one(
    'a masters question',
    review('SelfSubjectAccessReview', { resourceAttributes: { verb: '*', resource: '*', group: '*' } }),
  ),
  one('who am I', {
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    as: { user: 'me', groups: ['g'] },
  }),
  one('a token review', {
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'nonsense' } },
  }),
  one('an empty token review', {
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: {} },
  }),
  one(
    'a token for nobody',
    post('/api/v1/namespaces/<<namespace>>/serviceaccounts/a/token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {},
    }),
  ),
  one(
    'a short token',
    create(serviceAccount, 'a'),
    post('/api/v1/namespaces/<<namespace>>/serviceaccounts/a/token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 5 },
    }),
  ),
  one('a bad bearer token', { ...get('/api'), headers: { authorization: 'Bearer nonsense' } }),
];
