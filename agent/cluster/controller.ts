import { setMaxListeners } from 'node:events';
import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { isConflict } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { withDeadline } from '../../shared/client/deadline.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { type Controller, type ControllerOptions, source } from '../../shared/controller/controller.ts';
import type { Informer, InformerOptions } from '../../shared/controller/informer.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import type { MemberApis } from './api-enablements.ts';
import { type HeartbeatSettings, newHeartbeatController } from './heartbeat-controller.ts';
import { jittered } from './jitter.ts';
import { newReadyFilter, probeMember, type RefusalReader } from './ready-condition.ts';
import { newResourceWatch, type ResourceWatch } from './resource-summary.ts';
import { newRivals, type Rivals } from './rivals.ts';
import { type Collected, isAccepted, reconcileStatus, type StatusDeps } from './status-reconcile.ts';

/**
 * Wires the status and the heartbeat of one member: functions of two clients, without state of the process, so that the hub runs
 * the same for the members that it pushes to.
 */
export interface ClusterDeps {
  hub: KubeClient;
  member: KubeClient;
  clock: Clock;
  log: Logger;
  newInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T>;
  newController(options: ControllerOptions): Controller;
  /** The member's APIs, as its discovery lists them now. */
  discover(signal: AbortSignal): Promise<MemberApis>;
  /** Is told of the Cluster as it is now, whenever it has changed. */
  onCluster?: (cluster: Cluster) => void;
  /** Reads from an error of the probe more than that the member can't be reached. */
  readRefusal?: RefusalReader;
}

export interface ClusterOptions {
  name: string;
  statusUpdateFrequencyMs: number;
  successThresholdMs: number;
  failureThresholdMs: number;
  /** Absent where nobody waits for one: the hub needs no sign of life from itself. */
  heartbeat?: HeartbeatSettings;
}

const BACKOFF = { baseMs: 200, maxMs: 10_000 };
const MEMBER_TIMEOUT_MS = 10_000;

/** Runs until `signal` aborts. The Cluster must exist (`ensureCluster`); should it vanish, this waits for it to come back. */
export async function runCluster(deps: ClusterDeps, options: ClusterOptions, signal: AbortSignal): Promise<void> {
  setMaxListeners(0, signal); // one per watch and worker: their number is no leak
  const { clock, log } = deps;
  const informer = deps.newInformer<Cluster>({
    client: deps.hub,
    type: clusters,
    fieldSelector: `metadata.name=${options.name}`,
    clock,
    log,
  });
  informer.addHandler(({ object, deleted }) => {
    if (!deleted) deps.onCluster?.(object);
  });
  const resources = newResourceWatch({ member: deps.member, clock, log, newInformer: deps.newInformer });
  const rivals = newRivals(log);
  const status = newStatusController({ ...deps, rivals }, options, informer, resources);
  const { heartbeat } = options;
  const settings = heartbeat && { ...withRivals(heartbeat, rivals), name: options.name };
  const beats = settings ? [newHeartbeatController(deps, settings, informer)] : [];
  resources.onReady(() => status.enqueue(options.name));
  const running = [informer, resources, status, ...beats].map((part) => part.run(signal));
  await Promise.all(running);
}

function withRivals(heartbeat: HeartbeatSettings, rivals: Rivals): HeartbeatSettings {
  return {
    ...heartbeat,
    onRenewed: (lease) => {
      rivals.renewed(lease);
      heartbeat.onRenewed?.(lease);
    },
    onContested: (lease) => {
      rivals.met(lease);
      heartbeat.onContested?.(lease);
    },
  };
}

/** Probes every few seconds, and at once when the hub changes the Cluster, so that a wrong Unknown doesn't last. */
function newStatusController(
  deps: ClusterDeps & { rivals: Rivals },
  options: ClusterOptions,
  informer: Informer<Cluster>,
  resources: ResourceWatch,
): Controller {
  const { clock, log } = deps;
  const statusDeps: StatusDeps = {
    clock,
    probe: (signal) => probeMember(deps, signal),
    filterReady: newReadyFilter({ ...options, clock }),
    collect: (signal) => collect(deps, resources, signal),
    identity: deps.rivals.condition,
    updateStatus: (cluster, signal) => deps.hub.update(clusters, cluster, { subresource: 'status', signal }),
  };
  return deps.newController({
    name: 'cluster-status',
    sources: [source(informer, () => [options.name])],
    backoff: BACKOFF,
    clock,
    log,
    reconcile: async (key, signal) => {
      const cluster = informer.store.get(key);
      if (!cluster || !isAccepted(cluster)) return undefined;
      try {
        await reconcileStatus(statusDeps, cluster, signal);
      } catch (error) {
        if (!isConflict(error)) throw error;
        await reconcileStatus(statusDeps, await deps.hub.get(clusters, { name: key }, { signal }), signal);
      }
      return { requeueAfterMs: jittered(options.statusUpdateFrequencyMs) };
    },
  });
}

/** A member that is slow to answer one question is still asked the next; what it doesn't say stays as it was told last. */
async function collect(deps: ClusterDeps, resources: ResourceWatch, signal: AbortSignal): Promise<Collected> {
  const limit = { signal, timeoutMs: MEMBER_TIMEOUT_MS, what: () => 'the cluster' };
  const [version, apis] = await withDeadline(deps.clock, limit, (aborted) =>
    Promise.allSettled([memberVersion(deps.member, aborted), deps.discover(aborted)]),
  );
  const summary = resources.summary();
  for (const result of [version, apis]) {
    if (result.status === 'rejected') deps.log.warn({ err: result.reason }, 'could not ask the member about itself');
  }
  return {
    ...(version.status === 'fulfilled' ? { kubernetesVersion: version.value } : {}),
    ...(apis.status === 'fulfilled' ? { apis: apis.value } : {}),
    ...(summary ? { resources: summary } : {}),
  };
}

async function memberVersion(member: KubeClient, signal: AbortSignal): Promise<string> {
  const version: { gitVersion?: string } = JSON.parse(await member.raw({ method: 'GET', path: '/version', signal }));
  return version.gitVersion ?? '';
}
