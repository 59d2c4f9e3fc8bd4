/** The Works of the agents' benchmark: each holds a ConfigMap and a Deployment, marked as Karmada's control plane marks them. */

import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import {
  EXECUTION_FINALIZER,
  MANAGED_LABEL,
  TEMPLATE_GENERATION_ANNOTATION,
  WORK_NAME_ANNOTATION,
  WORK_NAMESPACE_ANNOTATION,
  type Work,
} from '../../shared/apis/work/v1alpha1.ts';

export interface LoadedWork {
  cluster: string;
  /** Of the objects, in the member. */
  namespace: string;
  index: number;
  /** Told apart by their content. */
  version: number;
}

export function workName({ index }: Pick<LoadedWork, 'index'>): string {
  return `work-${index}`;
}

export function newLoadedWork(load: LoadedWork): Work {
  const namespace = executionSpace(load.cluster);
  return {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: { name: workName(load), namespace, finalizers: [EXECUTION_FINALIZER] },
    spec: { workload: { manifests: manifestsOf(load) } },
  };
}

export function manifestsOf(load: LoadedWork): Unstructured[] {
  const name = workName(load);
  const metadata = {
    namespace: load.namespace,
    name,
    labels: { [MANAGED_LABEL]: 'true' },
    annotations: {
      [WORK_NAME_ANNOTATION]: name,
      [WORK_NAMESPACE_ANNOTATION]: executionSpace(load.cluster),
      [TEMPLATE_GENERATION_ANNOTATION]: String(load.version),
    },
  };
  const labels = { app: name };
  const containers = [{ name: 'web', image: 'nginx:1.29', env: [{ name: 'VERSION', value: String(load.version) }] }];
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { version: String(load.version) } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    },
  ];
}
