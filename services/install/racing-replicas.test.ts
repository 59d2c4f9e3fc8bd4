import { expect, test } from 'vitest';
import { customResourceDefinitions } from '../../shared/apis/apiextensions/v1.ts';
import { clusterCrd } from '../../shared/apis/cluster/v1alpha1.crd.ts';
import { configMaps } from '../../shared/apis/core/v1.ts';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
import { clusterInfoKubeconfig, ensureClusterInfo, newClusterInfo } from './cluster-info.ts';
import { ensureItem } from './ensure-item.ts';
import { newItem } from './install-step.ts';

/** Replicas of a hub start at the same time: whoever comes second, between another's look and its write, goes on. */

test('cluster-info that another replica has made meanwhile is taken as it is', async () => {
  const kube = newFakeKube();
  const info = { server: 'https://hub:6443', caPem: 'ca' };
  kube.before = (request) => {
    if (!request.startsWith('create configmaps')) return;
    kube.before = () => {};
    kube.put(configMaps, newClusterInfo(clusterInfoKubeconfig(info)));
  };
  expect(await ensureClusterInfo(kube.client, info)).toBe(false);
  expect(kube.requests.filter((request) => request.startsWith('create'))).toHaveLength(1);
});

test('a definition that another replica has brought up to date meanwhile is looked at again', async () => {
  const kube = newFakeKube();
  const older = { ...clusterCrd, spec: { ...clusterCrd.spec, versions: [] } };
  kube.put(customResourceDefinitions, older);
  kube.before = (request) => {
    if (!request.startsWith('patch')) return;
    kube.before = () => {};
    kube.put(customResourceDefinitions, clusterCrd);
  };
  expect(await ensureItem(kube.client, newItem(customResourceDefinitions, clusterCrd))).toBe('unchanged');
});
