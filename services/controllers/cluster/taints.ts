import { readyOf } from '../../../shared/apis/cluster/ready-of.ts';
import { type Cluster, TAINT_NOT_READY, TAINT_UNREACHABLE } from '../../../shared/apis/cluster/v1alpha1.ts';
import type { Taint } from '../../../shared/apis/core/v1.ts';
import { rfc3339 } from '../../../shared/controller/conditions.ts';

/**
 * The taints that the Ready condition calls for: False or missing is not-ready, Unknown is unreachable, True is neither. Others' taints
 * stay, and a taint that is there keeps its time. Source: the wire contract, section 5.5.
 */
export function taintsByCondition(cluster: Cluster, now: number): Taint[] {
  const current = (cluster.spec.taints ?? []) as Taint[];
  const wanted = wantedTaint(cluster);
  const kept = current.filter((taint) => !isOurs(taint) || taint.key === wanted);
  if (wanted === undefined || kept.some((taint) => isOurs(taint))) return kept;
  const timeAdded = rfc3339(now);
  return [...kept, { key: wanted, effect: 'NoSchedule', timeAdded }];
}

function wantedTaint(cluster: Cluster): string | undefined {
  const status = readyOf(cluster)?.status;
  if (status === 'True') return undefined;
  return status === 'Unknown' ? TAINT_UNREACHABLE : TAINT_NOT_READY;
}

function isOurs({ key, effect }: Taint): boolean {
  return effect === 'NoSchedule' && (key === TAINT_NOT_READY || key === TAINT_UNREACHABLE);
}
