import { expect, test } from 'vitest';
import { configMaps } from '../../shared/apis/core/v1.ts';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
import { clusterInfoKubeconfig, newClusterInfo, readClusterInfo } from './cluster-info.ts';

const info = { server: 'https://hub.example.com:6443', caPem: '-----BEGIN CERTIFICATE-----\n' };

test.each([
  ['nothing where it is not there', undefined, undefined],
  ['nothing where it can not be read', 'clusters: [', undefined],
  ['nothing where it names no server', 'clusters: []', undefined],
  ['where members reach the hub, and whom they trust', clusterInfoKubeconfig(info), info],
  [
    'no authority where none is named',
    'clusters: [{cluster: {server: https://hub.example.com:6443/}}]',
    { server: 'https://hub.example.com:6443', caPem: '' },
  ],
])('cluster-info tells %s', async (_, kubeconfig, told) => {
  const kube = newFakeKube();
  if (kubeconfig !== undefined) kube.put(configMaps, newClusterInfo(kubeconfig));
  expect(await readClusterInfo(kube.client)).toEqual(told);
});
