import { expect, test } from 'vitest';
import { MAX_KEY_BYTES } from '../../storage/backend.ts';
import { newFixture } from '../handlers/request-fixture.ts';

/** What the store has room for besides the rest of the key. */
const LONGEST = MAX_KEY_BYTES - '/rbac.authorization.k8s.io/clusterroles//'.length;

test('names that are as long as they may be come in pages, each once', async () => {
  const api = newFixture();
  const resource = 'clusterroles.rbac.authorization.k8s.io';
  const names = Array.from('abc', (end) => 'n'.repeat(LONGEST - 1) + end);
  for (const name of names) await api.send({ verb: 'create', resource, body: { metadata: { name }, rules: [] } });
  const found: (string | undefined)[] = [];
  let token: string | undefined = '';
  for (let page = 0; page < names.length && token !== undefined; page++) {
    const query: Record<string, string> = { limit: '1', ...(token ? { continue: token } : {}) };
    const { body } = await api.send({ verb: 'list', resource, query });
    found.push(...(body.items ?? []).map(({ metadata }) => metadata.name));
    token = (body.metadata as { continue?: string }).continue;
  }
  expect(found).toEqual(names);
  expect(token).toBeUndefined();
});

test.each([
  [LONGEST, 201],
  [LONGEST + 1, 422],
])('a name of %i letters is answered %i, before the store hears of it', async (length, code) => {
  const api = newFixture();
  const resource = 'clusterroles.rbac.authorization.k8s.io';
  const body = { metadata: { name: 'a'.repeat(length) }, rules: [] };
  const answer = await api.send({ verb: 'create', resource, body });
  expect(answer.code).toBe(code);
});

test.each([['\u0000'], ['\u0001'], ['\u0004']])(
  'a name with %j, which the store could not read back, is refused however it comes',
  async (odd) => {
    const api = newFixture();
    const resource = 'clusterroles.rbac.authorization.k8s.io';
    const name = `${'a'.repeat(45)}${odd}b`;
    const [reason, message] = ['Invalid', expect.stringContaining('must not contain the control characters')];
    for (const metadata of [{ name }, { generateName: name }]) {
      const { code, body } = await api.send({ verb: 'create', resource, body: { metadata, rules: [] } });
      expect([code, body]).toEqual([422, expect.objectContaining({ reason, message })]);
    }
    const replaced = await api.send({ verb: 'update', resource, name, body: { metadata: { name }, rules: [] } });
    expect([replaced.code, replaced.body]).toEqual([422, expect.objectContaining({ reason, message })]);
    expect((await api.send({ verb: 'get', resource, name })).code).toBe(404);
    expect((await api.send({ verb: 'list', resource })).body.items).toEqual([]);
  },
);

test.each([['\ud800'], ['\udc00']])('half a character in a name (%j) is U+FFFD, as everywhere in JSON', async (odd) => {
  const api = newFixture();
  const resource = 'clusterroles.rbac.authorization.k8s.io';
  const made = await api.send({ verb: 'create', resource, body: { metadata: { name: `a${odd}b` }, rules: [] } });
  expect([made.code, made.body.metadata.name]).toEqual([201, 'a\ufffdb']);
  expect((await api.send({ verb: 'get', resource, name: 'a\ufffdb' })).code).toBe(200);
});
