/** Random impersonation headers, sent by the administrator and by a service account that may be somebody else only in part. */

import fc from 'fast-check';
import { post, read } from './requests.ts';
import type { Step } from './step.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** Whose groups depend on the way in which the same requester impersonated somebody last: not for the administrator, who is in all sequences. */
const NODE = 'system:node:n';

const headers: fc.Arbitrary<Record<string, string | string[]>> = fc
  .record(
    {
      'impersonate-user': pick(
        'someone',
        'other',
        '',
        'system:anonymous',
        'system:admin',
        'system:serviceaccount:<<namespace>>:robot',
        'system:serviceaccount:<<namespace>>:',
        'system:serviceaccount:x',
        'system:serviceaccount:A:b',
        NODE,
        'a b',
      ),
      'impersonate-group': pick<string | string[]>(
        'one',
        ['one', 'two'],
        ['one', 'one'],
        'system:masters',
        'system:authenticated',
        'system:unauthenticated',
        'system:serviceaccounts',
        '',
        'a,b',
      ),
      'impersonate-uid': pick('5', ''),
      'impersonate-extra-scope': pick<string | string[]>('x', ['x', 'y'], ''),
      'Impersonate-Extra-Acme.com%2Fproject': pick('p', 'q'),
      'impersonate-extra-%zz': fc.constant('z'),
      'impersonate-extra-': fc.constant('z'),
    },
    { requiredKeys: [] },
  )
  .chain((all) =>
    fc
      .subarray(Object.keys(all))
      .map((keys) => Object.fromEntries(keys.map((key) => [key, all[key as keyof typeof all] ?? '']))),
  );

const targets = pick<Step>(
  post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {}),
  post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {}),
  read('/api/v1/namespaces/<<namespace>>/configmaps'),
  read('/version'),
  read('/nonsense'),
  post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
  }),
);

const credentials = pick<Partial<Step>>(
  {},
  {},
  { bare: 'token' },
  { bare: 'token' },
  { bare: 'token' },
  { bare: 'anonymous' },
);

const asks: fc.Arbitrary<Step> = fc
  .tuple(headers, targets, credentials)
  .filter(([own, , { bare }]) => bare !== undefined || own['impersonate-user'] !== NODE)
  .map(([own, step, credential]) => ({ ...step, ...credential, headers: own }));

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const rules = fc.subarray<object>(
  [
    {
      apiGroups: [''],
      resources: ['users'],
      verbs: ['impersonate'],
      resourceNames: ['someone', 'a b', 'system:node:n'],
    },
    { apiGroups: [''], resources: ['groups'], verbs: ['impersonate'], resourceNames: ['one', 'system:masters'] },
    { apiGroups: [''], resources: ['groups'], verbs: ['impersonate'] },
    { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] },
    {
      apiGroups: ['authentication.k8s.io'],
      resources: ['userextras/scope'],
      verbs: ['impersonate'],
      resourceNames: ['x'],
    },
    { apiGroups: ['authentication.k8s.io'], resources: ['userextras/acme.com/project'], verbs: ['impersonate'] },
    { apiGroups: ['authentication.k8s.io'], resources: ['uids'], verbs: ['impersonate'], resourceNames: ['5'] },
    { apiGroups: ['*'], resources: ['*'], verbs: ['impersonate'] },
    { apiGroups: ['*'], resources: ['*'], verbs: ['impersonate-on:user-info:create', 'impersonate:user-info'] },
    { apiGroups: ['*'], resources: ['*'], verbs: ['impersonate-on:user-info:list', 'impersonate:serviceaccount'] },
    { apiGroups: ['*'], resources: ['*'], verbs: ['impersonate-on:serviceaccount:create'] },
    {
      apiGroups: ['*'],
      resources: ['*'],
      verbs: ['impersonate-on:arbitrary-node:create', 'impersonate:arbitrary-node'],
    },
    { nonResourceURLs: ['/version'], verbs: ['impersonate-on:user-info:get'] },
  ],
  { maxLength: 5 },
);

const robot = '/api/v1/namespaces/<<namespace>>/serviceaccounts';

function credential(own: object[]): Step[] {
  const name = '<<namespace>>-robot';
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  const subjects = [{ kind: 'ServiceAccount', name: 'robot', namespace: '<<namespace>>' }];
  return [
    post(robot, { metadata: { name: 'robot' } }),
    post(`${robot}/robot/token`, { spec: {} }, { opaque: true }),
    post(`${rbac}/clusterroles`, { metadata: { name }, rules: own }),
    post(`${rbac}/clusterrolebindings`, { metadata: { name }, roleRef, subjects }, { settles: 'rights' }),
  ];
}

export const impersonationSequences: fc.Arbitrary<Step[]> = fc
  .tuple(rules, fc.array(asks, { minLength: 4, maxLength: 10 }))
  .map(([own, steps]) => [...credential(own), ...steps]);
