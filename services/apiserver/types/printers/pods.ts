import type { Unstructured } from '../../../../shared/apis/meta/v1.ts';
import type { JsonObject } from '../json-value.ts';
import { ageColumn, at, type BuiltinColumn, type Cell, column, listAt, nameColumn, text, wide } from './column.ts';
import { age } from './human-duration.ts';

/** Columns of pods. The status is a summary of what the containers report, by upstream's rules. */

interface PodSummary {
  reason: string;
  ready: number;
  total: number;
  restarts: number;
  /** When the last container that restarted ended before; `''` if none did. */
  lastRestart: string;
}

const isRestartable = (container: JsonObject | undefined): boolean => container?.['restartPolicy'] === 'Always';

function later(a: string, b: unknown): string {
  return typeof b === 'string' && (a === '' || Date.parse(b) > Date.parse(a)) ? b : a;
}

function addRestarts(summary: PodSummary, status: JsonObject): void {
  summary.restarts += Number(status['restartCount'] ?? 0);
  summary.lastRestart = later(summary.lastRestart, at(status, 'lastState.terminated.finishedAt'));
}

function endReason(terminated: unknown): string {
  const reason = at(terminated, 'reason');
  if (reason) return String(reason);
  const signal = at(terminated, 'signal');
  return signal ? `Signal:${signal}` : `ExitCode:${at(terminated, 'exitCode') ?? 0}`;
}

/** What an init container that is not done contributes; undefined: it is done, or runs along. */
function initReason(status: JsonObject, restartable: boolean, progress: string): string | undefined {
  const terminated = at(status, 'state.terminated');
  if (terminated && !at(terminated, 'exitCode')) return undefined;
  if (restartable && status['started'] === true) return undefined;
  if (terminated) return `Init:${endReason(terminated)}`;
  const waiting = at(status, 'state.waiting.reason');
  return waiting && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${progress}`;
}

interface InitOutcome {
  all: PodSummary;
  /** The part of the restarts that goes on counting when the pod runs. */
  sidecars: PodSummary;
  initializing: boolean;
}

function summarizeInit(pod: Unstructured, start: PodSummary): InitOutcome {
  const containers = listAt(pod, 'spec.initContainers');
  // Of two with a name, which a pod can't have, the first.
  const named = new Map(containers.toReversed().map((container) => [container['name'], container]));
  const outcome: InitOutcome = { all: start, sidecars: { ...start }, initializing: false };
  for (const [index, status] of listAt(pod, 'status.initContainerStatuses').entries()) {
    const restartable = isRestartable(named.get(status['name']));
    addRestarts(outcome.all, status);
    if (restartable) addRestarts(outcome.sidecars, status);
    const reason = initReason(status, restartable, `${index}/${containers.length}`);
    if (reason !== undefined) {
      outcome.all.reason = reason;
      outcome.initializing = true;
      break;
    }
    if (restartable && status['ready'] === true && !at(status, 'state.terminated')) outcome.all.ready += 1;
  }
  return outcome;
}

function trueConditions(pod: Unstructured): Set<unknown> {
  const conditions = listAt(pod, 'status.conditions').filter(({ status }) => status === 'True');
  return new Set(conditions.map(({ type }) => type));
}

const hasTrueCondition = (pod: Unstructured, type: string): boolean => trueConditions(pod).has(type);

function summarizeContainers(pod: Unstructured, summary: PodSummary): void {
  let hasRunning = false;
  let errorReason = '';
  for (const status of listAt(pod, 'status.containerStatuses').reverse()) {
    addRestarts(summary, status);
    const waiting = at(status, 'state.waiting.reason');
    const terminated = at(status, 'state.terminated');
    if (waiting) summary.reason = String(waiting);
    else if (terminated) {
      summary.reason = endReason(terminated);
      if (at(terminated, 'exitCode')) errorReason = summary.reason;
    } else if (status['ready'] === true && at(status, 'state.running')) {
      hasRunning = true;
      summary.ready += 1;
    }
  }
  if (summary.reason !== 'Completed') return;
  if (hasRunning && hasTrueCondition(pod, 'Ready')) summary.reason = 'Running';
  else if (errorReason) summary.reason = errorReason;
  else if (hasRunning) summary.reason = 'NotReady';
}

function startingReason(pod: Unstructured): string {
  const isGated = listAt(pod, 'status.conditions').some(
    (condition) => condition['type'] === 'PodScheduled' && condition['reason'] === 'SchedulingGated',
  );
  return isGated ? 'SchedulingGated' : String(at(pod, 'status.reason') || (at(pod, 'status.phase') ?? ''));
}

function deletionReason(pod: Unstructured, reason: string): string {
  if (!pod.metadata.deletionTimestamp) return reason;
  if (at(pod, 'status.reason') === 'NodeLost') return 'Unknown';
  const phase = at(pod, 'status.phase');
  return phase === 'Failed' || phase === 'Succeeded' ? reason : 'Terminating';
}

function summarize(pod: Unstructured): PodSummary {
  const sidecars = listAt(pod, 'spec.initContainers').filter(isRestartable).length;
  const total = listAt(pod, 'spec.containers').length + sidecars;
  const start: PodSummary = { reason: startingReason(pod), ready: 0, total, restarts: 0, lastRestart: '' };
  const outcome = summarizeInit(pod, start);
  const summary = outcome.all;
  if (!outcome.initializing || hasTrueCondition(pod, 'Initialized')) {
    summary.restarts = outcome.sidecars.restarts;
    summary.lastRestart = outcome.sidecars.lastRestart;
    summarizeContainers(pod, summary);
  }
  return { ...summary, reason: deletionReason(pod, summary.reason) };
}

const restarts: Cell = (object, nowMs) => {
  const summary = summarize(object);
  const since = summary.restarts > 0 && summary.lastRestart ? ` (${age(summary.lastRestart, nowMs)} ago)` : '';
  return `${summary.restarts}${since}`;
};

const readinessGates: Cell = (object) => {
  const gates = listAt(object, 'spec.readinessGates');
  const isTrue = trueConditions(object);
  const open = gates.filter((gate) => isTrue.has(String(gate['conditionType'])));
  return gates.length === 0 ? '<none>' : `${open.length}/${gates.length}`;
};

export const podColumns: BuiltinColumn[] = [
  nameColumn,
  column('Ready', (object) => {
    const { ready, total } = summarize(object);
    return `${ready}/${total}`;
  }),
  column('Status', (object) => summarize(object).reason),
  column('Restarts', restarts),
  ageColumn,
  wide('IP', (object) => String(listAt(object, 'status.podIPs')[0]?.['ip'] || '<none>')),
  wide('Node', text('spec.nodeName', '<none>')),
  wide('Nominated Node', text('status.nominatedNodeName', '<none>')),
  wide('Readiness Gates', readinessGates),
];
