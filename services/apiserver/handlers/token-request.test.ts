import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { newKey } from '../../../shared/pki/private-key.ts';
import { newRequest, newTestServer, store, type TestServer } from '../server-fixture.ts';

const admin = { name: 'root', groups: ['system:masters'] };

const rsa = newKey('rsa-2048');

async function newWorld(): Promise<TestServer> {
  const otherKeys = [await newKey()];
  const keys = { issuer: 'https://hub', audiences: ['hub'], signingKey: await rsa, otherKeys };
  const server = await newTestServer({ serviceAccountKeys: keys });
  const object = (kind: string, name: string, uid: string) => ({
    apiVersion: 'v1',
    kind,
    metadata: { namespace: 'n', name, uid },
  });
  await store(
    server.storage,
    { resource: 'namespaces' },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } },
  );
  await store(server.storage, { resource: 'serviceaccounts' }, object('ServiceAccount', 'bot', 'u1'));
  await store(server.storage, { resource: 'secrets' }, object('Secret', 's', 'u2'));
  return server;
}

async function send({ server }: TestServer, method: string, path: string, spec?: object, headers = {}) {
  const body = async () =>
    Buffer.from(JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec }));
  const who = 'authorization' in headers ? {} : { inProcessUser: admin };
  const response = await server.handle(newRequest(method, path, { body, headers, ...who }));
  return { code: response.status, ...JSON.parse(String(response.body)) };
}

const PATH = '/api/v1/namespaces/n/serviceaccounts/bot/token';

describe('a token for a service account', () => {
  test('is believed by the server, and by others with the published keys', async () => {
    const world = await newWorld();
    const { code, status, spec } = await send(world, 'POST', PATH, {});
    expect({ code, spec, end: status.expirationTimestamp }).toEqual({
      code: 201,
      spec: { audiences: ['hub'], expirationSeconds: 3600, boundObjectRef: null },
      end: '2030-01-01T01:00:00Z',
    });
    const who = await send(world, 'GET', '/api/v1/pods', {}, { authorization: `Bearer ${status.token}` });
    expect(who.message).toContain('User "system:serviceaccount:n:bot" cannot list');
    const keys: JSONWebKeySet = await send(world, 'GET', '/openid/v1/jwks');
    expect(keys.keys.map(({ kty, d }) => [kty, d])).toEqual([
      ['RSA', undefined],
      ['EC', undefined],
    ]);
    const currentDate = new Date('2030-01-01T00:30:00Z');
    await jwtVerify(status.token, createLocalJWKSet(keys), { issuer: 'https://hub', audience: 'hub', currentDate });
    expect(await send(world, 'GET', '/.well-known/openid-configuration')).toMatchObject({
      issuer: 'https://hub',
      jwks_uri: 'https://hub/openid/v1/jwks',
      id_token_signing_alg_values_supported: ['ES256', 'RS256'],
    });
  });

  test('that is bound to a Secret ends with it', async () => {
    const world = await newWorld();
    const boundObjectRef = { apiVersion: 'v1', kind: 'Secret', name: 's' };
    const { status } = await send(world, 'POST', PATH, { boundObjectRef });
    const headers = { authorization: `Bearer ${status.token}` };
    expect((await send(world, 'GET', '/api/v1/pods', {}, headers)).code).toBe(403);
    const key = '/core/secrets/n/s';
    await world.storage.delete(key, world.storage.get(key)?.modRevision ?? 0, () => Buffer.from('{}'));
    expect((await send(world, 'GET', '/api/v1/pods', {}, headers)).code).toBe(401);
  });

  test.each<[string, string, object, number, string]>([
    ['an account that is not there', PATH.replace('bot', 'nobody'), {}, 404, 'serviceaccounts "nobody" not found'],
    ['a namespace that is not there', PATH.replace('/n/', '/m/'), {}, 404, 'namespaces "m" not found'],
    ['too short a time', PATH, { expirationSeconds: 10 }, 422, 'may not specify a duration less than 10 minutes'],
    [
      'a Secret that is not there',
      PATH,
      { boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 'x' } },
      404,
      'secrets "x" not found',
    ],
    [
      'another Secret of that name',
      PATH,
      { boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 's', uid: 'old' } },
      409,
      'does not match the UID in record',
    ],
    [
      'a kind that can not hold tokens',
      PATH,
      { boundObjectRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 's' } },
      400,
      'cannot bind token to object of type /v1, Kind=ConfigMap',
    ],
    ['audiences that are no list', PATH, { audiences: 'hub' }, 400, 'cannot unmarshal string into Go struct field'],
  ])('is refused for %s', async (_what, path, spec, code, message) => {
    expect(await send(await newWorld(), 'POST', path, spec)).toMatchObject({
      kind: 'Status',
      code,
      message: expect.stringContaining(message),
    });
  });
});
