/** Who may say what a claim has been given, and how its devices are; who gets administrative access to devices. */

import { type Fields, made, NAME, type PlainKind, patched, replaced } from './kind-steps.ts';
import { post } from './protocol-steps.ts';
import { type Case, contentTypes } from './single-changes.ts';
import type { Step } from './step.ts';

const claim: PlainKind = {
  kind: 'ResourceClaim',
  apiVersion: 'resource.k8s.io/v1',
  resource: 'resourceclaims',
  namespaced: true,
  base: { spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } } },
};
const template: PlainKind = {
  kind: 'ResourceClaimTemplate',
  apiVersion: 'resource.k8s.io/v1',
  resource: 'resourceclaimtemplates',
  namespaced: true,
  base: { spec: claim.base },
};

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const roleRef = (kind: string): Fields => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name: NAME });
const rule = (verbs: string[], resource: string, resourceNames?: string[]): Fields => ({
  apiGroups: ['resource.k8s.io'],
  resources: [resource],
  verbs,
  ...(resourceNames ? { resourceNames } : {}),
});
const writes = rule(['get', 'update', 'patch'], 'resourceclaims/status');
const binds = rule(['update', 'patch'], 'resourceclaims/binding');
const drives = (verbs: string[], names?: string[]): Fields => rule(verbs, 'resourceclaims/driver', names);

const account = 'system:serviceaccount:<<namespace>>:driver';
const subjects = [
  { kind: 'User', name: 'u-<<namespace>>', apiGroup: 'rbac.authorization.k8s.io' },
  { kind: 'ServiceAccount', name: 'driver', namespace: '<<namespace>>' },
];
const everywhere = (...rules: Fields[]): Step[] => [
  post(`${rbac}/clusterroles`, { metadata: { name: NAME }, rules: [writes, ...rules] }),
  {
    ...post(`${rbac}/clusterrolebindings`, { metadata: { name: NAME }, roleRef: roleRef('ClusterRole'), subjects }),
    settles: 'rights',
  },
];
const here = (...rules: Fields[]): Step[] => [
  post(`${rbac}/namespaces/<<namespace>>/roles`, { metadata: { name: NAME }, rules: [writes, ...rules] }),
  {
    ...post(`${rbac}/namespaces/<<namespace>>/rolebindings`, {
      metadata: { name: NAME },
      roleRef: roleRef('Role'),
      subjects,
    }),
    settles: 'rights',
  },
];

const result = { request: 'r', driver: 'a.b', pool: 'p', device: 'd' };
const onNode = (node: string, more: Fields = {}): Fields => ({
  nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }], ...more }],
});
const allocation = { devices: { results: [result, { ...result, driver: 'c.d' }] }, nodeSelector: onNode('n') };
const device = (driver: string, more: Fields = {}): Fields => ({ driver, pool: 'p', device: 'd', ...more });
const user = { resource: 'pods', name: 'p', uid: 'u' };

const saying = (status: Fields): Step => patched(claim, { status }, '/status');
const asUser = (step: Step): Step => ({ ...step, as: { user: 'u-<<namespace>>' } });
const asDriver = (step: Step, node: string): Step => ({
  ...step,
  as: { user: account, groups: ['system:serviceaccounts'] },
  headers: { 'impersonate-extra-authentication.kubernetes.io%2fnode-name': node },
});
const putting = (status: Fields): Step => replaced(claim, { status }, '/status');
const applying = (status: Fields): Step => ({
  method: 'PATCH',
  path: `${patched(claim, {}).path}/status`,
  contentType: contentTypes.apply,
  query: { fieldManager: 'm', force: true },
  body: { apiVersion: claim.apiVersion, kind: claim.kind, metadata: { name: NAME }, status },
});

/** What somebody may try to say of a claim that has been given nothing, and then of one that has. */
const tries: Step[] = [
  saying({ reservedFor: [user] }),
  saying({ allocation }),
  putting({ allocation, reservedFor: [user] }),
  applying({ allocation: { ...allocation, nodeSelector: null } }),
  saying({ devices: [device('a.b')] }),
  saying({}),
].map(asUser);
const later: Step[] = [
  saying({ allocation, devices: [device('a.b'), device('c.d')] }),
  asUser(saying({ devices: [device('a.b', { data: { a: 1 } }), device('c.d')] })),
  asUser(saying({ devices: [device('a.b')] })),
  asUser(saying({ devices: [device('c.d'), device('e.f')] })),
  asUser(putting({ allocation, devices: [device('c.d'), device('c.d')] })),
  asUser(putting({ allocation, devices: [device('a.b'), device('a.b', { pool: 'A_' })] })),
  asUser(putting({ allocation, devices: [device('a.b')], reservedFor: [] })),
  asUser(saying({ reservedFor: [user] })),
  asUser(saying({ reservedFor: null })),
  asUser(saying({ allocation: null })),
];

const rights: readonly (readonly [string, Step[]])[] = [
  ['nothing more', everywhere()],
  ['binding', everywhere(binds)],
  ['binding by patches', everywhere(rule(['patch'], 'resourceclaims/binding'))],
  ['binding here', here(binds)],
  ['binding of one claim', everywhere(rule(['update', 'patch'], 'resourceclaims/binding', [NAME]))],
  ['driving', everywhere(drives(['arbitrary-node:patch', 'arbitrary-node:update']))],
  ['driving here', here(drives(['arbitrary-node:patch', 'arbitrary-node:update']))],
  ['driving one', everywhere(binds, drives(['arbitrary-node:patch', 'arbitrary-node:update'], ['a.b']))],
  ['driving on the same node', everywhere(binds, drives(['associated-node:patch', 'associated-node:update']))],
  ['everything', everywhere(binds, drives(['*']))],
];

const drivenOn = (name: string, nodeSelector: Fields | undefined, ...nodes: string[]): Case => ({
  name,
  steps: [
    ...everywhere(drives(['associated-node:patch'])),
    made(claim),
    saying({ allocation: { ...allocation, nodeSelector }, devices: [device('a.b')] }),
    ...nodes.map((node) => asDriver(saying({ devices: [device('a.b', { data: { node } })] }), node)),
    { ...asDriver(saying({ devices: [device('a.b', { data: { a: 2 } })] }), 'n'), headers: {} },
    asUser(saying({ devices: [device('a.b', { data: { a: 3 } })] })),
    asDriver(putting({ allocation: { ...allocation, nodeSelector }, devices: [device('c.d')] }), 'n'),
  ],
});

const statusRights: Case[] = [
  ...rights.map(([what, steps]) => ({
    name: `who has the right to ${what} tells of claims`,
    steps: [...steps, made(claim), ...tries],
  })),
  ...rights.map(([what, steps]) => ({
    name: `who has the right to ${what} tells of claims that were given something`,
    steps: [...steps, made(claim), ...later],
  })),
  drivenOn('a driver on the node of the claim', onNode('n'), 'n', 'm', 'N_'),
  drivenOn('a driver on no name of a node', onNode('N_'), 'N_'),
  drivenOn('a driver of a claim on no node', undefined, 'n'),
  drivenOn(
    'a driver of a claim on a node that is labelled',
    onNode('n', { matchExpressions: [{ key: 'a', operator: 'Exists' }] }),
    'n',
  ),
  drivenOn(
    'a driver of a claim on one of two nodes',
    { nodeSelectorTerms: ['n', 'm'].flatMap((node) => onNode(node)['nodeSelectorTerms']) },
    'n',
  ),
];

const labelled = (value: string | null): Step => ({
  method: 'PATCH',
  path: '/api/v1/namespaces/<<namespace>>',
  contentType: contentTypes.merge,
  body: { metadata: { labels: { 'resource.kubernetes.io/admin-access': value } } },
});
const exact = (adminAccess: unknown, more: Fields = {}): Fields => ({
  name: 'r',
  exactly: { deviceClassName: 'c', adminAccess, ...more },
});
const asking = (...requests: Fields[]): Fields => ({ spec: { devices: { requests } } });
const wishes: Fields[] = [
  asking(exact(true)),
  asking(exact(false)),
  asking(exact(null)),
  asking({ name: 's', firstAvailable: [{ name: 'x', deviceClassName: 'c' }] }, exact(true)),
  asking(exact(true, { deviceClassName: 'C_' }), { ...exact(true), name: 's' }),
];
const given = (...values: unknown[]): Fields => ({
  allocation: { devices: { results: values.map((adminAccess) => ({ ...result, adminAccess })) } },
});

const adminAccess: Case[] = [
  ...[null, 'true', 'True', ''].flatMap((value) => [
    ...wishes.flatMap((wish) => [
      {
        name: `a claim ${JSON.stringify(wish)} in a namespace labelled ${value}`,
        steps: [
          labelled(value),
          made(claim, wish),
          labelled(null),
          patched(claim, { metadata: { labels: { a: 'b' } } }),
        ],
      },
      {
        name: `a template ${JSON.stringify(wish)} in a namespace labelled ${value}`,
        steps: [
          labelled(value),
          made(template, { spec: wish }),
          labelled(null),
          patched(template, { metadata: { labels: { a: 'b' } } }),
        ],
      },
    ]),
    {
      name: `administrative access that is given in a namespace labelled ${value}`,
      steps: [
        labelled(value),
        made(claim),
        saying(given(false)),
        saying({ allocation: null }),
        saying(given(false, true)),
        labelled(null),
        saying({ ...given(false, true), reservedFor: [user] }),
        saying({ ...given(true, true) }),
        saying({ allocation: null, reservedFor: null }),
        saying(given(true)),
      ],
    },
  ]),
];

export const claimRightsGroups: Readonly<Record<string, Case[]>> = {
  'rights to tell what claims are given': statusRights,
  'administrative access to devices': adminAccess,
};
