import { type Pod, pods } from '../../../../shared/apis/core/v1.ts';
import { isConflict, isNotFound } from '../../../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../../../shared/client/client.ts';
import type { ReconcileResult } from '../../../../shared/controller/controller.ts';
import type { Store } from '../../../../shared/controller/store.ts';

/**
 * Plays the kubelets of a simulated member: a pod that has a node says that it runs and is ready, and one that is being deleted is gone at once.
 * Nothing is started; the pod's status tells so in its message.
 */

export interface PodDeps {
  client: KubeClient;
  pods: Store<Pod>;
  now: () => number;
}

export async function reconcilePod(deps: PodDeps, key: string): Promise<ReconcileResult | undefined> {
  const pod = deps.pods.get(key);
  if (!pod?.spec) return undefined;
  const { name = '', namespace = '' } = pod.metadata;
  if (pod.metadata.deletionTimestamp) return await removePod(deps.client, pod);
  if (!pod.spec.nodeName || pod.status?.phase === 'Running') return undefined;
  const patch = { status: runningStatus(pod, new Date(deps.now()).toISOString().replace(/\.\d+Z$/, 'Z')) };
  await deps.client.patch(pods, { name, namespace }, { type: 'merge', patch }, { subresource: 'status' });
  return undefined;
}

/** What a kubelet does when it has stopped the containers. */
async function removePod(client: KubeClient, { metadata }: Pod): Promise<undefined> {
  const { name = '', namespace = '', uid } = metadata;
  const preconditions = uid === undefined ? {} : { preconditions: { uid } };
  try {
    await client.delete(pods, { name, namespace }, { gracePeriodSeconds: 0, ...preconditions });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}

function runningStatus(pod: Pod, now: string): Record<string, unknown> {
  const condition = (type: string) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: now });
  return {
    phase: 'Running',
    message: 'this pod is simulated: nothing runs',
    startTime: now,
    conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
    containerStatuses: (pod.spec?.containers ?? []).map((container) => ({
      name: container.name,
      image: container.image ?? '',
      imageID: '',
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: now } },
    })),
  };
}
