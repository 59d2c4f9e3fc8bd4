import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { customResourceDefinitions } from '../../../shared/apis/apiextensions/v1.ts';
import { configMaps } from '../../../shared/apis/core/v1.ts';
import type { KubeObject, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { FakeClock } from '../../../shared/controller/fake-clock.ts';
import type { FakeKube } from '../../../shared/controller/fake-kube.ts';
import { type HubFixture, newHubFixture } from '../hub-fixture.ts';

let hub: HubFixture;
let kube: FakeKube;
let clock: FakeClock;

beforeEach(async () => {
  hub = await newHubFixture();
  ({ kube, clock } = hub);
});
afterEach(() => hub.stop());

describe('garbage', () => {
  const owned = (name: string, owners: Unstructured[], block = true): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: 'n',
      ...(owners.length === 0
        ? {}
        : {
            ownerReferences: owners.map(({ metadata }) => ({
              apiVersion: 'v1',
              kind: 'ConfigMap',
              name: metadata.name ?? '',
              uid: metadata.uid ?? '',
              blockOwnerDeletion: block,
            })),
          }),
    },
  });
  const put = (name: string, owners: Unstructured[] = [], block = true) =>
    kube.put(configMaps, owned(name, owners, block));
  const names = () => kube.list('configmaps').map(({ metadata }) => metadata.name);
  const remove = (name: string, propagationPolicy: 'Background' | 'Foreground' | 'Orphan') =>
    kube.client.delete(configMaps, { name, namespace: 'n' }, { propagationPolicy });

  test('goes in the background, however deep', async () => {
    await hub.start();
    const a = put('a');
    put('c', [put('b', [a])]);
    put('free');
    await remove('a', 'Background');
    await hub.until(() => names().length === 1);
    expect(names()).toEqual(['free']);
  });

  test('is found at the start too', async () => {
    const a = put('a');
    put('b', [a]);
    await remove('a', 'Background');
    expect(names()).toEqual(['b']);
    await hub.start();
    await hub.until(() => names().length === 0);
  });

  test('stays while another owner is there, and forgets the one that is gone', async () => {
    await hub.start();
    const [a, other] = [put('a'), put('other')];
    put('b', [a, other]);
    await remove('a', 'Background');
    await hub.until(() => kube.get('configmaps', 'n/b')?.metadata.ownerReferences?.length === 1);
    expect(kube.get('configmaps', 'n/b')?.metadata.ownerReferences).toMatchObject([{ name: 'other' }]);
  });

  test('that another owner keeps holds nobody up who goes in the foreground', async () => {
    await hub.start();
    const [a, other] = [put('a'), put('other')];
    put('b', [a, other]);
    await remove('a', 'Foreground');
    await hub.until(() => !names().includes('a'));
    expect(kube.get('configmaps', 'n/b')?.metadata.ownerReferences).toMatchObject([{ name: 'other' }]);
  });

  test('goes before its owner in the foreground', async () => {
    await hub.start();
    const a = put('a');
    kube.put(configMaps, {
      ...owned('b', [a]),
      metadata: { ...owned('b', [a]).metadata, finalizers: ['somebody/waits'] },
    });
    await remove('a', 'Foreground');
    await hub.until(() => kube.get('configmaps', 'n/b')?.metadata.deletionTimestamp !== undefined);
    expect(names()).toEqual(['a', 'b']);
    await kube.client.patch(
      configMaps,
      { name: 'b', namespace: 'n' },
      { type: 'merge', patch: { metadata: { finalizers: [] } } },
    );
    await hub.until(() => names().length === 0);
  });

  test('is set free by an owner deleted as an orphan’s', async () => {
    await hub.start();
    put('b', [put('a')]);
    await remove('a', 'Orphan');
    await hub.until(() => kube.get('configmaps', 'n/a') === undefined);
    await clock.advance(1000);
    expect(kube.get('configmaps', 'n/b')?.metadata.ownerReferences).toBeUndefined();
  });

  test('is not what a cache has not heard of yet: the API is asked', async () => {
    await hub.start();
    const a = put('a');
    kube.requests.length = 0;
    put('b', [{ ...a, metadata: { name: 'a', uid: 'another' } }]);
    await hub.until(() => !names().includes('b'));
    expect(kube.requests).toContain('get configmaps n/a');
  });

  test('is not judged when its owner’s kind is not served', async () => {
    await hub.start();
    const foreign = owned('b', []);
    const ownerReferences = [{ apiVersion: 'foreign.io/v1', kind: 'Thing', name: 'x', uid: 'x' }];
    kube.put(configMaps, { ...foreign, metadata: { ...foreign.metadata, ownerReferences } });
    await clock.advance(5000);
    expect(names()).toEqual(['b']);
  });

  test('is collected for kinds that come later', async () => {
    await hub.start();
    kube.documents.set('/apis', {
      groups: [{ preferredVersion: { groupVersion: 'late.io/v1' }, versions: [{ groupVersion: 'late.io/v1' }] }],
    });
    const late = { group: 'late.io', version: 'v1', resource: 'things', kind: 'Thing', namespaced: true };
    kube.documents.set('/apis/late.io/v1', {
      resources: [{ name: 'things', kind: 'Thing', namespaced: true, verbs: ['list', 'watch', 'delete'] }],
    });
    kube.put(customResourceDefinitions, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.late.io' },
    });
    await clock.advance(1000);
    const owner = kube.put(late, { apiVersion: 'late.io/v1', kind: 'Thing', metadata: { name: 't', namespace: 'n' } });
    const child = owned('b', [owner]);
    const ownerReferences = [{ apiVersion: 'late.io/v1', kind: 'Thing', name: 't', uid: owner.metadata.uid ?? '' }];
    kube.put(configMaps, { ...child, metadata: { ...child.metadata, ownerReferences } });
    await clock.advance(100);
    expect(names()).toEqual(['b']);
    await kube.client.delete(late, { name: 't', namespace: 'n' });
    await hub.until(() => names().length === 0);
  });
});
