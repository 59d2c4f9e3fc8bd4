import { expect, test } from 'vitest';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { rfc3339 } from '../../shared/controller/conditions.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { type Delivery, NOT_OURS } from './delivery.ts';
import type { InventoryRecord } from './inventory-record.ts';
import { objectId } from './manifest.ts';
import { type PruneDeps, pruneWork } from './prune-work.ts';

/** What pruning goes by itself, whatever the hub's history says. */

const object = { apiVersion: 'v1', group: '', kind: 'ConfigMap', namespace: 'default', name: 'b', uid: 'uid-b' };
const kept = { history: 'h', work: 'karmada-es-m1/w', generation: 1, resourceVersion: '100', objects: [object] };

type Version = { generation: number; resourceVersion: string };

function newScene(
  { generation, resourceVersion }: Version,
  confirm: () => Promise<string>,
  before: InventoryRecord | null = kept,
) {
  let record = before ?? undefined;
  const deps = {
    inventory: {
      get: () => record,
      put: (_uid: string, next: InventoryRecord) => {
        record = next;
      },
    },
    history: { confirm, known: async () => 'h' },
    clock: newFakeClock(),
    log: silentLogger,
    orphansChanged: () => {},
    typeOf: async () => undefined,
    watches: { get: () => undefined },
  } as unknown as PruneDeps;
  const metadata = { name: 'w', namespace: 'karmada-es-m1', generation, resourceVersion };
  const prune = (deliveries: Map<string, Delivery>) =>
    pruneWork(deps, { metadata, spec: {} } as Work, deliveries, new AbortController().signal);
  return { prune, record: () => record };
}

test.each<[string, Version, string[]]>([
  ['older', { generation: 2, resourceVersion: '50' }, ['WorkNotNewer']],
  ['of the same generation', { generation: 1, resourceVersion: '150' }, ['WorkNotNewer']],
  ['newer', { generation: 2, resourceVersion: '150' }, []],
])('of a Work that is %s than what was delivered', async (_what, version, orphaned) => {
  const { prune, record } = newScene(version, async () => 'h');
  await prune(new Map());
  const since = rfc3339(newFakeClock().now());
  expect(record()?.objects.map(({ orphaned: why }) => why)).toEqual(orphaned.map((reason) => ({ reason, since })));
});

test.each<[string, Version, string]>([
  ['older', { generation: 1, resourceVersion: '50' }, '100'],
  ['newer', { generation: 2, resourceVersion: '150' }, '150'],
])(
  'of a Work that names all it did, and is %s than what was delivered, while the hub can not be asked',
  async (_what, version, kept) => {
    const { prune, record } = newScene(version, async () => {
      throw new Error('away');
    });
    const id = objectId(object);
    const pruned = prune(new Map([[id, { id, identifier: object } as unknown as Delivery]])).catch(() => 'failed');
    expect([await pruned, record()?.resourceVersion]).toEqual([kept === '100' ? 'failed' : [], kept]);
  },
);

test('what was delivered stays on record though it is somebody else’s by now', async () => {
  const { prune, record } = newScene({ generation: 1, resourceVersion: '100' }, async () => 'h');
  const id = objectId(object);
  const failure = { message: 'no', reason: NOT_OURS, retry: 'slow' };
  await prune(new Map([[id, { id, identifier: object, failure } as unknown as Delivery]]));
  expect(record()?.objects).toEqual([object]);
});

test('what a Work names again is not proven to be unwanted any more, though it can not be applied now', async () => {
  const before = { ...kept, objects: [{ ...object, isLeaving: true as const }] };
  const { prune, record } = newScene({ generation: 2, resourceVersion: '150' }, async () => 'h', before);
  const id = objectId(object);
  const failure = { message: 'no room', reason: 'Forbidden', retry: 'backoff' };
  await prune(new Map([[id, { id, identifier: object, failure } as unknown as Delivery]]));
  expect(record()?.objects).toEqual([object]);
});

test('a Work of which nothing is written down has nothing to be asked about', async () => {
  const { prune, record } = newScene({ generation: 1, resourceVersion: '100' }, async () => 'h', null);
  expect(await prune(new Map())).toEqual([]);
  expect(record()?.objects).toEqual([]);
});

test.each([
  ['is not kept on record where there was one that is not the Work’s', NOT_OURS, []],
  ['is kept on record where the member refused it', 'Forbidden', [{ ...object, uid: '' }]],
])('what was only meant to be made %s', async (_what, reason, objects) => {
  const before = { ...kept, objects: [{ ...object, uid: '' }] };
  const { prune, record } = newScene({ generation: 1, resourceVersion: '100' }, async () => 'h', before);
  const id = objectId(object);
  const failure = { message: 'no', reason, retry: 'slow' };
  await prune(new Map([[id, { id, identifier: object, failure } as unknown as Delivery]]));
  expect(record()?.objects).toEqual(objects);
});
