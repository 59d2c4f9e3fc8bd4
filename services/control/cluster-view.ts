import {
  type Cluster,
  type ClusterSpec,
  CONDITION_READY,
  DESCRIPTION_ANNOTATION,
  DISPLAY_NAME_ANNOTATION,
  TAINT_UNSCHEDULABLE,
} from '../../shared/apis/cluster/v1alpha1.ts';
import type { ClusterView } from './schemas/cluster.ts';

export type Taint = NonNullable<ClusterSpec['taints']>[number];

export const isCordon = ({ key, effect }: Taint): boolean => key === TAINT_UNSCHEDULABLE && effect === 'NoSchedule';

/** What portals show of a cluster; nothing of how the hub reaches it. */
export function clusterView({ metadata, spec, status = {} }: Cluster): ClusterView {
  const { annotations = {} } = metadata;
  const { taints = [], conditions = [] } = { ...spec, ...status };
  return {
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    createdAt: metadata.creationTimestamp ?? '',
    removing: metadata.deletionTimestamp !== undefined,
    ...present('displayName', annotations[DISPLAY_NAME_ANNOTATION]),
    ...present('description', annotations[DESCRIPTION_ANNOTATION]),
    labels: metadata.labels ?? {},
    syncMode: spec.syncMode,
    cordoned: taints.some(isCordon),
    taints: taints.map(({ key, value, effect }) => ({ key, ...present('value', value), effect })),
    ...present('provider', spec.provider),
    ...present('region', spec.region),
    ...present('zones', spec.zones ?? (spec.zone ? [spec.zone] : undefined)),
    ...present('memberUid', spec.id),
    ...present('apiEndpoint', spec.apiEndpoint),
    ...present('kubernetesVersion', status.kubernetesVersion),
    ready: conditions.find(({ type }) => type === CONDITION_READY)?.status ?? 'Unknown',
    conditions: conditions.map(({ type, status: value, reason, message, lastTransitionTime }) => ({
      type,
      status: value,
      reason,
      message,
      lastTransitionTime,
    })),
    ...measuresOf(status),
  };
}

function measuresOf({ nodeSummary, resourceSummary }: NonNullable<Cluster['status']>): Partial<ClusterView> {
  const nodes = nodeSummary && { total: nodeSummary.totalNum ?? 0, ready: nodeSummary.readyNum ?? 0 };
  const resources = resourceSummary && {
    ...present('allocatable', resourceSummary.allocatable),
    ...present('allocated', resourceSummary.allocated),
    ...present('allocating', resourceSummary.allocating),
  };
  return { ...present('nodes', nodes), ...present('resources', resources) };
}

/** `{}` for undefined. */
function present<K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [key in K]: V });
}
