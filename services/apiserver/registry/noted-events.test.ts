import { expect, test } from 'vitest';
import { type Fixture, newFixture } from '../handlers/request-fixture.ts';
import { eventsIn, joinNoted, withEvents } from './noted-events.ts';

const user = { name: 'system:hub', groups: ['system:masters'] };
const leases = { resource: 'leases.coordination.k8s.io', namespace: 'default' };

async function apiWithLease(): Promise<Fixture> {
  const api = newFixture();
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
  await api.send({ verb: 'create', ...leases, body: { metadata: { name: 'one' }, spec: { holderIdentity: 'a' } } });
  return api;
}

async function renew(api: Fixture, holderIdentity: string): Promise<void> {
  const { body } = await api.send({ verb: 'get', ...leases, name: 'one' });
  await api.send({ verb: 'update', ...leases, name: 'one', body: { ...body, spec: { holderIdentity } } });
}

const saidBy = (piece: Uint8Array): unknown[] =>
  Buffer.from(piece)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('a watcher in this process is told what the bytes say, one event or several in a piece', async () => {
  const api = await apiWithLease();
  const from = { resourceVersion: String(api.storage.revision()) };
  const watch = await api.open({ verb: 'watch', ...leases, query: from, inProcessUser: user });
  for (const holder of ['b', 'c']) await renew(api, holder);
  const several = await watch.piece();
  await api.send({ verb: 'delete', ...leases, name: 'one' });
  const one = await watch.piece();
  expect([several, one].map((piece) => saidBy(piece).length)).toEqual([2, 1]);
  for (const piece of [several, one]) expect(eventsIn(piece)).toEqual(saidBy(piece));
});

test('all watchers in this process get the same event', async () => {
  const api = await apiWithLease();
  const query = { resourceVersion: String(api.storage.revision()) };
  const watches = await Promise.all([
    api.open({ verb: 'watch', ...leases, query, inProcessUser: user }),
    api.open({ verb: 'watch', ...leases, query, inProcessUser: user }),
  ]);
  await renew(api, 'b');
  const [first, second] = await Promise.all(watches.map(async (watch) => eventsIn(await watch.piece())));
  expect(first?.[0]).toBe(second?.[0]);
  expect(first).toHaveLength(1);
});

test.each([
  ['as metadata', { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' }],
  ['as a table', { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }],
])('what is sent otherwise than it is stored has to be read: %s', async (_what, call) => {
  const api = await apiWithLease();
  const query = { resourceVersion: String(api.storage.revision()) };
  const watch = await api.open({ verb: 'watch', ...leases, query, ...call, inProcessUser: user });
  await renew(api, 'b');
  expect(eventsIn(await watch.piece())).toBeUndefined();
});

test('of a piece with something unknown in it nothing is known', () => {
  const unknown = Buffer.from('{}\n');
  const known = withEvents(unknown, [() => ({ type: 'ADDED', object: { apiVersion: 'v1', kind: 'A', metadata: {} } })]);
  expect(eventsIn(unknown)).toBeUndefined();
  expect(eventsIn(joinNoted([known, known]))).toHaveLength(2);
  expect(eventsIn(joinNoted([known, unknown]))).toBeUndefined();
  expect(Buffer.from(joinNoted([known, unknown])).toString()).toBe('{}\n{}\n');
});
