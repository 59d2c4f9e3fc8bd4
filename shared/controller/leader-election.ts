import { setMaxListeners } from 'node:events';
import { type Lease, leases, microTime } from '../apis/coordination/v1.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../apis/meta/status-error.ts';
import { apiVersionOf } from '../apis/resource-type.ts';
import type { KubeClient } from '../client/client.ts';
import { type Deadline, withDeadline } from '../client/deadline.ts';
import { getIfPresent } from '../client/ensure-object.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import { sleep } from './sleep.ts';

/**
 * One of several replicas works at a time: the holder of a Lease (coordination.k8s.io/v1), by client-go's rules. A replica judges
 * another's lease by when it saw it change, on its own clock, so clocks need not agree.
 */
export interface LeaderElectionOptions {
  client: KubeClient;
  namespace: string;
  /** Name of the Lease. */
  name: string;
  /** Differs between replicas, and between two starts of one. */
  identity: string;
  clock: Clock;
  log: Logger;
  /** With each look at the lease that finds it another's, while this replica waits to lead. */
  onTaken?: () => void;
  /** client-go's defaults: 15 s, 10 s, 2 s. */
  leaseDurationMs?: number;
  renewDeadlineMs?: number;
  retryPeriodMs?: number;
}

type Timing = Required<Pick<LeaderElectionOptions, 'leaseDurationMs' | 'renewDeadlineMs' | 'retryPeriodMs'>>;

interface Observed {
  /** The lease's spec as text, to see a change. */
  record: string;
  /** By the monotonic clock; unless somebody renews it. */
  expiresMs: number;
}

/**
 * Waits to become the leader, then runs `lead`, whose signal aborts when the lease is lost or `signal` aborts. Resolves after `lead` has ended, with
 * why: `lost` means that another may lead now, and the process had better start anew. The lease is given back on a stop.
 */
export async function runAsLeader(
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<'stopped' | 'lost'> {
  const elector = newElector(options);
  if (!(await elector.acquire(signal))) return 'stopped';
  try {
    await leadUntilLost(elector, options, lead, signal);
  } finally {
    await elector.release();
  }
  return elector.isLost() ? 'lost' : 'stopped';
}

/** Resolves when `lead` has ended: by itself, because the lease was lost, or because `signal` aborts. */
export async function leadUntilLost(
  elector: Elector,
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  options.log.info({ lease: leaseOf(options), identity: options.identity }, 'became the leader');
  const leading = new AbortController();
  setMaxListeners(0, leading.signal); // everything that is led listens
  const stop = (): void => leading.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const renewing = elector.keepRenewing(leading.signal).then(() => leading.abort(new Error('the lease was lost')));
  try {
    await lead(leading.signal);
  } finally {
    leading.abort(signal.reason);
    signal.removeEventListener('abort', stop);
    await renewing;
  }
}

export interface Elector {
  /** True once the lease is ours; false if `signal` aborted first. */
  acquire(signal: AbortSignal): Promise<boolean>;
  /** Resolves when `signal` aborts, another has the lease, or it could not be renewed in time. */
  keepRenewing(signal: AbortSignal): Promise<void>;
  /** After a loss: `held` when it is ours again, `taken` when another has it; as long as the API does not answer, neither. */
  regain(signal: AbortSignal): Promise<'held' | 'taken' | 'stopped'>;
  release(): Promise<void>;
  isLost(): boolean;
}

type Attempt = 'held' | 'taken' | 'unknown';

export function newElector(options: LeaderElectionOptions): Elector {
  const { clock, log } = options;
  const timing: Timing = {
    leaseDurationMs: 15_000,
    renewDeadlineMs: 10_000,
    retryPeriodMs: 2000,
    ...definedTiming(options),
  };
  let observed: Observed | undefined;
  let held: Lease | undefined;
  /** As far as is known: of a renewal that had no answer, nobody knows whether it arrived. */
  let isOurs = false;
  let lost = false;

  const tryOnce = async (signal: AbortSignal): Promise<Attempt> => {
    const outcome = await tryAcquireOrRenew(options, timing, { observed, held }, signal);
    observed = outcome.observed;
    held = outcome.held;
    isOurs = held !== undefined;
    return isOurs ? 'held' : 'taken';
  };
  const attempt = async (signal: AbortSignal): Promise<Attempt> => {
    try {
      return await tryOnce(signal);
    } catch (error) {
      held = undefined;
      if (!signal.aborted && !isConflict(error) && !isAlreadyExists(error))
        log.warn({ err: error, lease: options.name }, 'could not renew the leader lease');
      return 'unknown';
    }
  };
  return {
    isLost: () => lost,
    acquire: async (signal) => {
      let isTold = false;
      while (!signal.aborted) {
        const outcome = await attempt(signal);
        if (outcome === 'held') return true;
        if (outcome === 'taken') options.onTaken?.();
        if (outcome === 'taken' && !isTold)
          log.info({ lease: leaseOf(options) }, 'another leads, or has ended without giving its lease back: waiting');
        isTold ||= outcome === 'taken';
        const pauseMs = timing.retryPeriodMs * (1 + Math.random() * 0.2);
        await sleep(clock, Math.min(pauseMs, untilExpiredMs(observed, clock.monotonic())), signal);
      }
      return false;
    },
    keepRenewing: async (signal) => {
      let renewedMs = clock.monotonic();
      while (!signal.aborted) {
        await sleep(clock, timing.retryPeriodMs, signal);
        if (signal.aborted) return;
        const startedMs = clock.monotonic();
        const limitMs = renewedMs + timing.renewDeadlineMs - startedMs;
        const outcome = await withDeadline(clock, limitOf(limitMs, signal), attempt);
        if (outcome === 'held') renewedMs = startedMs;
        else if (signal.aborted) return;
        else if (outcome === 'taken' || clock.monotonic() - renewedMs >= timing.renewDeadlineMs) {
          lost = true;
          const why =
            outcome === 'taken' ? 'another has the leader lease' : 'the leader lease could not be renewed in time';
          log.error({ lease: options.name }, why);
          return;
        }
      }
    },
    regain: async (signal) => {
      while (!signal.aborted) {
        const outcome = await withDeadline(clock, limitOf(timing.renewDeadlineMs, signal), attempt);
        lost = outcome !== 'held';
        if (outcome !== 'unknown') return outcome;
        await sleep(clock, timing.retryPeriodMs, signal);
      }
      return 'stopped';
    },
    release: async () => {
      if (isOurs && !lost) await release(options, held);
    },
  };
}

function leaseOf({ namespace, name }: LeaderElectionOptions): string {
  return `${namespace}/${name}`;
}

/** Reads the lease unless it is known to be ours, judges it, and writes it. Throws what the API throws. */
async function tryAcquireOrRenew(
  options: LeaderElectionOptions,
  timing: Timing,
  state: { observed: Observed | undefined; held: Lease | undefined },
  signal: AbortSignal,
): Promise<{ observed: Observed | undefined; held: Lease | undefined }> {
  const { client, clock, identity } = options;
  const nowMs = clock.now();
  const lookedMs = clock.monotonic();
  if (state.held) {
    try {
      return { ...state, held: await client.update(leases, ours(options, timing, state.held, nowMs), { signal }) };
    } catch (error) {
      if (!isRace(error)) throw error;
    }
  }
  const current = await getIfPresent(client, leases, { name: options.name, namespace: options.namespace }, signal);
  if (!current) {
    return { ...state, held: await client.create(leases, ours(options, timing, newLease(options), nowMs), { signal }) };
  }
  const record = JSON.stringify(current.spec ?? {});
  const isSame = state.observed?.record === record;
  const observed = isSame ? state.observed : { record, expiresMs: lookedMs + durationMs(current, timing) };
  const holder = current.spec?.holderIdentity ?? '';
  const isTaken = holder !== '' && holder !== identity && (observed?.expiresMs ?? 0) > lookedMs;
  if (isTaken) return { observed, held: undefined };
  return { observed, held: await client.update(leases, ours(options, timing, current, nowMs), { signal }) };
}

/** The moment at which a silent leader's lease may be taken is not slept through. */
function untilExpiredMs(observed: Observed | undefined, nowMs: number): number {
  const leftMs = (observed?.expiresMs ?? 0) - nowMs;
  return leftMs > 0 ? leftMs : Number.POSITIVE_INFINITY;
}

function newLease({ name, namespace }: LeaderElectionOptions): Lease {
  return { apiVersion: apiVersionOf(leases), kind: leases.kind, metadata: { name, namespace } };
}

function ours({ identity }: LeaderElectionOptions, timing: Timing, lease: Lease, nowMs: number): Lease {
  const { spec = {} } = lease;
  const isRenewal = spec.holderIdentity === identity;
  const time = microTime(nowMs);
  const acquired = isRenewal
    ? {}
    : { acquireTime: time, leaseTransitions: lease.spec ? (spec.leaseTransitions ?? 0) + 1 : 0 };
  const leaseDurationSeconds = Math.ceil(timing.leaseDurationMs / 1000);
  return { ...lease, spec: { ...spec, ...acquired, holderIdentity: identity, leaseDurationSeconds, renewTime: time } };
}

/** The holder's own word on how long its lease lasts. */
function durationMs(lease: Lease, timing: Timing): number {
  const seconds = lease.spec?.leaseDurationSeconds;
  return seconds === undefined ? timing.leaseDurationMs : seconds * 1000;
}

const LAST_WORD_MS = 1000;

/** Empties the holder, so that another need not wait; a second at most, for the process is ending. */
async function release(options: LeaderElectionOptions, held: Lease | undefined): Promise<void> {
  const { clock, log } = options;
  try {
    await withDeadline(clock, limitOf(LAST_WORD_MS), (signal) => giveBack(options, held, signal));
  } catch (error) {
    log.debug({ err: error }, 'the leader lease could not be given back');
  }
}

/** Where a renewal was under way when the process was stopped, the lease is read first: it may have arrived, then or meanwhile. */
async function giveBack(options: LeaderElectionOptions, known: Lease | undefined, signal: AbortSignal): Promise<void> {
  const { client, clock, name, namespace, identity } = options;
  const lease = known ?? (await client.get(leases, { name, namespace }, { signal }));
  if (lease.spec?.holderIdentity !== identity) return;
  const time = microTime(clock.now());
  const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: time, acquireTime: time };
  try {
    await client.update(leases, { ...lease, spec }, { signal });
  } catch (error) {
    if (!isConflict(error)) throw error;
    await giveBack(options, undefined, signal);
  }
}

function isRace(error: unknown): boolean {
  return isConflict(error) || isAlreadyExists(error) || isNotFound(error);
}

function definedTiming({ leaseDurationMs, renewDeadlineMs, retryPeriodMs }: LeaderElectionOptions): Partial<Timing> {
  return {
    ...(leaseDurationMs === undefined ? {} : { leaseDurationMs }),
    ...(renewDeadlineMs === undefined ? {} : { renewDeadlineMs }),
    ...(retryPeriodMs === undefined ? {} : { retryPeriodMs }),
  };
}

/** A renewal that hangs must not outlive the deadline. */
function limitOf(timeoutMs: number, signal?: AbortSignal): Deadline {
  return { signal, timeoutMs: Math.max(0, timeoutMs), what: () => 'the API' };
}
