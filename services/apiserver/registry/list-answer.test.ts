import { expect, test } from 'vitest';
import { newFixture } from '../handlers/request-fixture.ts';

/** More than a call takes arguments. */
const COUNT = 150_000;

test('a list without pages has as many items as there are', async () => {
  const api = newFixture();
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'x' } } });
  const one = api.storage.list({ prefix: '/core/namespaces/' });
  api.storage.list = () => ({ ...one, entries: Array(COUNT).fill(one.entries[0]) });
  const { code, body } = await api.send({ verb: 'list', resource: 'namespaces' });
  expect(code).toBe(200);
  expect(body.items).toHaveLength(COUNT);
});
