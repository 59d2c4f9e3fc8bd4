import { newCertificateRequest } from '../../shared/pki/certificate-request.ts';
import { newKey } from '../../shared/pki/private-key.ts';

/** Requests about who may do what, to be sent to two servers whose answers are compared. */

export interface AccessRequest {
  readonly what: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Impersonated; absent: the administrator. */
  readonly user?: string;
  readonly group?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Sent without a certificate. */
  readonly anonymous?: boolean;
}

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const authorization = '/apis/authorization.k8s.io/v1';
const authentication = '/apis/authentication.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';

const pods = { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] };
const writeRbac = { verbs: ['*'], apiGroups: [apiGroup], resources: ['roles', 'rolebindings'] };
const secrets = { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['secrets', 'configmaps'] };
const patchOnly = { verbs: ['patch', 'update', 'get'], apiGroups: [''], resources: ['configmaps'] };
const metrics = { verbs: ['get'], nonResourceURLs: ['/metrics'] };

function role(kind: 'Role' | 'ClusterRole', name: string, rules: object[], more: object = {}): object {
  return { apiVersion: `${apiGroup}/v1`, kind, metadata: { name }, rules, ...more };
}

interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}

function binding(name: string, ref: { kind: string; name: string }, subject: Subject): object {
  const subjects = [{ ...(subject.kind === 'ServiceAccount' ? {} : { apiGroup }), ...subject }];
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: 'RoleBinding',
    metadata: { name },
    roleRef: { apiGroup, ...ref },
    subjects,
  };
}

const jane = { kind: 'User', name: 'jane' };
const post = (path: string, body: object, more: Partial<AccessRequest> = {}): AccessRequest => {
  const { kind = '', metadata = {} } = body as { kind?: string; metadata?: { name?: string } };
  return { what: `create ${kind} ${metadata.name ?? ''}`, method: 'POST', path, body, ...more };
};

const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const key = await newKey();

function certificateRequest(name: string, organization: string): object {
  const pem = newCertificateRequest(key, { commonName: 'jane', organizations: [organization] });
  const request = Buffer.from(pem).toString('base64');
  const spec = { request, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] };
  return { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name }, spec };
}

const writeRequests = {
  verbs: ['*'],
  apiGroups: ['certificates.k8s.io'],
  resources: ['certificatesigningrequests', 'certificatesigningrequests/approval', 'certificatesigningrequests/status'],
};

/** What has to be there first. */
export const preparations: readonly AccessRequest[] = [
  post(requests, certificateRequest('csr', 'dev')),
  post(`${rbac}/clusterroles`, role('ClusterRole', 'clerks', [writeRequests])),
  post(`${rbac}/clusterrolebindings`, {
    ...binding('clerks', { kind: 'ClusterRole', name: 'clerks' }, { kind: 'User', name: 'clerk' }),
    kind: 'ClusterRoleBinding',
  }),
  post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } }),
  post('/api/v1/namespaces/n/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'bot' } }),
  post(`${rbac}/namespaces/n/roles`, role('Role', 'janes', [pods, writeRbac])),
  post(`${rbac}/namespaces/n/rolebindings`, binding('janes', { kind: 'Role', name: 'janes' }, jane)),
  post(`${rbac}/clusterroles`, role('ClusterRole', 'strong', [secrets, metrics])),
  post(`${rbac}/namespaces/n/roles`, role('Role', 'patchers', [patchOnly])),
  post(
    `${rbac}/namespaces/n/rolebindings`,
    binding('patchers', { kind: 'Role', name: 'patchers' }, { kind: 'User', name: 'patcher' }),
  ),
  post(
    `${rbac}/namespaces/n/rolebindings`,
    binding('dangling', { kind: 'Role', name: 'gone' }, { kind: 'User', name: 'eve' }),
  ),
  post(
    `${rbac}/namespaces/n/rolebindings`,
    binding('bots', { kind: 'Role', name: 'janes' }, { kind: 'ServiceAccount', name: 'bot', namespace: 'n' }),
  ),
];

const get = (path: string, more: Partial<AccessRequest> = {}): AccessRequest => ({
  what: 'read',
  path,
  user: 'jane',
  ...more,
});

const reads: AccessRequest[] = [
  '/api/v1/namespaces/n/pods',
  '/api/v1/namespaces/n/pods/x',
  '/api/v1/namespaces/n/pods/x/status',
  '/api/v1/namespaces/n/pods/x/nothing',
  '/api/v1/namespaces/n/pods/%3Cb%3E',
  '/api/v1/pods',
  '/api/v1/pods?watch=1',
  '/api/v1/namespaces/n/secrets?fieldSelector=metadata.name%3Ds',
  '/api/v1/nodes/a',
  '/apis/apps/v1/namespaces/n/deployments/d/scale',
  '/apis/nothing.io/v1/things/a',
  '/metrics',
  '/nothing',
].map((path) => get(path));

const credentials: AccessRequest[] = [
  { what: 'nobody', path: '/api', anonymous: true },
  { what: 'nobody', path: '/healthz', anonymous: true },
  { what: 'a bad token', path: '/healthz', anonymous: true, headers: { authorization: 'Bearer nope' } },
  {
    what: 'an unknown bootstrap token',
    path: '/api',
    anonymous: true,
    headers: { authorization: 'Bearer abcdef.0123456789abcdef' },
  },
  { what: 'another scheme', path: '/api', anonymous: true, headers: { authorization: 'Basic abc' } },
  { what: 'no user', path: '/api/v1/nodes', headers: { 'impersonate-group': 'x' } },
  { what: 'no user', path: '/api/v1/nodes', headers: { 'impersonate-uid': 'x', 'impersonate-extra-k': 'v' } },
  get('/api/v1/namespaces/n/secrets', { user: 'eve' }),
  get('/api/v1/namespaces/n/pods', { user: '<b>"eve"&' }),
];

const who = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
const selves: AccessRequest[] = [
  post(`${authentication}/selfsubjectreviews`, who, { user: 'jane', group: 'dev' }),
  post(`${authentication}/selfsubjectreviews`, who, { user: 'system:serviceaccount:n:bot' }),
  post(`${authentication}/selfsubjectreviews`, who, { user: 'system:anonymous' }),
  post(`${authentication}/selfsubjectreviews`, who, {
    user: 'jane',
    headers: { 'impersonate-uid': '7', 'impersonate-extra-a%2fb': 'c' },
  }),
];

const list = { verb: 'list', resource: 'pods', namespace: 'n' };
const review = (kind: string, spec: object): object => ({ apiVersion: 'authorization.k8s.io/v1', kind, spec });
const questions: AccessRequest[] = [
  { user: 'jane', resourceAttributes: list },
  { user: 'jane', resourceAttributes: { ...list, namespace: 'm' } },
  { user: 'eve', resourceAttributes: list },
  { user: 'system:serviceaccount:n:bot', resourceAttributes: list },
  { groups: ['system:masters'], resourceAttributes: { verb: 'x', resource: 'y' } },
  { groups: ['system:authenticated'], nonResourceAttributes: { verb: 'get', path: '/apis/x' } },
  { resourceAttributes: list },
  { user: 'x' },
  { user: 'x', resourceAttributes: {}, nonResourceAttributes: { path: '/' } },
  { user: 'x', groups: 'y', resourceAttributes: {} },
  { user: 'x', resourceAttributes: { verb: 'get', unknown: 1 } },
].map((spec) => post(`${authorization}/subjectaccessreviews`, review('SubjectAccessReview', spec)));

const local = `${authorization}/namespaces/n/localsubjectaccessreviews`;
const localReview = (spec: object): object => review('LocalSubjectAccessReview', spec);
const otherReviews: AccessRequest[] = [
  post(`${authorization}/selfsubjectaccessreviews`, review('SelfSubjectAccessReview', { resourceAttributes: list }), {
    user: 'jane',
  }),
  post(`${authorization}/selfsubjectaccessreviews`, review('SelfSubjectAccessReview', {}), { user: 'jane' }),
  post(`${authorization}/selfsubjectrulesreviews`, review('SelfSubjectRulesReview', {}), { user: 'jane' }),
  post(`${authorization}/subjectaccessreviews`, review('SubjectAccessReview', { user: 'x' }), { user: 'jane' }),
  post(local, localReview({ user: 'jane', resourceAttributes: list })),
  post(local, localReview({ user: 'jane', resourceAttributes: { ...list, namespace: 'm' } })),
  post(local, localReview({ user: 'jane', nonResourceAttributes: { path: '/' } })),
  { what: 'list reviews', path: `${authorization}/subjectaccessreviews` },
  post(`${authorization}/subjectaccessreviews/x`, {}),
];

const asJane = { user: 'jane', group: 'dev' };
const roles = `${rbac}/namespaces/n/roles?dryRun=All`;
const bindings = `${rbac}/namespaces/n/rolebindings?dryRun=All`;
const escalations: AccessRequest[] = [
  post(roles, role('Role', 'same', [pods]), asJane),
  post(roles, role('Role', 'more', [pods, secrets]), asJane),
  post(roles, role('Role', 'named', [{ ...secrets, resourceNames: ['x', 'y'] }]), asJane),
  post(roles, role('Role', 'all', [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]), asJane),
  post(bindings, binding('own', { kind: 'Role', name: 'janes' }, { kind: 'User', name: 'bob' }), asJane),
  post(bindings, binding('strong', { kind: 'ClusterRole', name: 'strong' }, jane), asJane),
  post(bindings, binding('gone', { kind: 'ClusterRole', name: 'gone' }, jane), asJane),
  post(bindings, binding('odd', { kind: 'Nothing', name: 'x' }, jane), asJane),
  post(`${rbac}/clusterroles?dryRun=All`, role('ClusterRole', 'z', [pods]), asJane),
];

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new' } };
const creations: AccessRequest[] = [
  {
    what: 'apply what is not there',
    method: 'PATCH',
    path: '/api/v1/namespaces/n/configmaps/new?fieldManager=test&dryRun=All',
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: configMap,
    user: 'patcher',
  },
  post('/api/v1/namespaces/n/configmaps', configMap, { user: 'patcher' }),
  { what: 'watch by name', path: '/api/v1/watch/namespaces/n/configmaps/new', user: 'patcher' },
  { what: 'watch by name everywhere', path: '/api/v1/watch/configmaps/new', user: 'patcher' },
];

const decision = (type: string, subresource: string): AccessRequest => ({
  what: `set ${type} of a certificate request`,
  method: 'PATCH',
  path: `${requests}/csr/${subresource}?dryRun=All`,
  headers: { 'content-type': 'application/merge-patch+json' },
  body: { status: { conditions: [{ type, status: 'True', reason: 'Test', message: 'test' }] } },
  user: 'clerk',
});
const certificates: AccessRequest[] = [
  decision('Approved', 'approval'),
  decision('Failed', 'status'),
  post(`${requests}?dryRun=All`, certificateRequest('masters', 'system:masters'), { user: 'clerk' }),
  post(`${requests}?dryRun=All`, certificateRequest('masters', 'system:masters')),
];

const token = '/api/v1/namespaces/n/serviceaccounts/bot/token';
const tokenRequest = (spec: object): object => ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec });
const tokens: AccessRequest[] = [
  post(token, tokenRequest({ audiences: ['a'], expirationSeconds: 700 })),
  post(token, tokenRequest({ expirationSeconds: 10 })),
  post(token, tokenRequest({ expirationSeconds: 2 ** 33 })),
  post(token, tokenRequest({ boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'gone' } })),
  post(token, tokenRequest({ boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'gone' } })),
  post(token.replace('bot', 'nobody'), tokenRequest({})),
  post(token.replace('/n/', '/none/'), tokenRequest({})),
  post(token, tokenRequest({}), { user: 'jane' }),
];

const oddities: AccessRequest[] = [
  { what: 'a path below the version', path: '/version/x' },
  { what: 'a post to the version', method: 'POST', path: '/version', body: {} },
  { what: 'a post to discovery', method: 'POST', path: '/api', body: {} },
  { what: 'a check by name', path: '/livez/ping' },
  { what: 'no such check', path: '/readyz/nothing' },
  { what: 'a path in vain', path: '/nothing' },
  { what: 'a timeout that is none', path: '/api/v1/namespaces?timeout=soon' },
  { what: 'a path below a subresource', path: '/api/v1/namespaces/n/pods/x/status/more' },
];

export const accessRequests: readonly AccessRequest[] = [
  ...reads,
  ...credentials,
  ...selves,
  ...questions,
  ...otherReviews,
  ...escalations,
  ...creations,
  ...certificates,
  ...tokens,
  ...oddities,
];
