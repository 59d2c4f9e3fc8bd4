import { expect, test } from 'vitest';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { configMaps, secrets, serviceAccounts } from '../../shared/apis/core/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
import { othersIn } from './namespace-content.ts';

test('what has the name of something known, and is of another kind, is somebody else’s', async () => {
  const kube = newFakeKube();
  const namespace = 'karmada-cluster';
  const put = (type: ResourceType, name: string) =>
    kube.put(type, { apiVersion: 'v1', kind: type.kind, metadata: { name, namespace } });
  put(configMaps, 'agent-keys-m1');
  put(configMaps, 'kube-root-ca.crt');
  put(serviceAccounts, 'default');
  put(leases, 'pullet-hub');
  const { signal } = new AbortController();
  expect(await othersIn(kube.client, namespace, signal)).toEqual([]);
  put(secrets, 'agent-keys-m1');
  put(configMaps, 'default');
  put(serviceAccounts, 'pullet-hub');
  expect(await othersIn(kube.client, namespace, signal)).toEqual([
    'Secret agent-keys-m1',
    'ServiceAccount pullet-hub',
    'ConfigMap default',
  ]);
});
