import type { DaemonSet, Deployment } from '../../shared/apis/apps/v1.ts';
import { type Pod, pods } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { AGENT_WORKLOADS, type AgentKind } from './agent-workload.ts';
import { RegisterError } from './register-options.ts';

/** Waits until a Deployment or DaemonSet of ours is rolled out; says at once if its image can't be had. */

const POLL_MS = 1000;
const IMAGE_REASONS = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'];

export interface RolloutTarget {
  /** Absent: Deployment. */
  kind?: AgentKind;
  /** Of it, and of the label `app` of its pods. */
  name: string;
  namespace: string;
  image: string;
  timeoutMs: number;
  /** `agent`: whose it is, in words. */
  what: string;
  /** `member`: the cluster, in words. */
  cluster: string;
}

export async function waitForRollout(
  deps: { client: KubeClient; clock: Clock },
  target: RolloutTarget,
  signal: AbortSignal,
): Promise<void> {
  const { kind = 'Deployment', name, namespace, timeoutMs } = target;
  const deadline = deps.clock.now() + timeoutMs;
  for (;;) {
    const workload = await deps.client.get(AGENT_WORKLOADS[kind], { name, namespace }, { signal });
    if (kind === 'DaemonSet') throwIfNoNode(workload as DaemonSet, target);
    if (kind === 'DaemonSet' ? isOnEveryNode(workload as DaemonSet) : isRolledOut(workload as Deployment)) return;
    const { items } = await deps.client.list(pods, { namespace, labelSelector: `app=${name}`, signal });
    throwIfImageIsMissing(items, target);
    if (deps.clock.now() >= deadline) throw notInTime(target, whatPodsSay(items));
    await sleep(deps.clock, POLL_MS, signal);
    signal.throwIfAborted();
  }
}

function isObserved({ metadata, status }: Deployment | DaemonSet): boolean {
  return (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
}

function isOnEveryNode(daemonSet: DaemonSet): boolean {
  const {
    desiredNumberScheduled: wanted = 0,
    updatedNumberScheduled = 0,
    numberAvailable = 0,
  } = daemonSet.status ?? {};
  return isObserved(daemonSet) && updatedNumberScheduled >= wanted && numberAvailable >= wanted;
}

/** It would be rolled out and nothing would run. */
function throwIfNoNode(daemonSet: DaemonSet, { name, namespace, what, cluster }: RolloutTarget): void {
  if (!isObserved(daemonSet) || daemonSet.status?.desiredNumberScheduled !== 0) return;
  const selector = Object.entries(daemonSet.spec?.template.spec['nodeSelector'] ?? {});
  const labels = selector.map(([label, value]) => `${label}=${String(value)}`).join(',');
  throw new RegisterError(
    `the ${what}'s DaemonSet ${namespace}/${name} is for no node of the ${cluster}: none has ${labels}`,
    {
      fix: 'Name labels of nodes with --agent-node-selector, kubernetes.io/os=linux for instance for all of them, or let it be a Deployment (--agent-kind). Then run this command again.',
    },
  );
}

function isRolledOut(deployment: Deployment): boolean {
  const { spec, status } = deployment;
  const wanted = spec?.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
  return (
    isObserved(deployment) &&
    updatedReplicas >= wanted &&
    replicas === updatedReplicas &&
    availableReplicas >= updatedReplicas
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

function notInTime(
  { kind = 'Deployment', name, namespace, timeoutMs, what, cluster }: RolloutTarget,
  why: string,
): RegisterError {
  const seconds = Math.round(timeoutMs / 1000);
  return new RegisterError(`the ${what}'s ${kind} ${namespace}/${name} is not rolled out after ${seconds} s: ${why}`, {
    fix: `Look at it in the ${cluster}: kubectl -n ${namespace} describe pods -l app=${name}. Then run this command again.`,
  });
}
