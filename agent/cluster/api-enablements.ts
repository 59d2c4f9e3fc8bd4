import {
  CLUSTER_REASONS,
  type ClusterStatus,
  CONDITION_COMPLETE_API_ENABLEMENTS,
} from '../../shared/apis/cluster/v1alpha1.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';

/** Which APIs a member serves, as the Cluster's status lists them (the wire contract, section 5.4). */

export interface MemberApis {
  resources: { groupVersion: string; resource: string; kind: string }[];
  /** Group versions whose discovery failed: an aggregated API that is down, say. */
  failed: string[];
}

type ApiEnablements = NonNullable<ClusterStatus['apiEnablements']>;

/** Sorted by groupVersion, each by resource name; subresources are left out. */
export function apiEnablements(apis: MemberApis): ApiEnablements {
  const groups = new Map<string, { name: string; kind: string }[]>();
  for (const { groupVersion, resource, kind } of apis.resources) {
    if (resource.includes('/')) continue;
    const group = groups.get(groupVersion) ?? [];
    if (group.length === 0) groups.set(groupVersion, group);
    group.push({ name: resource, kind });
  }
  return [...groups]
    .sort(([a], [b]) => compareText(a, b))
    .map(([groupVersion, resources]) => ({
      groupVersion,
      resources: resources.sort((a, b) => compareText(a.name, b.name)),
    }));
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The condition without its transition time. */
export function enablementsCondition(
  enablements: ApiEnablements,
  failed: string[],
): Omit<Condition, 'lastTransitionTime'> {
  const type = CONDITION_COMPLETE_API_ENABLEMENTS;
  if (enablements.length === 0) return { type, status: 'False', ...CLUSTER_REASONS.apiEmpty };
  if (failed.length === 0) return { type, status: 'True', ...CLUSTER_REASONS.apiComplete };
  const { reason, message } = CLUSTER_REASONS.apiPartial;
  return { type, status: 'False', reason, message: message.replace('%d', String(enablements.length)) };
}
