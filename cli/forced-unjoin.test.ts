import { beforeEach, describe, expect, test } from 'vitest';
import { clusters } from '../shared/apis/cluster/v1alpha1.ts';
import { namespaces } from '../shared/apis/core/v1.ts';
import { works } from '../shared/apis/work/v1alpha1.ts';
import { type FakeKube, newFakeKube } from '../shared/controller/fake-kube.ts';
import { removeByForce } from './forced-unjoin.ts';

let hub: FakeKube;
let warnings: string[];

beforeEach(async () => {
  hub = newFakeKube();
  warnings = [];
  const finalizers = ['karmada.io/cluster-controller'];
  hub.put(clusters, {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'm1', finalizers },
  });
  await hub.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'karmada-es-m1' } });
  putWork('w', ['karmada.io/execution-controller']);
  await hub.client.delete(clusters, { name: 'm1' });
});

function putWork(name: string, finalizers: string[]): void {
  const manifests = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: 'shop', name: 'web' } },
  ];
  hub.put(works, {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: { name, namespace: 'karmada-es-m1', finalizers },
    spec: { workload: { manifests } },
  } as never);
}

const isThere = (): boolean => hub.get('clusters.cluster.karmada.io', 'm1') !== undefined;
const force = (): Promise<string[]> =>
  removeByForce({
    hub: hub.client,
    cluster: 'm1',
    untilGone: async () => !isThere(),
    warn: (text) => warnings.push(text),
  });

describe('where no hub is at work, by force', () => {
  test('Works and Cluster go, and what stays in the member is told', async () => {
    expect(await force()).toEqual(['Namespace shop', 'Deployment shop/web']);
    expect(hub.list('works.work.karmada.io')).toEqual([]);
    expect(hub.get('namespaces', 'karmada-es-m1')?.metadata.deletionTimestamp).toBeDefined();
    expect(isThere()).toBe(false);
    expect(warnings).toEqual([]);
  });

  test('a Work is deleted before its finalizer goes: nobody may put it back', async () => {
    await force();
    const about = hub.requests.filter((request) => request.endsWith('works.work.karmada.io karmada-es-m1/w'));
    expect(about.map((request) => request.split(' ')[0])).toEqual(['delete', 'get', 'patch']);
  });

  test('others’ finalizers stay, and are told of', async () => {
    hub.put(clusters, {
      ...hub.get('clusters.cluster.karmada.io', 'm1'),
      metadata: { name: 'm1', deletionTimestamp: 'now', finalizers: ['karmada.io/cluster-controller', 'theirs'] },
    } as never);
    await force();
    expect(hub.get('clusters.cluster.karmada.io', 'm1')?.metadata.finalizers).toEqual(['theirs']);
    expect(warnings).toEqual(['cluster m1 is still there: something else holds it\n']);
  });

  test('a failure is told and the rest is done', async () => {
    hub.before = (request) => {
      if (request.startsWith('patch works')) throw new Error('no right');
    };
    await force();
    expect(warnings).toEqual(['could not strip work karmada-es-m1/w: no right\n']);
    expect(isThere()).toBe(false);
  });
});
