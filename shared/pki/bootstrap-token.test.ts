import { describe, expect, test } from 'vitest';
import { parseBootstrapToken } from '../apis/bootstrap/token.ts';
import {
  authenticateBootstrapToken,
  type BootstrapTokenRecord,
  newBootstrapToken,
  newBootstrapTokenSecret,
  readBootstrapTokenSecret,
} from './bootstrap-token.ts';

const now = Date.UTC(2026, 0, 1);
const record: BootstrapTokenRecord = {
  token: { id: 'abcdef', secret: '0123456789abcdef' },
  expiresAt: now + 1000,
  usages: ['signing', 'authentication'],
  groups: ['system:bootstrappers:karmada:default-cluster-token'],
  description: 'for the edge',
};

test('a new token has the form of one, and no two are alike', () => {
  const made = Array.from({ length: 50 }, () => newBootstrapToken());
  for (const { id, secret } of made) expect(parseBootstrapToken(`${id}.${secret}`)).toEqual({ id, secret });
  expect(new Set(made.map(({ secret }) => secret)).size).toBe(50);
});

describe('the Secret of a token', () => {
  test('is read back as it was written', () => {
    expect(readBootstrapTokenSecret(newBootstrapTokenSecret(record))).toEqual(record);
  });

  test('without an expiration never expires', () => {
    const { expiresAt: _, ...forever } = record;
    const secret = newBootstrapTokenSecret(forever);
    expect(secret.data).not.toHaveProperty('expiration');
    expect(readBootstrapTokenSecret(secret)).toEqual(forever);
  });

  test.each([
    { clusterName: 'm1' },
    { isSingleUse: true },
    { requiresApproval: true },
    { clusterName: 'm1', isSingleUse: true, isReplacing: true },
  ])('keeps its limits %j where other tools pass them over', (limits) => {
    const secret = newBootstrapTokenSecret({ ...record, limits });
    expect(readBootstrapTokenSecret(secret)).toEqual({ ...record, limits });
    expect(secret.data).toEqual(newBootstrapTokenSecret(record).data);
  });

  test('counts an odd limit as set, and an odd permission as not given', () => {
    const secret = newBootstrapTokenSecret(record);
    const annotations = { 'pullet.io/single-use': 'yes', 'pullet.io/replace': 'yes' };
    const read = readBootstrapTokenSecret({ ...secret, metadata: { ...secret.metadata, annotations } });
    expect(read?.limits).toEqual({ isSingleUse: true });
  });

  test.each([
    ['another type', { type: 'Opaque' }],
    ['another name', { metadata: { name: 'bootstrap-token-zzzzzz', namespace: 'kube-system' } }],
    ['an expiration that is no time', { data: { expiration: Buffer.from('soon').toString('base64') } }],
    ['a malformed secret', { data: { 'token-secret': Buffer.from('short').toString('base64') } }],
  ])('is no token with %s', (_what, change) => {
    const secret = newBootstrapTokenSecret(record);
    const data = { ...secret.data, ...('data' in change ? change.data : {}) };
    expect(readBootstrapTokenSecret({ ...secret, ...change, data })).toBeUndefined();
  });
});

describe('the bearer of a token', () => {
  test('is its user, in its groups', () => {
    expect(authenticateBootstrapToken(newBootstrapTokenSecret(record), record.token, now)).toEqual({
      name: 'system:bootstrap:abcdef',
      groups: ['system:bootstrappers', 'system:bootstrappers:karmada:default-cluster-token'],
    });
  });

  test.each<[string, Partial<BootstrapTokenRecord>, string, number]>([
    ['another secret', {}, '0123456789abcdeg', now],
    ['an expired token', {}, record.token.secret, now + 1000],
    ['a token for signing only', { usages: ['signing'] }, record.token.secret, now],
    ['a token with a foreign group', { groups: ['system:masters'] }, record.token.secret, now],
  ])('is nobody with %s', (_what, change, presented, at) => {
    const secret = newBootstrapTokenSecret({ ...record, ...change });
    expect(authenticateBootstrapToken(secret, { id: 'abcdef', secret: presented }, at)).toBeUndefined();
  });
});
