import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { EXECUTION_FINALIZER, type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import { eventually } from './eventually.ts';
import type { TestHub } from './start-hub.ts';

/** Works and the manifests in them. */

export function newWork(cluster: string, name: string, manifests: Unstructured[]): Work {
  return {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: { name, namespace: executionSpace(cluster), finalizers: [EXECUTION_FINALIZER] },
    spec: { workload: { manifests } },
  };
}

export function getWork(hub: Pick<TestHub, 'client'>, cluster: string, name: string): Promise<Work> {
  return hub.client.get(works, { name, namespace: executionSpace(cluster) });
}

/** Resolves when the Work says Applied with that status. */
export function untilApplied(
  hub: Pick<TestHub, 'client'>,
  cluster: string,
  name: string,
  status = 'True',
): Promise<Work> {
  return eventually(`work ${name} is Applied=${status}`, async () => {
    const work = await getWork(hub, cluster, name);
    const applied = work.status?.conditions?.find(({ type }) => type === 'Applied');
    return applied?.status === status ? work : undefined;
  });
}

export function namespaceManifest(name: string): Unstructured {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

export function configMapManifest(namespace: string, name: string, data: Record<string, string>): Unstructured {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data };
}

/** A Work `shop` with a ConfigMap `shop/settings`, delivered: something to keep as it is. */
export async function deliverShop(hub: Pick<TestHub, 'client'>, cluster: string): Promise<void> {
  const manifests = [namespaceManifest('shop'), configMapManifest('shop', 'settings', { a: 'b' })];
  await hub.client.create(works, newWork(cluster, 'shop', manifests));
  await untilApplied(hub, cluster, 'shop');
}

export function deploymentManifest(namespace: string, name: string, replicas = 2): Unstructured {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx:1.29' }] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name },
    spec: { replicas, selector: { matchLabels: labels }, template },
  };
}
