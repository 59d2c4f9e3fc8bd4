import { expect, test } from 'vitest';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import type { InventoryRecord } from './inventory-record.ts';
import { type PruneDeps, pruneWork } from './prune-work.ts';

/** What pruning goes by itself, whatever the hub's history says. */

const object = { apiVersion: 'v1', group: '', kind: 'ConfigMap', namespace: 'default', name: 'b', uid: 'uid-b' };
const kept = { history: 'h', work: 'karmada-es-m1/w', generation: 1, resourceVersion: '100', objects: [object] };

test.each<[string, { generation: number; resourceVersion: string }, string[]]>([
  ['older', { generation: 2, resourceVersion: '50' }, ['WorkNotNewer']],
  ['of the same generation', { generation: 1, resourceVersion: '150' }, ['WorkNotNewer']],
  ['newer', { generation: 2, resourceVersion: '150' }, []],
])('of a Work that is %s than what was delivered', async (_what, metadata, orphaned) => {
  let record: InventoryRecord = kept;
  const deps = {
    inventory: {
      get: () => record,
      put: (_uid: string, next: InventoryRecord) => {
        record = next;
      },
    },
    history: { confirm: async () => 'h' },
    clock: newFakeClock(),
    log: silentLogger,
    orphansChanged: () => {},
    resourceFor: async () => undefined,
    watches: { get: () => undefined },
  } as unknown as PruneDeps;
  const work = { metadata: { name: 'w', namespace: 'karmada-es-m1', ...metadata }, spec: {} } as Work;
  await pruneWork(deps, work, new Map(), new AbortController().signal);
  expect(record.objects.map(({ orphaned: why }) => why?.reason)).toEqual(orphaned);
});
