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
