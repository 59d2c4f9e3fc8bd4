import type { Event } from '../../shared/apis/core/v1.ts';
import { shortHumanDuration } from '../../shared/apis/duration.ts';
import { failedManifestsOf } from '../../shared/apis/work/failed-manifests.ts';
import { leavingState } from '../../shared/apis/work/leaving-objects.ts';
import {
  CONDITION_APPLIED,
  CONDITION_AVAILABLE,
  type ManifestStatus,
  type Work,
} from '../../shared/apis/work/v1alpha1.ts';
import { printableLine } from '../../shared/process/printable.ts';
import { clusterOf, leftOutHealth, type Silence } from '../work-report.ts';
import { formatTable } from './table.ts';

export interface WorkDescriptionContext {
  /** Undefined: the caller may not see clusters. */
  silent: Map<string, Silence> | undefined;
  /** Undefined: the caller may not see events. */
  events: Event[] | undefined;
  nowMs: number;
}

const SHOWN_EVENTS = 10;

/** A Work for people to read: who and where, how old the answer is, conditions, one line a manifest, what happened lately. */
export function describeWork(work: Work, context: WorkDescriptionContext): string {
  const { name = '', namespace = '', generation = 0 } = work.metadata;
  const facts = [
    ['Name:', name],
    ['Namespace:', namespace],
    ['Cluster:', clusterOf(work)],
    ['Generation:', deliveredWords(work, generation)],
    ...(work.spec.suspendDispatching
      ? [['Suspended:', 'yes: nothing of it is delivered or kept as it is; what is told below is from before']]
      : []),
    ...(work.spec.preserveResourcesOnDeletion ? [['On deletion:', 'its objects stay in the cluster']] : []),
    ...(work.metadata.deletionTimestamp ? [['Deleted:', `${ago(work.metadata.deletionTimestamp, context)} ago`]] : []),
    ['Status:', freshness(work, context)],
  ];
  const width = Math.max(...facts.map(([label = '']) => label.length)) + 2;
  return [
    facts.map(([label = '', text = '']) => `${label.padEnd(width)}${printableLine(text)}\n`).join(''),
    conditionLines(work, context),
    manifestLines(work),
    failureLines(work),
    eventLines(context),
  ].join('');
}

function deliveredWords({ status }: Work, generation: number): string {
  const seen = status?.conditions?.find(({ type }) => type === 'Applied')?.observedGeneration;
  if (seen === undefined) return `${generation} (not delivered yet)`;
  return seen === generation ? `${generation}` : `${generation} (the cluster has ${seen})`;
}

function freshness(work: Work, { silent, nowMs }: WorkDescriptionContext): string {
  if (!silent) return 'unknown how old: you may not see clusters';
  const silence = silent.get(clusterOf(work));
  if (!silence) return 'up to date: the cluster is heard of';
  return `stale: the cluster has not been heard of for ${shortHumanDuration(nowMs - silence.sinceMs)} (${silence.why})`;
}

function conditionLines(work: Work, context: WorkDescriptionContext): string {
  const conditions = work.status?.conditions ?? [];
  if (conditions.length === 0) return 'Conditions:  none yet\n';
  const isListed = failedManifestsOf(work).failed.length > 0;
  const rows = conditions.map(({ type, status: value, reason = '', message = '', lastTransitionTime = '' }) => {
    const isOfFailures = isListed && [CONDITION_APPLIED, CONDITION_AVAILABLE].includes(type);
    const words = isOfFailures ? `${message.split(': ')[0]}: see below` : message;
    return [type, value, reason, ago(lastTransitionTime, context), words];
  });
  return section('Conditions', ['TYPE', 'STATUS', 'REASON', 'AGE', 'MESSAGE'], rows);
}

function manifestLines(work: Work): string {
  const { spec, status } = work;
  const isApplied = newAppliedWords(work);
  const told = new Map(status?.manifestStatuses?.map((one) => [one.identifier.ordinal, one]));
  const leftOut = leftOutHealth(work);
  const rows = (spec.workload?.manifests ?? []).map(({ kind = '', metadata }, ordinal) => {
    const place = metadata?.namespace ? `${metadata.namespace}/` : '';
    const one = told.get(ordinal);
    const object = `${kind} ${place}${metadata?.name ?? ''}`;
    const words = one || !leftOut ? statusWords(one) : 'left out: see StatusShortened';
    const applied = isApplied(ordinal, object);
    if (applied === GONE) return [`${ordinal}`, object, GONE, NONE, ''];
    return [`${ordinal}`, object, applied, one?.health ?? leftOut ?? 'Unknown', words];
  });
  return section('Manifests', ['#', 'OBJECT', 'APPLIED', 'HEALTH', 'STATUS'], rows);
}

const GONE = 'gone';
const NONE = '<none>';

/** Of a manifest, by its place: `health` and `status` are those of the object that is there, perhaps by an earlier version of the manifest. What a deletion leaves is told as before. */
function newAppliedWords(work: Work): (ordinal: number, object: string) => string {
  const { failed, areAll } = failedManifestsOf(work);
  const failedOnes = new Set(failed.map(({ ordinal }) => ordinal));
  const isTold = work.status?.conditions?.some(
    ({ type, status }) => type === CONDITION_APPLIED && status !== 'Unknown',
  );
  const { metadata, spec } = work;
  const isLeaving = metadata.deletionTimestamp !== undefined && !spec.preserveResourcesOnDeletion;
  return (ordinal, object) => {
    if (failedOnes.has(ordinal)) return 'False';
    if (isLeaving) return leavingState(work, object) ?? 'deleting';
    return isTold && areAll ? 'True' : 'Unknown';
  };
}

/** Why, one line each: in `Applied` they stand all in one. */
function failureLines(work: Work): string {
  const { failed, areAll } = failedManifestsOf(work);
  if (failed.length === 0) return '';
  const rows = failed.map(({ ordinal, reason, message = '' }) => [`${ordinal}`, reason, message]);
  const more = areAll ? [] : [['…', '', 'and perhaps more: a condition has no room for all']];
  return section('Not applied', ['#', 'REASON', 'MESSAGE'], [...rows, ...more]);
}

/** The numbers and words of a status; what is nested is for `-o yaml`. */
function statusWords(manifest: ManifestStatus | undefined): string {
  return Object.entries(manifest?.status ?? {})
    .filter(([, value]) => typeof value !== 'object')
    .map(([field, value]) => `${field}=${value}`)
    .join(' ');
}

function eventLines({ events, nowMs }: WorkDescriptionContext): string {
  if (!events) return 'Events:  you may not see them\n';
  if (events.length === 0) return 'Events:  none\n';
  const time = (event: Event): number =>
    Date.parse(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '');
  const version = ({ metadata }: Event): number => Number(metadata.resourceVersion);
  const latest = [...events]
    .sort((one, other) => time(one) - time(other) || version(one) - version(other) || 0)
    .slice(-SHOWN_EVENTS);
  const rows = latest.map((event) => [
    ...[event.type ?? '', event.reason ?? '', shortHumanDuration(nowMs - time(event)), event.message ?? ''],
  ]);
  return section('Events', ['TYPE', 'REASON', 'AGE', 'MESSAGE'], rows);
}

function section(title: string, headers: string[], rows: string[][]): string {
  const table = formatTable(headers, rows).trimEnd();
  return `${title}:\n${table.replaceAll(/^/gm, '  ')}\n`;
}

function ago(time: string, { nowMs }: WorkDescriptionContext): string {
  return time === '' ? '' : shortHumanDuration(nowMs - Date.parse(time));
}
