import { shortHumanDuration } from '../../shared/apis/duration.ts';
import { failedManifestsOf } from '../../shared/apis/work/failed-manifests.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { clusterOf, reportOf, type Silence } from '../work-report.ts';
import { formatTable } from './table.ts';

export interface WorksTableOptions {
  /** Undefined: not known. */
  silent: Map<string, Silence> | undefined;
  nowMs: number;
  withNamespace: boolean;
  noHeaders: boolean;
  /** With what each delivers. */
  wide: boolean;
}

/** Works as `pullet get` shows them. `STALE` is how long their cluster has not been heard of: the columns before it are from then. */
export function printWorks(works: Work[], options: WorksTableOptions): string {
  const { withNamespace, noHeaders, wide } = options;
  const headers = [
    ...(withNamespace ? ['NAMESPACE'] : []),
    ...['NAME', 'APPLIED', 'HEALTHY', 'DRIFT', 'STALE', 'AGE'],
    ...(wide ? ['MANIFESTS'] : []),
  ];
  const text = formatTable(
    headers,
    works.map((work) => row(work, options)),
  );
  return noHeaders ? text.slice(text.indexOf('\n') + 1) : text;
}

function row(work: Work, { silent, nowMs, withNamespace, wide }: WorksTableOptions): string[] {
  const { applied, health, drift } = reportOf(work);
  const { namespace = '', name = '', creationTimestamp } = work.metadata;
  const age = creationTimestamp ? shortHumanDuration(nowMs - Date.parse(creationTimestamp)) : '<unknown>';
  return [
    ...(withNamespace ? [namespace] : []),
    ...[name, applied, health, drift, stale(work, silent, nowMs), age],
    ...(wide ? [manifestWords(work)] : []),
  ];
}

function stale(work: Work, silent: Map<string, Silence> | undefined, nowMs: number): string {
  if (!silent) return '<unknown>';
  const silence = silent.get(clusterOf(work));
  return silence ? shortHumanDuration(nowMs - silence.sinceMs) : 'no';
}

/** What is not applied with the reason. */
function manifestWords(work: Work): string {
  const reasons = new Map(failedManifestsOf(work).failed.map(({ ordinal, reason }) => [ordinal, `(${reason})`]));
  const words = (work.spec.workload?.manifests ?? []).map(
    ({ kind, metadata }, ordinal) => `${kind}/${metadata?.name ?? ''}${reasons.get(ordinal) ?? ''}`,
  );
  return words.join(',');
}
