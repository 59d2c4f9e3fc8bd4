import { afterEach, beforeEach, expect, test } from 'vitest';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { type Namespace, namespaces } from '../../shared/apis/core/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient, ListOptions } from '../../shared/client/client.ts';
import { type HubFixture, newHubFixture, newTestCluster } from './hub-fixture.ts';
import { listMetadata } from './list-metadata.ts';

let hub: HubFixture;
const { signal } = new AbortController();
const SPACE = 'karmada-es-m1';

beforeEach(async () => {
  hub = await newHubFixture();
});
afterEach(() => hub.stop());

function putWorks(count: number): void {
  for (let n = 0; n < count; n++) {
    hub.kube.put(works, {
      apiVersion: 'work.karmada.io/v1alpha1',
      kind: 'Work',
      metadata: {
        name: `w${n}`,
        namespace: SPACE,
        labels: { large: 'x' },
        finalizers: ['karmada.io/execution-controller'],
      },
      spec: { workload: { manifests: [] } },
    } as never);
  }
}

/** As an API server pages; notes what was asked for. */
function pageLists(client: KubeClient, asked: (number | undefined)[]): void {
  const whole = client.list.bind(client);
  client.list = (async (type: typeof works, options: ListOptions = {}) => {
    const list = await whole(type, options);
    if (type.resource === 'works') asked.push(options.limit);
    const start = Number(options.continue ?? 0);
    const end = start + (options.limit ?? Number.POSITIVE_INFINITY);
    const more = end < list.items.length ? { continue: String(end) } : {};
    return { ...list, metadata: { ...list.metadata, ...more }, items: list.items.slice(start, end) };
  }) as KubeClient['list'];
}

test('all pages are read, and of each object what says which it is', async () => {
  const asked: (number | undefined)[] = [];
  pageLists(hub.kube.client, asked);
  putWorks(50);
  const found = await listMetadata(hub.kube.client, works, SPACE, signal);
  expect(found.map(({ name }) => name)).toEqual(Array.from({ length: 50 }, (_, n) => `w${n}`));
  expect(Object.keys(found[0] ?? {})).toEqual(['name', 'namespace', 'uid', 'resourceVersion', 'finalizers']);
  expect(asked).toEqual([20, 20, 20]);
});

test('a cluster with more Works than a page leaves, and its Works are never read all at once', async () => {
  const { kube } = hub;
  const asked: (number | undefined)[] = [];
  pageLists(kube.client, asked);
  await hub.start();
  const metadata = { name: 'm1', annotations: { 'pullet.io/force-removal': 'true' } };
  await kube.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SPACE } } as Namespace);
  kube.put(clusters, { ...newTestCluster('Unknown'), metadata });
  await hub.until(() => kube.get('clusters.cluster.karmada.io', 'm1')?.metadata.finalizers !== undefined);
  putWorks(50);
  await kube.client.delete(clusters, { name: 'm1' }, { signal });
  await expect
    .poll(() => hub.clock.advance(1000).then(() => kube.get('clusters.cluster.karmada.io', 'm1')))
    .toBeUndefined();
  expect(new Set(asked)).toEqual(new Set([20]));
});
