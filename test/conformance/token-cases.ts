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
/** Its answer holds what no two servers have in common; what it is worth is told by its use. */
const token = (spec: object = {}): Step => ({
  ...send('POST', `${core}/serviceaccounts/robot/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec,
  }),
  isUncompared: true,
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
const pod = send('POST', `${core}/pods`, {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { serviceAccountName: 'robot', containers: [{ name: 'c', image: 'i' }] },
});
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
  one('bound to a pod of another account', account, pod, { ...token(boundTo('Pod', 'none')), isUncompared: false }),
  one('bound to another uid', account, secret(), { ...token(boundTo('Secret', 's', 'u')), isUncompared: false }),
  one('bound to a map', account, { ...token(boundTo('ConfigMap', 'm')), isUncompared: false }),
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
