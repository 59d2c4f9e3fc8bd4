import { expect, test } from 'vitest';
import { newForbidden, newUnauthorized } from '../apis/meta/status-error.ts';
import { kubeconfigUser, refusalText } from './kubeconfig-user.ts';
import type { TransportOptions } from './transport-options.ts';

const NOW = Date.UTC(2026, 0, 2);
const tokenOf = (claims: object): string =>
  [{}, claims, {}].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');

test.each<[string, Partial<TransportOptions>, string]>([
  ['a token that is over', { token: tokenOf({ exp: NOW / 1000 }) }, 'its token has expired (2026-01-02T00:00:00.000Z)'],
  [
    'a token of tomorrow',
    { token: tokenOf({ nbf: NOW / 1000 + 60, exp: NOW / 1000 + 90 }) },
    'its token is not valid before 2026-01-02T00:01:00.000Z',
  ],
  ['a token that tells nothing', { token: 'abc.def' }, 'its token is not one of this cluster, or not any more'],
  ['a token in a file', { token: 'x', tokenFile: '/t' }, 'its token is not one of this cluster, or not any more'],
  ['no certificate', { certPem: 'x', keyPem: 'y' }, 'its certificate is not one of this cluster, or not any more'],
  ['a program', { credentials: async () => ({}), token: 'x' }, 'what its program gives is not accepted there'],
  ['a password', { basicAuth: { username: 'a', password: 'b' } }, 'Kubernetes knows no passwords any more'],
  ['nothing', {}, 'it has neither a certificate nor a token nor a program'],
])('a refusal of %s says what may be wrong with it', (_what, transport, why) => {
  const user = kubeconfigUser({ userName: 'me', transport: { server: 'https://k', ...transport } });
  expect(refusalText(newUnauthorized(), user, NOW)).toContain(`user "me" of the kubeconfig: Unauthorized: ${why}`);
});

test('who is known but may not is told only that', () => {
  const user = kubeconfigUser({ userName: '', transport: { server: 'https://k' } });
  const text = refusalText(newForbidden({ resource: 'pods' }, 'no'), user, NOW);
  expect(text).toBe('the kubeconfig, which names no user: pods is forbidden: no');
});
