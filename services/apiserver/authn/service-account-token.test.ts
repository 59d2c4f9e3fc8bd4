import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { newServiceAccountTokenAuthenticator, signServiceAccountToken } from './service-account-token.ts';

/** Tokens while the clock moves: a wall clock can be set back, and need not agree with the one that it was. */

const NOW = Date.parse('2026-01-01T12:00:00Z');
const MINUTE = 60_000;
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys = { issuer: 'https://hub', audiences: ['hub'], signingKey: privateKey };
const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'n', name: 'bot', uid: 'u' } };
const claims = { namespace: 'n', name: 'bot', uid: 'u', audiences: ['hub'], expiresInSeconds: 600 };

async function userAt(offsetMs: number): Promise<string | undefined> {
  const { token } = await signServiceAccountToken(keys, claims, NOW);
  const authenticate = newServiceAccountTokenAuthenticator({ keys, lookup: () => account, now: () => NOW + offsetMs });
  try {
    return (await authenticate(token))?.name;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test.each([
  ['at once', 0, 'system:serviceaccount:n:bot'],
  ['with a clock that was set back a little', -MINUTE / 2, 'system:serviceaccount:n:bot'],
  ['with a clock that was set back an hour', -60 * MINUTE, undefined],
  ['just before its end', 9 * MINUTE, 'system:serviceaccount:n:bot'],
  ['long after its end', 12 * MINUTE, 'service account token has expired'],
])('a token is believed %s, or not', async (_when, offsetMs, expected) => {
  expect(await userAt(offsetMs)).toBe(expected);
});
