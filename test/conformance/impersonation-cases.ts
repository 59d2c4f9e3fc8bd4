/** Who may go on as whom: in general, and for one verb alone; what each lacks, and as whom it goes on. */

import { maps, one, post } from './protocol-steps.ts';
import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const accounts = '/api/v1/namespaces/<<namespace>>/serviceaccounts';
const name = '<<namespace>>-robot';

/** A service account with these rights, and its token. */
function robot(rules: object[], tokenSpec: object = {}): Step[] {
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  const subjects = [{ kind: 'ServiceAccount', name: 'robot', namespace: '<<namespace>>' }];
  return [
    post(accounts, { metadata: { name: 'robot' } }),
    { ...post(`${accounts}/robot/token`, { spec: tokenSpec }), isUncompared: true },
    post(`${rbac}/clusterroles`, { metadata: { name }, rules }),
    { ...post(`${rbac}/clusterrolebindings`, { metadata: { name }, roleRef, subjects }), settles: 'rights' },
  ];
}

type Headers = Record<string, string | string[]>;
const whoAmI = (headers: Headers): Step => ({
  ...post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {}),
  headers,
});
const list = (headers: Headers): Step => ({ method: 'GET', path: maps, headers });
const path = (headers: Headers): Step => ({ method: 'GET', path: '/metrics', headers });
const asRobot = (...steps: Step[]): Step[] => steps.map((step) => ({ ...step, bare: 'token' }));

const authentication = 'authentication.k8s.io';
const rule = (verb: string, apiGroup: string, resource: string, resourceNames?: string[]): object => ({
  apiGroups: [apiGroup],
  resources: [resource],
  verbs: [verb],
  ...(resourceNames ? { resourceNames } : {}),
});
/** To ask who one is, and to list maps, as somebody else in a mode. */
const on = (mode: string): object[] => [
  rule(`impersonate-on:${mode}:create`, authentication, 'selfsubjectreviews'),
  rule(`impersonate-on:${mode}:list`, '', 'configmaps'),
];
const narrow = (mode: string, resource: string, resourceNames?: string[]): object[] => [
  ...on(mode),
  rule(`impersonate:${mode}`, authentication, resource, resourceNames),
];

const jane = { 'impersonate-user': 'jane' };
const account = { 'impersonate-user': 'system:serviceaccount:<<namespace>>:other' };
const NODE = 'system:node:n';
const node = { 'impersonate-user': NODE };

/** Everything that can be asked for, one thing at a time. */
const wishes: Headers[] = [
  jane,
  account,
  node,
  { 'impersonate-user': 'system:anonymous' },
  { 'impersonate-user': 'system:node:Not_A_Node' },
  { ...jane, 'impersonate-group': 'dev' },
  { ...jane, 'impersonate-group': '' },
  { ...jane, 'impersonate-group': ['dev', 'system:masters'] },
  { ...jane, 'impersonate-group': ['a', 'b', 'c', 'd'] },
  { ...jane, 'impersonate-group': 'system:unauthenticated' },
  { ...jane, 'impersonate-uid': '5' },
  { ...jane, 'impersonate-extra-scope': 'x' },
  { ...jane, 'impersonate-extra-acme.io%2Fteam': ['x', 'y'] },
  { ...jane, 'impersonate-extra-acme.io%2Fteam': ['1', '2', '3', '4'] },
  { ...jane, 'impersonate-extra-acme.io%2Fteam': '' },
  { ...jane, 'impersonate-extra-Acme.io%2FTeam': 'x' },
  { ...jane, 'impersonate-extra-': 'x' },
  { ...account, 'impersonate-group': 'dev' },
  { ...node, 'impersonate-group': 'dev' },
  { ...node, 'impersonate-uid': '5' },
  { 'impersonate-group': 'dev' },
  { 'impersonate-uid': '5' },
];

const rights: Record<string, object[]> = {
  none: [],
  'to be anybody': [rule('impersonate', '*', '*')],
  'to be jane': [rule('impersonate', '', 'users', ['jane'])],
  'to be a service account': [rule('impersonate', '', 'serviceaccounts')],
  'to be a user for something': narrow('user-info', 'users'),
  'to be jane for something': narrow('user-info', 'users', ['jane']),
  'to be a user of any kind for something': narrow('user-info', '*'),
  'to be a user of few kinds for something': [
    ...narrow('user-info', 'users'),
    rule('impersonate:user-info', authentication, 'groups', ['dev', 'a', 'b', 'c']),
    rule('impersonate:user-info', authentication, 'userextras/acme.io/team', ['x']),
  ],
  'to be a user, but not for what': [rule('impersonate:user-info', authentication, '*')],
  'for something, but nobody': on('user-info'),
  'to be a service account for something': narrow('serviceaccount', 'serviceaccounts'),
  'to be a node for something': narrow('arbitrary-node', 'nodes', ['n']),
  'to be its node for something': narrow('associated-node', 'nodes'),
  'to be anybody for anything': [rule('*', '*', '*')],
};

const wishCases: Case[] = Object.entries(rights).map(([what, rules]) =>
  one(
    `the right ${what}`,
    ...robot(rules),
    ...asRobot(...wishes.flatMap((headers) => [whoAmI(headers), list(headers)]), path(jane), path(node)),
  ),
);

const pods = '/api/v1/namespaces/<<namespace>>/pods';
const onNode: Step[] = [
  post(accounts, { metadata: { name: 'robot' } }),
  post(pods, {
    metadata: { name: 'p' },
    spec: { serviceAccountName: 'robot', nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
  }),
];
const boundToPod = { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } };

export const impersonationGroups: Readonly<Record<string, Case[]>> = {
  'others are impersonated': [
    ...wishCases,
    // Not as a node, whose groups depend on how the same requester impersonated somebody last, which may be in another case.
    one('by the administrator', ...wishes.filter((wish) => wish['impersonate-user'] !== NODE).map(whoAmI)),
    ...Object.entries({
      'its own': narrow('associated-node', 'nodes'),
      'one by name': narrow('associated-node', 'nodes', ['n']),
    }).map(([which, rules]) =>
      one(
        `a pod as its node: ${which}`,
        ...onNode,
        ...robot(rules, boundToPod).slice(1),
        ...asRobot(whoAmI({}), whoAmI(node), list(node), whoAmI({ 'impersonate-user': 'system:node:m' })),
      ),
    ),
  ],
};
