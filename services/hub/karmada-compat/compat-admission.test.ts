import { expect, test } from 'vitest';
import { namespaces } from '../../../shared/apis/core/v1.ts';
import { newFakeKube } from '../../../shared/controller/fake-kube.ts';
import type { AdmissionContext } from '../../apiserver/registry/registry.ts';
import { newCompatAdmission } from './compat-admission.ts';

async function makeCluster(name: string, operation = 'CREATE'): Promise<void> {
  const kube = newFakeKube();
  for (const [cluster, isKarmadas] of [
    ['karmadas', 'true'],
    ['own', 'false'],
  ])
    kube.put(namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: `karmada-es-${cluster}`, annotations: { 'pullet.io/karmada-agent': isKarmadas ?? '' } },
    });
  const context = {
    user: { name: 'admin', groups: ['system:masters'] },
    definition: { group: 'cluster.karmada.io', plural: 'clusters' },
    operation,
    subresource: '',
    namespace: '',
    name,
  };
  const object = { apiVersion: 'cluster.karmada.io/v1alpha1', kind: 'Cluster', metadata: { name } };
  await newCompatAdmission(() => kube.client)(context as unknown as AdmissionContext, object, undefined);
}

test('nobody makes a Cluster whose Secret the karmada-agent of another could read', async () => {
  await expect(makeCluster('karmadas-impersonator')).rejects.toThrow('take another name');
  await makeCluster('karmadas-impersonator', 'UPDATE');
  await makeCluster('own-impersonator');
  await makeCluster('unknown-impersonator');
  await makeCluster('karmadas');
});
