import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configMaps, type Namespace, namespaces, pods } from '../../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import { roleBindings } from '../../../shared/apis/rbac/v1.ts';
import type { FakeClock } from '../../../shared/controller/fake-clock.ts';
import type { FakeKube } from '../../../shared/controller/fake-kube.ts';
import { type HubFixture, newHubFixture } from '../hub-fixture.ts';
import { readServedResources } from '../served-resources.ts';
import { reconcileNamespace } from './reconcile.ts';

let hub: HubFixture;
let kube: FakeKube;
let clock: FakeClock;

beforeEach(async () => {
  hub = await newHubFixture();
  ({ kube, clock } = hub);
});
afterEach(() => hub.stop());

describe('a namespace that is deleted', () => {
  const configMap = (finalizers?: string[]) =>
    ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'n', ...(finalizers ? { finalizers } : {}) },
    }) as KubeObject;
  const conditionsOf = () => {
    const { conditions = [] } = (kube.get('namespaces', 'n')?.['status'] ?? {}) as {
      conditions?: { type: string; status: string; message: string }[];
    };
    return Object.fromEntries(conditions.map(({ type, status, message }) => [type, `${status}: ${message}`]));
  };

  test('is emptied, rights last, and then gone', async () => {
    await hub.start();
    await kube.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
    kube.put(roleBindings, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'r', namespace: 'n' },
    });
    kube.put(configMaps, configMap(['somebody/waits']));
    await kube.client.delete(namespaces, { name: 'n' });
    await hub.until(() => kube.get('namespaces', 'n')?.['status'] !== undefined);
    expect(conditionsOf()).toMatchObject({
      NamespaceContentRemaining: 'True: Some resources are remaining: configmaps. has 1 resource instances',
      NamespaceFinalizersRemaining:
        'True: Some content in the namespace has finalizers remaining: somebody/waits in 1 resource instances',
      NamespaceDeletionContentFailure: expect.stringMatching('^False'),
    });
    expect(kube.get('rolebindings.rbac.authorization.k8s.io', 'n/r')).toBeDefined();
    await kube.client.patch(
      configMaps,
      { name: 'c', namespace: 'n' },
      { type: 'merge', patch: { metadata: { finalizers: [] } } },
    );
    await clock.advance(1000);
    await hub.until(() => kube.get('namespaces', 'n') === undefined);
    expect(kube.get('rolebindings.rbac.authorization.k8s.io', 'n/r')).toBeUndefined();
  });

  test('loses its pods first, and says when nothing remains though somebody else holds it', async () => {
    await hub.start();
    const held = { name: 'n', finalizers: ['somebody/else'] };
    await kube.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: held });
    kube.put(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'n', finalizers: ['somebody/waits'] },
    } as KubeObject);
    kube.put(configMaps, configMap());
    await kube.client.delete(namespaces, { name: 'n' });
    await hub.until(() => kube.get('namespaces', 'n')?.['status'] !== undefined);
    expect(conditionsOf()['NamespaceContentRemaining']).toMatch('remaining: pods. has 1 resource instances');
    expect(kube.get('configmaps', 'n/c')).toBeDefined();
    await kube.client.patch(
      pods,
      { name: 'p', namespace: 'n' },
      { type: 'merge', patch: { metadata: { finalizers: [] } } },
    );
    await clock.advance(1000);
    await hub.until(() => (conditionsOf()['NamespaceContentRemaining'] ?? '').startsWith('False'));
    expect(kube.get('configmaps', 'n/c')).toBeUndefined();
  });

  test('stays while part of the API can’t be read, and says so', async () => {
    await hub.start();
    kube.documents.delete('/apis/work.karmada.io/v1alpha1');
    await kube.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
    await kube.client.delete(namespaces, { name: 'n' });
    await hub.until(() => kube.get('namespaces', 'n')?.['status'] !== undefined);
    expect(conditionsOf()['NamespaceDeletionDiscoveryFailure']).toContain('work.karmada.io/v1alpha1');
  });
});

const { signal } = new AbortController();
const depsWith = (cached: Namespace) => ({
  client: kube.client,
  clock,
  getNamespace: () => cached,
  readServedResources: () => readServedResources(kube.client, signal),
});

test.each([
  ['just now', 0, 1000],
  ['by a clock that is ahead', -60_000, 1000],
  ['half a minute ago', 30_000, 3000],
  ['a day ago', 24 * 3600_000, 15_000],
])('one that was deleted %s and waits for somebody is looked at again in time', async (_, agoMs, requeueAfterMs) => {
  kube.put(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c', namespace: 'n', finalizers: ['somebody/waits'] },
  } as KubeObject);
  const namespace: Namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'n', deletionTimestamp: new Date(clock.now() - agoMs).toISOString() },
    spec: { finalizers: ['kubernetes'] },
  };
  const stored = kube.put(namespaces, namespace) as Namespace;
  expect(await reconcileNamespace(depsWith(stored), 'n', signal)).toEqual({ requeueAfterMs });
});

test('one that is not the one of the cache any more keeps what is in it', async () => {
  const former: Namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'n', uid: 'former', deletionTimestamp: '2026-01-01T00:00:00Z' },
    spec: { finalizers: ['kubernetes'] },
  };
  await kube.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
  kube.put(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'n' } });
  expect(await reconcileNamespace(depsWith(former), 'n', signal)).toBeUndefined();
  expect(kube.get('configmaps', 'n/c')).toBeDefined();
});
