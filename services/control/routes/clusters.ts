import { clusters, FORCE_REMOVAL_ANNOTATION } from '../../../shared/apis/cluster/v1alpha1.ts';
import { isNotFound } from '../../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { changeCluster } from '../change-cluster.ts';
import { clusterView } from '../cluster-view.ts';
import { newRoute, type Route } from '../route.ts';
import {
  ClusterChange,
  ClusterPage,
  ClusterParams,
  ClusterQuery,
  ClusterSchema,
  Removal,
  RemovalQuery,
} from '../schemas/cluster.ts';
import { pageAnswer, pageOptions } from '../schemas/page.ts';

/** The registered clusters. Rights are those on clusters.cluster.karmada.io. */
export function clusterRoutes(): Route[] {
  return [listRoute, getRoute, changeRoute, removeRoute];
}

const tag = 'clusters';

const listRoute = newRoute({
  method: 'get',
  path: '/clusters',
  operationId: 'listClusters',
  summary: 'List the clusters',
  tag,
  query: ClusterQuery,
  answer: { status: 200, description: 'a page of clusters', schema: ClusterPage },
  handle: async ({ query }, { client, signal }) => {
    const { labelSelector } = query;
    const options = { ...pageOptions(query), ...(labelSelector ? { labelSelector } : {}), signal };
    const { metadata, items } = await client.list(clusters, options);
    return { status: 200, body: { items: items.map(clusterView), ...pageAnswer(metadata) } };
  },
});

const getRoute = newRoute({
  method: 'get',
  path: '/clusters/{name}',
  operationId: 'getCluster',
  summary: 'Describe a cluster',
  tag,
  params: ClusterParams,
  answer: { status: 200, description: 'the cluster', schema: ClusterSchema },
  handle: async ({ params }, { client, signal }) => ({
    status: 200,
    body: clusterView(await client.get(clusters, { name: params.name }, { signal })),
  }),
});

const changeRoute = newRoute({
  method: 'patch',
  path: '/clusters/{name}',
  operationId: 'changeCluster',
  summary: 'Cordon or uncordon a cluster; change its labels, display name and description',
  description: 'What is not named stays as it is. Needs the rights to get and patch the cluster.',
  tag,
  params: ClusterParams,
  body: ClusterChange,
  answer: { status: 200, description: 'the cluster as it is then', schema: ClusterSchema },
  handle: async ({ params, body }, { client, signal }) => ({
    status: 200,
    body: clusterView(await changeCluster(client, params.name, body, signal)),
  }),
});

const removeRoute = newRoute({
  method: 'delete',
  path: '/clusters/{name}',
  operationId: 'removeCluster',
  summary: 'Remove a cluster from the hub',
  description:
    'What was delivered to it is taken out first, so that it goes some time after this answer. With `force` the right to patch the cluster is needed too.',
  tag,
  params: ClusterParams,
  query: RemovalQuery,
  answer: { status: 202, description: 'it is being removed', schema: Removal },
  handle: async ({ params: { name }, query }, { client, signal }) => {
    await client.delete(clusters, { name }, { signal });
    if (query.force) await forceRemoval(client, name, signal);
    return { status: 202, body: { name, removing: true } };
  },
});

async function forceRemoval(client: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  const patch = { metadata: { annotations: { [FORCE_REMOVAL_ANNOTATION]: 'true' } } };
  try {
    await client.patch(clusters, { name }, { type: 'merge', patch }, { signal });
  } catch (error) {
    if (!isNotFound(error)) throw error; // gone already
  }
}
