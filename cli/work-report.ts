import { type Cluster, CONDITION_READY, clusterOfExecutionSpace, clusters } from '../shared/apis/cluster/v1alpha1.ts';
import { isForbidden } from '../shared/apis/meta/status-error.ts';
import type { Condition } from '../shared/apis/meta/v1.ts';
import { isDryRun } from '../shared/apis/work/dry-run.ts';
import {
  CONDITION_APPLIED,
  CONDITION_DEGRADED,
  CONDITION_STATUS_SHORTENED,
  ORPHANS_LABEL,
  STATUS_SHORTENED,
  type Work,
} from '../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../shared/client/client.ts';

/** What a Work's status says in a few words, and whether it may be old: an agent that is away leaves what it said last. */
export interface WorkReport {
  /** Of the condition; `Unknown` before the first status. */
  applied: string;
  /** Healthy manifests of all. */
  health: string;
  /** Whether somebody in the member keeps changing what the Work names; of one that is suspended, or on its way out, nobody looks. */
  drift: 'contested' | 'none' | 'deleting' | 'suspended' | 'unknown';
}

export function reportOf(work: Work): WorkReport {
  const total = work.spec.workload?.manifests?.length ?? 0;
  return {
    applied: conditionOf(work, CONDITION_APPLIED)?.status ?? 'Unknown',
    health: `${healthyOnes(work, total)}/${total}`,
    drift: driftOf(work),
  };
}

function driftOf(work: Work): WorkReport['drift'] {
  if (work.metadata.deletionTimestamp) return 'deleting';
  if (work.spec.suspendDispatching) return 'suspended';
  const degraded = conditionOf(work, CONDITION_DEGRADED)?.status;
  return degraded === undefined ? 'unknown' : degraded === 'True' ? 'contested' : 'none';
}

/** Of the status of a large Work the healthy ones are left out, or all. */
function healthyOnes(work: Work, total: number): string {
  const statuses = work.status?.manifestStatuses ?? [];
  const shortened = conditionOf(work, CONDITION_STATUS_SHORTENED)?.reason;
  if (shortened === STATUS_SHORTENED.manifests) return '?';
  if (shortened === STATUS_SHORTENED.healthy) return `${total - statuses.length}`;
  return `${statuses.filter(({ health }) => health === 'Healthy').length}`;
}

/** Of a manifest of which the status tells nothing: that of a large Work leaves out the healthy ones, or all. Undefined: it leaves out none. */
export function leftOutHealth(work: Work): 'Healthy' | 'Unknown' | undefined {
  const shortened = conditionOf(work, CONDITION_STATUS_SHORTENED);
  const leavesOut = [STATUS_SHORTENED.healthy, STATUS_SHORTENED.manifests].some((one) => one === shortened?.reason);
  if (!shortened || !leavesOut) return undefined;
  const isOfNow = shortened.observedGeneration === work.metadata.generation;
  return isOfNow && shortened.reason === STATUS_SHORTENED.healthy ? 'Healthy' : 'Unknown';
}

function conditionOf({ status }: Work, type: string): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** Since when a cluster has not been heard of; `why` is its condition in words. */
export interface Silence {
  sinceMs: number;
  why: string;
}

/** By cluster, those that are not Ready as Unknown; undefined where the caller may not see clusters. */
export async function silentClusters(client: KubeClient): Promise<Map<string, Silence> | undefined> {
  try {
    const { items } = await client.list(clusters);
    return new Map(
      items.flatMap((cluster): [string, Silence][] => {
        const silence = silenceOf(cluster);
        return silence ? [[cluster.metadata.name ?? '', silence]] : [];
      }),
    );
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}

export function silenceOf({ status }: Cluster): Silence | undefined {
  const ready = status?.conditions?.find(({ type }) => type === CONDITION_READY);
  if (ready?.status !== 'Unknown') return undefined;
  return { sinceMs: Date.parse(ready.lastTransitionTime ?? ''), why: `${ready.reason}: ${ready.message}` };
}

/** Works by which agents and commands talk, and which deliver nothing. */
export function isOfPullet(work: Work): boolean {
  return isDryRun(work) || ORPHANS_LABEL in (work.metadata.labels ?? {});
}

export function clusterOf({ metadata }: Work): string {
  return clusterOfExecutionSpace(metadata.namespace ?? '') ?? '';
}
