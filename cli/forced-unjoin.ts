import {
  CLUSTER_FINALIZER,
  clusters,
  executionSpace,
  FORCE_REMOVAL_ANNOTATION,
} from '../shared/apis/cluster/v1alpha1.ts';
import { namespaces } from '../shared/apis/core/v1.ts';
import { isNotFound } from '../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../shared/apis/meta/v1.ts';
import type { ResourceType } from '../shared/apis/resource-type.ts';
import { EXECUTION_FINALIZER, type Work, works } from '../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../shared/client/client.ts';

/**
 * Takes a cluster off the hub that nobody works for any more: Works, their namespace and the Cluster go without what they wait for. Errors
 * are told and passed over. Source: the wire contract, section 3.3.
 */
export interface ForcedRemoval {
  hub: KubeClient;
  cluster: string;
  /** Resolves when the Cluster is gone, or after a while. */
  untilGone(): Promise<boolean>;
  warn(text: string): void;
}

/** Resolves to the objects that stay in the member, as `Kind namespace/name`, by what the removed Works had in them. */
export async function removeByForce(removal: ForcedRemoval): Promise<string[]> {
  const { hub, cluster, untilGone } = removal;
  // A hub that is at work does the rest in its own order, and at once.
  const patch = { metadata: { annotations: { [FORCE_REMOVAL_ANNOTATION]: 'true' } } };
  const annotate = () => hub.patch(clusters, { name: cluster }, { type: 'merge', patch });
  const left = await tolerated(removal, 'list the Works', () => removeWorks(removal));
  await tolerated(removal, `annotate cluster ${cluster}`, annotate);
  if (!(await untilGone())) {
    const space = { name: executionSpace(cluster) };
    await tolerated(removal, `delete namespace ${space.name}`, () => hub.delete(namespaces, space));
    await tolerated(removal, `strip cluster ${cluster}`, () =>
      strip(removal, clusters, { name: cluster }, CLUSTER_FINALIZER),
    );
    if (!(await untilGone())) removal.warn(`cluster ${cluster} is still there: something else holds it\n`);
  }
  return left ?? [];
}

/** Deleted first: what is being deleted gets no finalizer any more. */
async function removeWorks(removal: ForcedRemoval): Promise<string[]> {
  const namespace = executionSpace(removal.cluster);
  const { items } = await removal.hub.list(works, { namespace });
  for (const { metadata } of items) {
    const key = { namespace, name: metadata.name ?? '' };
    await tolerated(removal, `delete work ${namespace}/${key.name}`, () => removal.hub.delete(works, key));
    await tolerated(removal, `strip work ${namespace}/${key.name}`, () =>
      strip(removal, works, key, EXECUTION_FINALIZER),
    );
  }
  return items.flatMap(objectsOf);
}

async function strip<T extends KubeObject>(
  { hub }: ForcedRemoval,
  type: ResourceType<T>,
  key: { name: string; namespace?: string },
  finalizer: string,
): Promise<void> {
  const { metadata } = await hub.get(type, key);
  const { resourceVersion, finalizers = [] } = metadata;
  if (!finalizers.includes(finalizer)) return;
  const patch = { metadata: { resourceVersion, finalizers: finalizers.filter((other) => other !== finalizer) } };
  await hub.patch(type, key, { type: 'merge', patch });
}

function objectsOf({ spec }: Work): string[] {
  const manifests = (spec.workload?.manifests ?? []) as Partial<KubeObject>[];
  return manifests.map(
    ({ kind, metadata }) => `${kind} ${metadata?.namespace ? `${metadata.namespace}/` : ''}${metadata?.name}`,
  );
}

async function tolerated<T>({ warn }: ForcedRemoval, what: string, task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task();
  } catch (error) {
    if (!isNotFound(error)) warn(`could not ${what}: ${(error as Error).message}\n`);
    return undefined;
  }
}
