import { expect, test } from 'vitest';
import { newFixture } from '../handlers/request-fixture.ts';

test('names that are as long as they may be come in pages, each once', async () => {
  const api = newFixture();
  const resource = 'clusterroles.rbac.authorization.k8s.io';
  const names = Array.from('abc', (end) => 'n'.repeat(1800) + end);
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
  [1800, 201],
  [5000, 422],
])('a name of %i letters is answered %i, before the store hears of it', async (length, code) => {
  const api = newFixture();
  const resource = 'clusterroles.rbac.authorization.k8s.io';
  const body = { metadata: { name: 'a'.repeat(length) }, rules: [] };
  const answer = await api.send({ verb: 'create', resource, body });
  expect(answer.code).toBe(code);
});
