import { clusterOfExecutionSpace, executionSpace } from '../shared/apis/cluster/v1alpha1.ts';
import { shortHumanDuration } from '../shared/apis/duration.ts';
import { isForbidden, isNotFound } from '../shared/apis/meta/status-error.ts';
import {
  ADOPT_ANNOTATION,
  type ManifestStatus,
  ORPHANS_LABEL,
  ORPHANS_WORK,
  PRUNE_ANNOTATION,
  type Work,
  works,
} from '../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../shared/client/client.ts';
import type { Factory } from './factory.ts';
import { formatTable } from './printers/table.ts';

/** What agents tell of objects in their members that they may not delete without a person's word: one Work a cluster, with one status an object. */

export interface Orphan {
  cluster: string;
  /** `Kind/namespace/name`, or `Kind/name`: how people name it. */
  object: string;
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

/** Of all clusters unless one is given. */
export async function listOrphans(client: KubeClient, namespace?: string): Promise<Orphan[]> {
  const { items } = await client.list(works, { labelSelector: ORPHANS_LABEL, ...(namespace ? { namespace } : {}) });
  return items.flatMap(orphansOf);
}

/** The Work by which the cluster's agent tells of orphans; undefined if there are none. */
export async function findOrphansWork(client: KubeClient, cluster: string): Promise<Work | undefined> {
  const { items } = await client.list(works, { labelSelector: ORPHANS_LABEL, namespace: executionSpace(cluster) });
  return items.find(({ metadata }) => metadata.name === ORPHANS_WORK);
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
  const { kind, namespace, name } = identifier;
  const text = (field: string): string => String(status[field] ?? '');
  const object = [kind, ...(namespace ? [namespace] : []), name].join('/');
  const told = { uid: text('uid'), work: text('work'), reason: text('reason'), since: text('since') };
  return { cluster, object, ...told, ...(status['waitsFor'] ? { waitsFor: text('waitsFor') } : {}) };
}

export const DECIDE_HINT =
  'They stay as they are until a person decides: "pullet adopt CLUSTER OBJECT" leaves them in the cluster as its own, "pullet prune CLUSTER OBJECT" deletes them there.\n';

/** Says where there are any, of these clusters or, without names, of all; for who looks at clusters and has never heard of orphans. */
export async function noteOrphans(
  client: KubeClient,
  names: string[],
  { streams }: Pick<Factory, 'streams'>,
): Promise<void> {
  const all = await listOrphans(client).catch((error: unknown): Orphan[] => {
    if (isForbidden(error) || isNotFound(error)) return [];
    throw error;
  });
  const shown = all.filter(({ cluster }) => names.length === 0 || names.includes(cluster));
  if (shown.length === 0) return;
  const [objects, wait] = shown.length === 1 ? ['object', 'waits'] : ['objects', 'wait'];
  const where = [...new Set(shown.map(({ cluster }) => cluster))];
  const place = where.length === 1 ? `in ${where[0]}` : `in ${where.length} clusters`;
  streams.err(
    `note: ${shown.length} ${objects} ${place} ${wait} for a person's word: see "pullet get works --orphans"\n`,
  );
}

export function printOrphans(orphans: Orphan[], { now, wide }: { now: number; wide: boolean }): string {
  const headers = ['CLUSTER', 'OBJECT', 'WORK', 'REASON', 'AGE', ...(wide ? ['UID'] : []), 'DECISION'];
  const rows = orphans.map(({ cluster, object, work, reason, since, uid, decision, waitsFor }) => {
    const age = shortHumanDuration(now - Date.parse(since));
    const name = work.slice(work.indexOf('/') + 1);
    const decided = decision ? `${decision}${waitsFor ? `: ${waitsFor}` : ''}` : '<none>';
    return [cluster, object, name, reason, age, ...(wide ? [uid] : []), decided];
  });
  return formatTable(headers, rows);
}
