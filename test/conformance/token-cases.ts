/** Tokens of service accounts: asked for, used, reviewed, and worth nothing once what they are bound to is gone. */

import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

const core = '/api/v1/namespaces/<<namespace>>';
const send = (method: string, path: string, body?: unknown): Step => ({ method, path, body });
const one = (name: string, ...steps: Step[]): Case => ({ name, steps });

const account = send('POST', `${core}/serviceaccounts`, {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'robot' },
});
const token = (spec: object = {}, more: object = {}, query: Step['query'] = {}): Step => ({
  ...send('POST', `${core}/serviceaccounts/robot/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec,
    ...more,
  }),
  query,
});
const review = (spec: object = {}): Step =>
  send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token: '<<token>>', ...spec },
  });
const whoAmI: Step = {
  ...send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'SelfSubjectReview',
  }),
  bare: 'token',
};
/** Upstream learns a moment later that something is gone. */
const refusedReview: Step = { ...review(), until: { status: 201, text: '"error":' } };
const nobody: Step = { ...whoAmI, until: { status: 401 } };
const api = 'https://kubernetes.default.svc.cluster.local';
const secret = (more: object = {}): Step =>
  send('POST', `${core}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, ...more });
const boundTo = (kind: string, name: string, uid?: string): object => ({
  boundObjectRef: { apiVersion: 'v1', kind, name, ...(uid ? { uid } : {}) },
});
const podOf = (spec: object): Step =>
  send('POST', `${core}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { ...spec, containers: [{ name: 'c', image: 'i' }] },
  });
const pod = podOf({ serviceAccountName: 'robot' });
const typed = (type: string, more: object = {}): Step => secret({ type, ...more });

const cases: Case[] = [
  one('used', account, token(), whoAmI, { method: 'GET', path: `${core}/pods`, bare: 'token' }),
  one('reviewed', account, token(), review()),
  one('for another audience', account, token({ audiences: ['other'] }), review(), whoAmI),
  one(
    'reviewed for its audience',
    account,
    token({ audiences: ['other', 'more'] }),
    review({ audiences: ['more', 'x'] }),
  ),
  one('reviewed for another audience', account, token({ audiences: ['other'] }), review({ audiences: ['x', 'y'] })),
  one('of the API reviewed for another', account, token(), review({ audiences: ['x', api] })),
  one(
    'of an account that is gone',
    account,
    token(),
    send('DELETE', `${core}/serviceaccounts/robot`),
    refusedReview,
    nobody,
  ),
  one('bound to a secret', account, secret(), token(boundTo('Secret', 's')), whoAmI, review()),
  one(
    'bound to a secret that is gone',
    account,
    secret(),
    token(boundTo('Secret', 's')),
    send('DELETE', `${core}/secrets/s`),
    refusedReview,
    nobody,
  ),
  one('bound to a pod', account, pod, token(boundTo('Pod', 'p')), whoAmI, review()),
  one(
    'bound to a pod that is gone',
    account,
    pod,
    token(boundTo('Pod', 'p')),
    send('DELETE', `${core}/pods/p`),
    refusedReview,
  ),
  one('bound to a pod that is not there', account, token(boundTo('Pod', 'none'))),
  one('bound to a pod of another account', account, podOf({ serviceAccountName: 'other' }), token(boundTo('Pod', 'p'))),
  one(
    'bound to a pod on a node that is not there',
    account,
    podOf({ serviceAccountName: 'robot', nodeName: 'n' }),
    token(boundTo('Pod', 'p')),
    whoAmI,
    review(),
  ),
  one(
    'bound to a pod on a node',
    account,
    send('POST', '/api/v1/nodes', { metadata: { name: '<<namespace>>-n' } }),
    podOf({ serviceAccountName: 'robot', nodeName: '<<namespace>>-n' }),
    token(boundTo('Pod', 'p')),
    whoAmI,
    send('DELETE', '/api/v1/nodes/<<namespace>>-n'),
    whoAmI,
  ),
  one(
    'bound to a node',
    account,
    send('POST', '/api/v1/nodes', { metadata: { name: '<<namespace>>-n' } }),
    token(boundTo('Node', '<<namespace>>-n')),
    whoAmI,
    review(),
    send('DELETE', '/api/v1/nodes/<<namespace>>-n'),
    refusedReview,
  ),
  one('of an account that was made anew', account, token(), send('DELETE', `${core}/serviceaccounts/robot`), account, {
    ...review(),
    until: { status: 201, text: 'does not match claim' },
  }),
  one('bound to another uid', account, secret(), token(boundTo('Secret', 's', 'u'))),
  one('bound to a map', account, token(boundTo('ConfigMap', 'm'))),
  one('bound to a kind of another group', account, token({ boundObjectRef: { apiVersion: 'apps/v1', kind: 'Pod' } })),
  one('bound to nothing', account, token({ boundObjectRef: {} })),
  one('for this account', account, token({}, { metadata: { name: 'robot', namespace: '<<namespace>>' } })),
  one('for this uid', account, token({}, { metadata: { uid: '<<uid ServiceAccount/robot>>' } })),
  one('for another uid', account, token({}, { metadata: { uid: 'other' } })),
  one('for another account', account, token({}, { metadata: { name: 'other' } })),
  one('for another namespace', account, token({}, { metadata: { namespace: 'other' } })),
  one('with labels', account, token({}, { metadata: { labels: { a: 'b' }, generateName: 'x', resourceVersion: '5' } })),
  one('with a status', account, token({}, { status: { token: 'x', expirationTimestamp: '2020-01-01T00:00:00Z' } })),
  ...[0, 1, -1, 599, 600, 4_294_967_296, 4_294_967_297].map((expirationSeconds) =>
    one(`for ${expirationSeconds} s`, account, token({ expirationSeconds })),
  ),
  one('for audiences of nobody', account, token({ audiences: ['', 'a', 'a'] })),
  one('of another kind', account, token({}, { kind: 'TokenReview' })),
  one('of another version', account, token({}, { apiVersion: 'authentication.k8s.io/v2' })),
  one('without a body', account, { ...token(), body: undefined }, { ...token(), body: {} }),
  one('with a field too much', account, token({ odd: 1 }, {}, { fieldValidation: 'Strict' }), token({ odd: 1 })),
  one('in a dry run', account, token({}, {}, { dryRun: 'All' })),
  one('of no account', token()),
  one('in no namespace', {
    ...token(),
    path: '/api/v1/namespaces/none-<<namespace>>/serviceaccounts/robot/token',
  }),
  one('read', account, ...['GET', 'PUT', 'DELETE', 'PATCH'].map((method) => ({ ...token(), method }))),
  one('spoilt', account, token(), { ...whoAmI, bare: 'anonymous', headers: { authorization: 'Bearer <<token>>x' } }),
  one('a secret for no account', typed('kubernetes.io/service-account-token')),
  one(
    'a secret for an account',
    account,
    typed('kubernetes.io/service-account-token', {
      metadata: { name: 's', annotations: { 'kubernetes.io/service-account.name': 'robot' } },
    }),
  ),
  one('basic auth without anything', typed('kubernetes.io/basic-auth')),
  one('basic auth with a name', typed('kubernetes.io/basic-auth', { stringData: { username: 'u' } })),
  one('a docker configuration', typed('kubernetes.io/dockerconfigjson', { stringData: { '.dockerconfigjson': '{}' } })),
  one(
    'a docker configuration of none',
    typed('kubernetes.io/dockerconfigjson', { stringData: { '.dockerconfigjson': 'x' } }),
  ),
  one('an old docker configuration of none', typed('kubernetes.io/dockercfg', { stringData: { '.dockercfg': 'x' } })),
  one('a bootstrap token', typed('bootstrap.kubernetes.io/token')),
];

/** By what they are about. */
export const tokenGroups: Readonly<Record<string, Case[]>> = { 'tokens are believed': cases };
