import { type Deployment, deployments } from '../../shared/apis/apps/v1.ts';
import { type Pod, pods } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { RegisterError } from './register-options.ts';

/** Waits until a Deployment of ours is rolled out; says at once if its image can't be had. */

const POLL_MS = 1000;
const IMAGE_REASONS = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'];

export interface RolloutTarget {
  /** Of the Deployment, and of the label `app` of its pods. */
  name: string;
  namespace: string;
  image: string;
  timeoutMs: number;
  /** `agent`: whose Deployment it is, in words. */
  what: string;
  /** `member`: the cluster, in words. */
  cluster: string;
}

export async function waitForRollout(
  deps: { client: KubeClient; clock: Clock },
  target: RolloutTarget,
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace, timeoutMs } = target;
  const deadline = deps.clock.now() + timeoutMs;
  for (;;) {
    const deployment = await deps.client.get(deployments, { name, namespace }, { signal });
    if (isRolledOut(deployment)) return;
    const { items } = await deps.client.list(pods, { namespace, labelSelector: `app=${name}`, signal });
    throwIfImageIsMissing(items, target);
    if (deps.clock.now() >= deadline) throw notInTime(target, whatPodsSay(items));
    await sleep(deps.clock, POLL_MS, signal);
    signal.throwIfAborted();
  }
}

function isRolledOut({ metadata, spec, status }: Deployment): boolean {
  const wanted = spec?.replicas ?? 1;
  const isObserved = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
  return (
    isObserved && updatedReplicas >= wanted && replicas === updatedReplicas && availableReplicas >= updatedReplicas
  );
}

interface Waiting {
  image: string;
  reason: string;
  message: string;
}

function waitingContainers(pod: Pod): Waiting[] {
  const statuses = (pod.status?.['containerStatuses'] ?? []) as {
    image?: string;
    state?: { waiting?: { reason?: string; message?: string } };
  }[];
  return statuses.flatMap(({ image = '', state }) =>
    state?.waiting ? [{ image, reason: state.waiting.reason ?? '', message: state.waiting.message ?? '' }] : [],
  );
}

function throwIfImageIsMissing(items: Pod[], { image, what, cluster }: RolloutTarget): void {
  const current = items.filter(({ metadata }) => !metadata.deletionTimestamp);
  const missing = current
    .filter(({ spec }) => spec?.containers.some((container) => container.image === image) !== false)
    .flatMap(waitingContainers)
    .find(({ reason }) => IMAGE_REASONS.includes(reason));
  if (!missing) return;
  throw new RegisterError(
    `the ${cluster} cannot pull the ${what}'s image ${image} (${missing.reason}): ${missing.message}`,
    {
      fix: `Push it to a registry that the ${cluster} reaches, or load it into its nodes (kind load docker-image), then run this command again.`,
    },
  );
}

function whatPodsSay(items: Pod[]): string {
  const [waiting] = items.flatMap(waitingContainers);
  if (waiting) return `${waiting.reason}: ${waiting.message}`;
  const unscheduled = items
    .flatMap(({ status }) => status?.conditions ?? [])
    .find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled) return `${unscheduled.reason ?? 'Unschedulable'}: ${unscheduled.message ?? ''}`;
  return items.length === 0 ? 'there is no pod of it yet' : 'its pods are not ready';
}

function notInTime({ name, namespace, timeoutMs, what, cluster }: RolloutTarget, why: string): RegisterError {
  const seconds = Math.round(timeoutMs / 1000);
  return new RegisterError(
    `the ${what}'s Deployment ${namespace}/${name} is not rolled out after ${seconds} s: ${why}`,
    {
      fix: `Look at it in the ${cluster}: kubectl -n ${namespace} describe pods -l app=${name}. Then run this command again.`,
    },
  );
}
