import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Secret } from '../../../shared/apis/core/v1.ts';
import { secrets } from '../../../shared/apis/core/v1.ts';
import { newBootstrapTokenSecret, readBootstrapTokenSecret } from '../../../shared/pki/bootstrap-token.ts';
import { newCa } from '../../../shared/pki/x509.ts';
import { startTestControl, type TestControl } from '../control-fixture.ts';

let control: TestControl;
beforeEach(async () => {
  const { certificatePem: caPem } = await newCa({ commonName: 'ca', days: 1, now: Date.now() });
  control = await startTestControl({ endpoint: () => ({ server: 'https://hub.example.com:6443', caPem }) });
});
afterEach(() => control.stop());

const stored = () =>
  control.kube.list('secrets').map((secret) => readBootstrapTokenSecret(secret as unknown as Secret));

test('a token is made with what was asked for, and told with its register command', async () => {
  const body = { ttl: '30m', description: 'store 17', clusterName: 'store17', requireApproval: true, replace: true };
  const { status, json } = await control.ask('POST', '/tokens', { body });
  expect(status).toBe(201);
  expect(json).toMatchObject({ clusterName: 'store17', singleUse: true, requireApproval: true, replace: true });
  expect(json.expiresAt).toBe('2026-01-01T00:30:00Z');
  const [record] = stored();
  expect(`${record?.token.id}.${record?.token.secret}`).toBe(json.token);
  expect(record).toMatchObject({
    description: 'store 17',
    expiresAt: control.clock.now() + 1800_000,
    limits: { clusterName: 'store17', isSingleUse: true, requiresApproval: true, isReplacing: true },
  });
  expect(json.registerCommand).toMatch(
    /^pullet register hub\.example\.com:6443 --token [a-z0-9.]{23} --discovery-token-ca-cert-hash sha256:[0-9a-f]{64} --cluster-name store17$/,
  );
});

test('by default it lasts a day and lets a cluster register; with ttl 0 it lasts for ever', async () => {
  const { json } = await control.ask('POST', '/tokens', { body: {} });
  expect(json).toMatchObject({ expiresAt: '2026-01-02T00:00:00Z', usages: ['signing', 'authentication'] });
  expect(json.groups).toEqual(['system:bootstrappers:pullet:default-cluster-token']);
  expect((await control.ask('POST', '/tokens', { body: { ttl: '0' } })).json).not.toHaveProperty('expiresAt');
});

test('its secret half is in no other answer, and in no log', async () => {
  const { json } = await control.ask('POST', '/tokens', { body: {} });
  const secret = String(json.token).split('.')[1] ?? 'none';
  const list = await control.ask('GET', '/tokens');
  expect(list.json.items).toMatchObject([{ id: json.id, usages: ['signing', 'authentication'] }]);
  const removal = await control.ask('DELETE', `/tokens/${json.token}`);
  expect(removal.status).toBe(400);
  expect([list.text, removal.text, ...control.log].filter((text) => text.includes(secret))).toEqual([]);
});

test('the list leaves out what is no token', async () => {
  const opaque = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name: 'a', namespace: 'kube-system' },
  };
  control.kube.put(secrets, opaque);
  expect((await control.ask('GET', '/tokens')).json).toEqual({ items: [] });
});

test('a token ends once, by its id', async () => {
  const token = { id: 'abcdef', secret: '0123456789abcdef' };
  control.kube.put(secrets, newBootstrapTokenSecret({ token, usages: [], groups: [], description: '' }));
  expect((await control.ask('DELETE', '/tokens/abcdef')).status).toBe(204);
  expect(stored()).toEqual([]);
  expect((await control.ask('DELETE', '/tokens/abcdef')).json.detail).toBe('there is no token abcdef');
});

describe('not made, with the field that is wrong, is a token', () => {
  test.each([
    ['body/clusterName', { clusterName: 'Store17' }],
    ['body/clusterName', { clusterName: 'x'.repeat(49) }],
    ['body/clusterName', { replace: true }],
    ['body/ttl', { ttl: 'soon' }],
    ['body/ttl', { ttl: '1ms' }],
    ['body/ttl', { ttl: '999999h' }],
    ['body/ttl', { ttl: '-1h' }],
    ['body/usages/1', { usages: ['signing', 'all'] }],
    ['body/groups/0', { groups: ['system:masters'] }],
    ['body/colour', { colour: 'red' }],
    ['body/singleUse', { singleUse: 'yes' }],
  ])('%s of %j', async (field, body) => {
    const { status, json } = await control.ask('POST', '/tokens', { body });
    expect([status, json.errors.map((error) => error.field)]).toEqual([400, [field]]);
    expect(control.kube.requests).toEqual([]);
  });
});
