import {
  type Cluster,
  DESCRIPTION_ANNOTATION,
  DISPLAY_NAME_ANNOTATION,
  executionSpace,
} from '../../shared/apis/cluster/v1alpha1.ts';
import type { Taint } from '../../shared/apis/core/v1.ts';
import { shortHumanDuration } from '../../shared/apis/duration.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { printableLine } from '../../shared/process/printable.ts';
import type { Orphan } from '../orphans.ts';
import { reportOf, silenceOf } from '../work-report.ts';
import { formatTable } from './table.ts';

export interface ClusterDescriptionContext {
  /** Undefined: the caller may not see them. */
  works: Work[] | undefined;
  orphans: Orphan[] | undefined;
  /** There are more orphans than these. */
  leavesOrphansOut: boolean;
  nowMs: number;
}

/** A Cluster for people to read: what it is, whether it is heard of, what of its Works is not well, and what waits for a person's word. */
export function describeCluster(cluster: Cluster, context: ClusterDescriptionContext): string {
  const { metadata, spec, status } = cluster;
  const { name = '' } = metadata;
  const { totalNum = 0, readyNum = 0 } = status?.nodeSummary ?? {};
  const facts = [
    ['Name:', name],
    ...forPeople(cluster),
    ['Mode:', spec.syncMode ?? ''],
    ['Version:', status?.kubernetesVersion || 'not told yet'],
    ...where(cluster),
    ['Works:', worksWords(context.works, executionSpace(name))],
    ['Nodes:', `${readyNum} of ${totalNum} ready`],
    ['Taints:', ((spec.taints ?? []) as Taint[]).map(taintWords).join(', ') || 'none'],
    ...(metadata.deletionTimestamp ? [['Deleted:', `${ago(metadata.deletionTimestamp, context)} ago`]] : []),
    ['Status:', freshness(cluster, context)],
    ['Orphaned:', orphanWords(name, context)],
  ];
  const width = Math.max(...facts.map(([label = '']) => label.length)) + 2;
  return (
    facts.map(([label = '', text = '']) => `${label.padEnd(width)}${printableLine(text)}\n`).join('') +
    conditions(cluster, context)
  );
}

/** What `pullet edit cluster` has written. */
function forPeople({ metadata: { annotations = {} } }: Cluster): string[][] {
  return whatIsTold([
    ['Display name:', annotations[DISPLAY_NAME_ANNOTATION] ?? ''],
    ['Description:', annotations[DESCRIPTION_ANNOTATION] ?? ''],
  ]);
}

function where({ spec }: Cluster): string[][] {
  const { apiEndpoint, provider, region, zones = [] } = spec;
  return whatIsTold([
    ['API endpoint:', apiEndpoint ?? ''],
    ['Provider:', provider ?? ''],
    ['Region:', region ?? ''],
    ['Zones:', zones.join(', ')],
  ]);
}

function whatIsTold(facts: string[][]): string[][] {
  return facts.filter(([, text]) => text !== '');
}

function worksWords(works: Work[] | undefined, namespace: string): string {
  if (!works) return 'you may not see them';
  const failing = works.filter((work) => reportOf(work).applied !== 'True').length;
  const rest = failing > 0 ? `, ${failing} of them not applied: see "pullet get works -n ${namespace}"` : '';
  return `${works.length} in ${namespace}${rest}`;
}

function taintWords({ key, value, effect }: Taint): string {
  return `${key}${value ? `=${value}` : ''}:${effect}`;
}

function freshness(cluster: Cluster, { nowMs }: ClusterDescriptionContext): string {
  if (!cluster.status?.conditions?.length) return 'none: its agent has not been heard of yet';
  const silence = silenceOf(cluster);
  if (!silence) return 'up to date: the cluster is heard of';
  return `stale: the cluster has not been heard of for ${shortHumanDuration(nowMs - silence.sinceMs)} (${silence.why})`;
}

function orphanWords(cluster: string, { orphans, leavesOrphansOut }: ClusterDescriptionContext): string {
  if (!orphans) return 'you may not see them';
  if (orphans.length === 0) return 'none';
  const [objects, wait] = orphans.length === 1 ? ['object', 'waits'] : ['objects', 'wait'];
  const see = `see "pullet get works --orphans -n ${executionSpace(cluster)}"`;
  return `${leavesOrphansOut ? 'more than ' : ''}${orphans.length} ${objects} that no work may delete ${wait} for a person's word: ${see}`;
}

function conditions({ status }: Cluster, context: ClusterDescriptionContext): string {
  const all = (status?.conditions ?? []) as Condition[];
  if (all.length === 0) return 'Conditions:  none yet\n';
  const rows = all.map(({ type, status: value, reason = '', message = '', lastTransitionTime = '' }) => [
    ...[type, value, reason, ago(lastTransitionTime, context), message],
  ]);
  const table = formatTable(['TYPE', 'STATUS', 'REASON', 'AGE', 'MESSAGE'], rows).trimEnd();
  return `Conditions:\n${table.replaceAll(/^/gm, '  ')}\n`;
}

function ago(time: string, { nowMs }: ClusterDescriptionContext): string {
  return time === '' ? '' : shortHumanDuration(nowMs - Date.parse(time));
}
