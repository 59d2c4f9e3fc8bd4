import { expect, test } from 'vitest';
import { newForbidden, newInternalError, newUnauthorized } from '../../shared/apis/meta/status-error.ts';
import { KubeconfigError } from '../../shared/client/kubeconfig-file.ts';
import type { KubeconfigUser } from '../../shared/client/kubeconfig-user.ts';
import { TransportError } from '../../shared/client/transport.ts';
import type { MemberAccess } from './member-access.ts';
import { newRefusalReader } from './refusal.ts';

const TODO = 'check Secret karmada-cluster/m1, or replace it: pullet rotate-credentials m1';
const forbidden = newForbidden({ resource: 'nodes' }, 'no');
const user: KubeconfigUser = { name: 'u', kind: 'token' };

test.each<[string, Error, KubeconfigUser | undefined, string | undefined]>([
  ['a token that is not known', newUnauthorized(), undefined, `the cluster does not accept the token: ${TODO}`],
  ['a token without rights', forbidden, undefined, `the cluster does not let the token in: ${TODO}`],
  [
    'a user without rights',
    forbidden,
    user,
    `the cluster refuses user "u" of the kubeconfig: nodes is forbidden: no: ${TODO}`,
  ],
  ['a program that fails', new KubeconfigError('exec: aws failed'), user, 'exec: aws failed'],
  ['a member that is not well', newInternalError('etcd'), undefined, undefined],
  ['the same, by a kubeconfig', newInternalError('etcd'), user, undefined],
  ['a member that is not there', new TransportError('refused'), undefined, undefined],
])('%s', (_what, error, by, message) => {
  const credentials = { madeOf: '', source: async () => ({}), ...(by ? { user: by } : {}) };
  const where = { cluster: 'm1', secret: 'karmada-cluster/m1', namespace: 'karmada-cluster', uid: 'u' };
  const access: MemberAccess = { ...where, transport: { server: 'https://m1' }, credentials };
  const told = newRefusalReader(access, { now: () => 0 })(error);
  expect(told).toEqual(message === undefined ? undefined : { reason: 'StatusCollectionFailed', message });
});
