import {
  type Cluster,
  CONDITION_ORPHANED_OBJECTS,
  clusterOfExecutionSpace,
  executionSpace,
} from '../shared/apis/cluster/v1alpha1.ts';
import { shortHumanDuration } from '../shared/apis/duration.ts';
import {
  ADOPT_ANNOTATION,
  CONDITION_STATUS_SHORTENED,
  type ManifestStatus,
  ORPHANS_LABEL,
  ORPHANS_WORK,
  PRUNE_ANNOTATION,
  type Work,
  works,
} from '../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../shared/client/client.ts';
import { findCondition } from '../shared/controller/conditions.ts';
import type { Factory } from './factory.ts';
import { formatTable } from './printers/table.ts';

/** What agents tell of objects in their members that they may not delete without a person's word: one Work a cluster, with one status an object. */

export interface Orphan {
  cluster: string;
  /** `Kind/namespace/name`, or `Kind/name`: how people name it. */
  object: string;
  /** Of the object, which people do not name: another API may have the same kind. */
  apiVersion: string;
  uid: string;
  /** The Work that it came from. */
  work: string;
  reason: string;
  /** RFC 3339. */
  since: string;
  /** What a person has said about it. */
  decision?: 'adopt' | 'prune';
  /** Why its agent could not do that yet. */
  waitsFor?: string;
}

/** The Works by which agents tell of them; of all clusters unless one is given. */
export async function listOrphansWorks(client: KubeClient, namespace?: string): Promise<Work[]> {
  const { items } = await client.list(works, { labelSelector: ORPHANS_LABEL, ...(namespace ? { namespace } : {}) });
  return items;
}

/** The Work by which the cluster's agent tells of orphans; undefined if there are none. */
export async function findOrphansWork(client: KubeClient, cluster: string): Promise<Work | undefined> {
  const { items } = await client.list(works, { labelSelector: ORPHANS_LABEL, namespace: executionSpace(cluster) });
  return items.find(({ metadata }) => metadata.name === ORPHANS_WORK);
}

/** That there are more than it lists, in the agent's words; undefined if it lists all. */
export function leftOutOf({ status }: Work): string | undefined {
  return findCondition(status?.conditions, CONDITION_STATUS_SHORTENED)?.message;
}

export function orphansOf({ metadata, status }: Work): Orphan[] {
  const cluster = clusterOfExecutionSpace(metadata.namespace ?? '') ?? '';
  return (status?.manifestStatuses ?? []).map((each) => ({
    ...newOrphan(cluster, each),
    ...decisionAbout(String(each.status?.['uid']), metadata.annotations ?? {}),
  }));
}

function decisionAbout(uid: string, annotations: Record<string, string>): Pick<Orphan, 'decision'> {
  const lists = (annotation: string): boolean => (annotations[annotation] ?? '').split(',').includes(uid);
  if (lists(ADOPT_ANNOTATION)) return { decision: 'adopt' };
  return lists(PRUNE_ANNOTATION) ? { decision: 'prune' } : {};
}

function newOrphan(cluster: string, { identifier, status = {} }: ManifestStatus): Orphan {
  const { group, version, kind, namespace, name } = identifier;
  const text = (field: string): string => String(status[field] ?? '');
  const object = [kind, ...(namespace ? [namespace] : []), name].join('/');
  const told = { uid: text('uid'), work: text('work'), reason: text('reason'), since: text('since') };
  const apiVersion = group ? `${group}/${version}` : version;
  return { cluster, object, apiVersion, ...told, ...(status['waitsFor'] ? { waitsFor: text('waitsFor') } : {}) };
}

export const DECIDE_HINT =
  'They stay as they are until a person decides: "pullet adopt CLUSTER OBJECT" leaves them in the cluster as its own, "pullet prune CLUSTER OBJECT" deletes them there.\n';

/** Says in which of these clusters there are any, as their agents tell on them; for who looks at clusters and has never heard of orphans. */
export function noteOrphans(shown: readonly Partial<Cluster>[], { streams }: Pick<Factory, 'streams'>): void {
  const where = shown.filter(hasOrphans).map(({ metadata }) => metadata?.name ?? '');
  if (where.length === 0) return;
  const place = where.length === 1 ? where[0] : `${where.length} clusters`;
  streams.err(`note: objects in ${place} wait for a person's word: see "pullet get works --orphans"\n`);
}

function hasOrphans({ status }: Partial<Cluster>): boolean {
  return findCondition(status?.conditions, CONDITION_ORPHANED_OBJECTS)?.status === 'True';
}

export function printOrphans(orphans: Orphan[], { now, wide }: { now: number; wide: boolean }): string {
  const headers = ['CLUSTER', 'OBJECT', 'WORK', 'REASON', 'AGE', ...(wide ? ['APIVERSION', 'UID'] : []), 'DECISION'];
  const rows = orphans.map(({ cluster, object, apiVersion, work, reason, since, uid, decision, waitsFor }) => {
    const age = shortHumanDuration(now - Date.parse(since));
    const name = work.slice(work.indexOf('/') + 1);
    const decided = decision ? `${decision}${waitsFor ? `: ${waitsFor}` : ''}` : '<none>';
    return [cluster, object, name, reason, age, ...(wide ? [apiVersion, uid] : []), decided];
  });
  return formatTable(headers, rows);
}
