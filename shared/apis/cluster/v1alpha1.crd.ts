import { newCrd } from '../apiextensions/new-crd.ts';
import type { CustomResourceDefinition } from '../apiextensions/v1.ts';
import { ClusterSpecSchema, ClusterStatusSchema } from './v1alpha1.schema.ts';
import { CLUSTER_GROUP } from './v1alpha1.ts';

/** clusters.cluster.karmada.io; the columns are those that the wire contract gives (section 5.1). */
export const clusterCrd: CustomResourceDefinition = newCrd({
  group: CLUSTER_GROUP,
  version: 'v1alpha1',
  kind: 'Cluster',
  description: 'A Kubernetes cluster that is registered with this hub: a member.',
  plural: 'clusters',
  scope: 'Cluster',
  categories: ['karmada-io'],
  spec: ClusterSpecSchema,
  status: ClusterStatusSchema,
  columns: [
    { name: 'Version', type: 'string', jsonPath: '.status.kubernetesVersion' },
    { name: 'Mode', type: 'string', jsonPath: '.spec.syncMode' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    { name: 'Zones', type: 'string', jsonPath: '.spec.zones', priority: 1 },
    { name: 'Region', type: 'string', jsonPath: '.spec.region', priority: 1 },
    { name: 'Provider', type: 'string', jsonPath: '.spec.provider', priority: 1 },
    { name: 'API-Endpoint', type: 'string', jsonPath: '.spec.apiEndpoint', priority: 1 },
    { name: 'Proxy-URL', type: 'string', jsonPath: '.spec.proxyURL', priority: 1 },
  ],
});
