import { CLUSTER_REASONS, CONDITION_READY } from '../../shared/apis/cluster/v1alpha1.ts';
import { StatusError } from '../../shared/apis/meta/status-error.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { withDeadline } from '../../shared/client/deadline.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { rfc3339 } from '../../shared/controller/conditions.ts';

/** The Ready condition of a Cluster: how a member's health is probed, told, and kept from flapping (the wire contract, section 5.4). */

export type MemberHealth = 'healthy' | 'unreachable' | ReadyWords;

/** Why a member that answers is not Ready, where that is more than that it can't be reached. */
export interface ReadyWords {
  reason: string;
  message: string;
}

/** What an error of the probe says beyond "not reachable"; undefined if nothing. */
export type RefusalReader = (error: unknown) => ReadyWords | undefined;

export interface ProbeDeps {
  member: KubeClient;
  clock: Clock;
  readRefusal?: RefusalReader;
}

const PROBE_TIMEOUT_MS = 10_000;

/**
 * Asks the member's `/readyz`, or `/healthz` where there is no such path. Any error means that it can't be reached, and so does an answer that does not come. Throws
 * only when `signal` aborts.
 */
export async function probeMember(
  { member, clock, readRefusal = () => undefined }: ProbeDeps,
  signal: AbortSignal,
): Promise<MemberHealth> {
  const limit = { signal, timeoutMs: PROBE_TIMEOUT_MS, what: () => 'the cluster' };
  try {
    await withDeadline(clock, limit, (aborted) => askReadiness(member, aborted));
    return 'healthy';
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error ? (readRefusal(error) ?? 'unreachable') : Promise.reject(error);
  }
}

function askReadiness(member: KubeClient, signal: AbortSignal): Promise<string> {
  return member.raw({ method: 'GET', path: '/readyz', signal }).catch((error: unknown) => {
    if (!(error instanceof StatusError) || error.code !== 404) throw error;
    return member.raw({ method: 'GET', path: '/healthz', signal });
  });
}

/** `lastTransitionTime` is that of `current` as long as the status stays the same. */
export function readyCondition(health: MemberHealth, current: Condition | undefined, nowMs: number): Condition {
  const status = health === 'healthy' ? 'True' : 'False';
  return newCondition({ type: CONDITION_READY, status, ...wordsOf(health) }, current, nowMs);
}

function wordsOf(health: MemberHealth): ReadyWords {
  if (typeof health === 'object') return health;
  return health === 'healthy' ? CLUSTER_REASONS.ready : CLUSTER_REASONS.notReachable;
}

/** A condition whose transition time moves only when its status does. */
export function newCondition(
  wanted: Omit<Condition, 'lastTransitionTime'>,
  current: Condition | undefined,
  nowMs: number,
): Condition {
  const isSame = current !== undefined && current.status === wanted.status;
  return { ...wanted, lastTransitionTime: isSame ? current.lastTransitionTime : rfc3339(nowMs) };
}

export interface ReadyFilterOptions {
  clock: Clock;
  /** How long healthy must have been observed before False turns True. */
  successThresholdMs: number;
  /** How long a failure must have been observed before True turns False. */
  failureThresholdMs: number;
}

/**
 * Holds back a change between True and not True until this process has observed the new value for the threshold. The first
 * observation passes, and so does a change between False and Unknown.
 */
export function newReadyFilter(options: ReadyFilterOptions): (observed: Condition, current?: Condition) => Condition {
  let last: { status: Condition['status']; sinceMs: number } | undefined;
  return (observed, current) => {
    const now = options.clock.monotonic();
    const isFirst = last === undefined;
    if (last?.status !== observed.status) last = { status: observed.status, sinceMs: isFirst ? -Infinity : now };
    if (!current || (current.status === 'True') === (observed.status === 'True')) return observed;
    const threshold = observed.status === 'True' ? options.successThresholdMs : options.failureThresholdMs;
    return now - last.sinceMs >= threshold ? observed : current;
  };
}
