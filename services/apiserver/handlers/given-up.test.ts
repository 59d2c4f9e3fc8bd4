import { expect, test, vi } from 'vitest';
import { newFixture } from './request-fixture.ts';

/** What goes on for a client that has gone away: nothing. */

const maps = { resource: 'configmaps', namespace: 'default' };

async function withMaps(count: number, beforeDelete: (key: string) => void = () => {}) {
  const api = newFixture({ beforeDelete });
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
  for (let index = 0; index < count; index++)
    await api.send({ verb: 'create', ...maps, body: { metadata: { name: `m${index}` } } });
  return api;
}

test('the rest of a collection is not deleted', async () => {
  const client = new AbortController();
  const api = await withMaps(70, () => client.abort(new Error('gone')));
  await expect(api.send({ verb: 'deletecollection', ...maps, signal: client.signal })).rejects.toThrow('gone');
  expect((await api.send({ verb: 'list', ...maps })).body.items).toHaveLength(70 - 64);
});

test('a write that others come before is not tried again', async () => {
  const client = new AbortController();
  const api = await withMaps(1);
  const { put } = api.registry.storage;
  api.registry.storage.put = async (key) => {
    client.abort(new Error('gone'));
    return { ok: false, current: api.registry.storage.get(key) };
  };
  const body = { metadata: { name: 'm0' }, data: { a: 'b' } };
  await expect(api.send({ verb: 'update', ...maps, name: 'm0', body, signal: client.signal })).rejects.toThrow('gone');
  api.registry.storage.put = put;
});

test('a watch that was never read is closed', async () => {
  const api = await withMaps(0);
  const cancel = vi.fn();
  vi.spyOn(api.registry.storage, 'watch').mockReturnValue({ cancel });
  const reader = await api.open({ verb: 'watch', ...maps });
  await reader.close();
  expect(cancel).toHaveBeenCalledOnce();
});
