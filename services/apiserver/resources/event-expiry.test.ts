import { beforeEach, describe, expect, test } from 'vitest';
import { type Fixture, newFixture } from '../handlers/request-fixture.ts';
import { encodeStored } from '../registry/object-codec.ts';

let api: Fixture;
let told = 0;
const MINUTE = 60_000;
const MERGE = 'application/merge-patch+json';

beforeEach(async () => {
  api = newFixture();
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
});

const where = { resource: 'events', namespace: 'default' };
const create = (name: string, more: object = {}) =>
  api.send({ ...where, verb: 'create', body: { metadata: { name }, involvedObject: { kind: 'Pod' }, ...more } });
const touch = (name: string) =>
  api.send({ ...where, verb: 'patch', name, body: { message: `${++told}` }, contentType: MERGE });
const names = async () =>
  (await api.send({ ...where, verb: 'list' })).body.items?.map(({ metadata }) => metadata.name).sort();
/** Something happens every minute, as it does in a hub with members. */
async function pass(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    api.advance(MINUTE);
    await create('tick', {}).then(({ code }) => (code === 409 ? touch('tick') : undefined));
  }
}

/** One that was written before this process began; `times`: of who wrote it. */
async function stored(name: string, times: string[]): Promise<void> {
  const definition = api.registry.catalog.find('', 'v1', 'events');
  if (!definition) throw new Error('events are served');
  const metadata = {
    name,
    namespace: 'default',
    creationTimestamp: '2026-03-01T09:00:00Z',
    managedFields: times.map((time) => ({ manager: 'agent', operation: 'Update' as const, time })),
  };
  const event = { apiVersion: 'v1', kind: 'Event', metadata, involvedObject: {} };
  await api.storage.put(`/core/events/default/${name}`, 0, (revision) => encodeStored(definition, event, revision));
}

describe('an event', () => {
  test('lives for an hour after it was made, whatever time it tells', async () => {
    await create('late', { lastTimestamp: '2026-03-01T10:00:00Z' });
    await create('early', { lastTimestamp: '2199-01-01T00:00:00Z' });
    await create('none');
    await pass(59);
    expect(await names()).toEqual(['early', 'late', 'none', 'tick']);
    await pass(3);
    await expect.poll(names).toEqual(['tick']);
  });

  test('that is told again lives for an hour after that', async () => {
    await create('again');
    await create('once');
    await pass(30);
    await touch('again');
    await pass(35);
    await expect.poll(names).toEqual(['again', 'tick']);
    await pass(30);
    await expect.poll(names).toEqual(['tick']);
  });

  test('lives for an hour where hardly any come', async () => {
    await create('old');
    api.advance(61 * MINUTE);
    await create('other');
    await expect.poll(names).toEqual(['other']);
  });

  test('from before a restart goes by what the server noted, and an hour after the restart at the latest', async () => {
    await stored('long-ago', ['2026-03-01T10:59:00Z']);
    await stored('lately', ['2026-03-01T11:30:00Z']);
    await stored('some-day', ['2199-01-01T00:00:00Z']);
    await pass(1);
    await expect.poll(names).toEqual(['lately', 'some-day', 'tick']);
    await pass(30);
    await expect.poll(names).toEqual(['some-day', 'tick']);
    await pass(32);
    await expect.poll(names).toEqual(['tick']);
  });
});

test('one that very many have written does not keep the others', async () => {
  await stored(
    'odd',
    Array.from({ length: 130_000 }, () => '2026-03-01T11:30:00Z'),
  );
  await stored('old', ['2026-03-01T10:59:00Z']);
  await pass(1);
  await expect.poll(names).toEqual(['odd', 'tick']);
});

test('so many that they fill several pages go, a page at a time', async () => {
  const sizes: number[] = [];
  const { storage } = api.registry;
  api.registry.storage = {
    ...storage,
    list: (request) => {
      const result = storage.list(request);
      if (request.limit !== undefined) sizes.push(result.entries.length);
      return result;
    },
  };
  for (let n = 0; n < 1100; n++) await create(`e${n}`);
  sizes.length = 0;
  api.advance(61 * MINUTE);
  await create('other');
  await expect.poll(names).toEqual(['other']);
  expect(Math.max(...sizes)).toBe(500);
});
