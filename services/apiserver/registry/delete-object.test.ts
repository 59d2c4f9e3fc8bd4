import { expect, test } from 'vitest';
import { newForbidden } from '../../../shared/apis/meta/status-error.ts';
import { newFixture } from '../handlers/request-fixture.ts';

test('an object that somebody changes while it is deleted is judged again', async () => {
  let meanwhile = () => {};
  const api = newFixture({
    admission: [
      ({ operation }, _object, old) => {
        if (operation === 'DELETE' && old?.metadata.labels?.['keep'])
          throw newForbidden({ resource: 'namespaces', name: 'x' }, 'it is to be kept');
      },
    ],
    beforeDelete: () => meanwhile(),
  });
  const at = { resource: 'clusterroles.rbac.authorization.k8s.io', name: 'x' };
  const body = { metadata: { name: 'x' }, rules: [] };
  expect((await api.send({ verb: 'create', resource: at.resource, body })).code).toBe(201);
  let change: Promise<unknown> = Promise.resolve();
  meanwhile = () => {
    meanwhile = () => {};
    const [entry] = api.storage.list({ prefix: '/rbac.authorization.k8s.io/clusterroles/' }).entries;
    const object = JSON.parse(Buffer.from(entry?.value ?? '').toString());
    object.metadata.labels = { keep: 'yes' };
    change = api.storage.put(entry?.key ?? '', entry?.modRevision ?? 0, () => Buffer.from(JSON.stringify(object)));
  };
  const answer = await api.send({ verb: 'delete', ...at });
  expect(await change).toMatchObject({ ok: true });
  expect(answer.code).toBe(403);
  expect((await api.send({ verb: 'get', ...at })).code).toBe(200);
});
