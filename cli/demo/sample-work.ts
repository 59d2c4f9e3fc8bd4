import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { EXECUTION_FINALIZER, type Work } from '../../shared/apis/work/v1alpha1.ts';

/** What the demo delivers to every member: a namespace, a config map and a deployment. */

export const SAMPLE_NAMESPACE = 'demo';
export const SAMPLE_DEPLOYMENT = 'hello';

export function newSampleWork(cluster: string): Work {
  return {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: { name: SAMPLE_DEPLOYMENT, namespace: executionSpace(cluster), finalizers: [EXECUTION_FINALIZER] },
    spec: { workload: { manifests: manifests(cluster) } },
  };
}

function manifests(cluster: string): Unstructured[] {
  const labels = { app: SAMPLE_DEPLOYMENT };
  const metadata = { name: SAMPLE_DEPLOYMENT, namespace: SAMPLE_NAMESPACE };
  const container = {
    name: 'web',
    image: 'nginx:1.29',
    ports: [{ containerPort: 80 }],
    envFrom: [{ configMapRef: { name: SAMPLE_DEPLOYMENT } }],
  };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SAMPLE_NAMESPACE } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { GREETING: `hello from ${cluster}` } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
  ];
}
