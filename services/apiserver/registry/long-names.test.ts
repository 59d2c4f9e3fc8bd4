import { expect, test } from 'vitest';
import { newFixture } from '../handlers/request-fixture.ts';

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
