import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { SEEN_VERSION_ANNOTATION } from '../../shared/apis/cluster/v1alpha1.ts';
import { type Lease, leases } from '../../shared/apis/coordination/v1.ts';
import { namespaces } from '../../shared/apis/core/v1.ts';
import { isForbidden, isObjectNotFound } from '../../shared/apis/meta/status-error.ts';
import { STORE_EPOCH_ANNOTATION } from '../../shared/apis/store-epoch.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient, ObjectKey } from '../../shared/client/client.ts';
import { getUnlessGone } from '../../shared/client/ensure-object.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { type AgedWork, findAged } from './aged-works.ts';
import { coalesced } from './coalesced.ts';
import type { Inventory } from './inventory.ts';
import type { HubMark } from './inventory-record.ts';
import { hasForgotten, type LeaseStamp, stampOf } from './lease-stamp.ts';
import { isLower, newer } from './resource-version.ts';

/**
 * Whether the hub that speaks now is the one that spoke before, and has not forgotten what it said: the uid of its kube-system, the epoch of its store, a
 * resourceVersion that never goes below the highest that was seen, a heartbeat lease that has not forgotten what it was stamped with, and Works none of which is older than when it was delivered. The answer is the name of a history; where any of them breaks, another history begins, and
 * nothing that was delivered in a former one may be deleted on the word of this one.
 */
export interface HubHistory {
  /** Asks the hub now; the history's name, or an empty one if the hub does not say who it is. Throws if it can't be reached, `SilentHub` if it no longer says so. */
  confirm(): Promise<string>;
  /** As it was confirmed last by this process; asks if it never was. */
  known(): Promise<string>;
  /** As it was confirmed last by anybody; for whoever can't ask now. */
  last(): string;
  /** A Work was seen at this version. */
  saw(resourceVersion: string | undefined): void;
  /** A whole list showed these Works to be older than they were: they are looked at before anything is confirmed, beside those of earlier lists of which the hub has not said yet how they are. */
  suspect(aged: readonly AgedWork[]): void;
  /** For the heartbeat lease that is about to be renewed, as the hub had it last. Nothing before the hub was asked, nor where the lease has forgotten: it is to be seen, and written down, before it is written over. */
  stampFor(lease: Lease): Record<string, string>;
  /** The hub has taken the lease. Resolves when that is written down, or could not be: then it is with whatever is written next. */
  stamped(lease: Lease): Promise<void>;
}

export interface HubHistoryDeps {
  hub: KubeClient;
  /** The execution space: its Works can be listed. */
  namespace: string;
  /** The heartbeat lease, if the agent renews one. */
  lease?: ObjectKey;
  inventory: Pick<Inventory, 'mark' | 'raiseMark' | 'commitMark' | 'keptHistory'>;
  log: Logger;
  /** Absent: questions follow upon each other without a rest. */
  clock?: Clock;
  /** When it aborts nothing is stamped any more; when the questions end unless given. */
  over?: AbortSignal;
  /** Another history has begun: everything is to be looked at again. */
  onBreak(): void;
}

/** Where many Works are deleted at once, each question is for many of them. A longer rest than this lets those that wait for it leave the machine idle. */
const REST = { factor: 4, maxMs: 50 };

export function newHubHistory(deps: HubHistoryDeps, signal: AbortSignal): HubHistory {
  const { inventory, log, over = signal } = deps;
  const silence = newSilence(deps);
  let confirmed: string | undefined;
  /** By uid. */
  const suspects = new Map<string, AgedWork>();

  const isWritten = ({ history }: HubMark): boolean => inventory.keptHistory() === history;
  /**
   * A history counts only when it is written down; until then it is asked for, and written, again. Where the member refuses to have it written it counts for this
   * process: what is delivered in it is forgotten on a restart, and nothing that was delivered before is deleted on its word.
   */
  const begin = async (mark: HubMark): Promise<string> => {
    if (confirmed !== mark.history) confirmed = undefined;
    await inventory.commitMark(mark);
    confirmed = mark.history;
    return mark.history;
  };

  const findSuspect = (): Promise<string | undefined> => {
    const cleared = (one: AgedWork): void => {
      if (suspects.get(one.uid) === one) suspects.delete(one.uid);
    };
    return findAged(deps.hub, [...suspects.values()], cleared, signal);
  };
  const askNow = async (): Promise<string> => {
    const before = inventory.mark();
    const now = await askHub(deps, signal).catch((error: unknown) => {
      silence.interrupted();
      throw error;
    });
    if (!now) return silence.heard();
    silence.end();
    const problem = before && (breakOf(before, now) ?? wordsOf(await findSuspect()));
    if (before && !problem) {
      const latest = inventory.mark() ?? before; // it may have been raised meanwhile
      const mark = { ...latest, revision: newer(latest.revision, now.revision) };
      if (!isWritten(mark)) return begin(mark);
      inventory.raiseMark(mark);
      confirmed = before.history;
      return before.history;
    }
    suspects.clear(); // of the history that ends here
    try {
      return await begin({ ...now, history: randomUUID() });
    } finally {
      if (problem) breakWith({ hub: now.hub, problem });
    }
  };
  const breakWith = (fields: { hub: string; problem: string }): void => {
    log.warn(fields, 'the hub may have forgotten what it said: what came from before is not deleted');
    deps.onBreak();
  };
  const confirm = coalesced(askNow, deps.clock, REST);
  /** Undefined before the hub was asked, and after the end: then another agent may know better. */
  const currentMark = (): HubMark | undefined =>
    confirmed === undefined || over.aborted ? undefined : inventory.mark();

  return {
    confirm,
    known: async () => confirmed ?? confirm(),
    last: () => inventory.mark()?.history ?? '',
    saw: (resourceVersion) => {
      const mark = inventory.mark();
      if (confirmed === undefined || !mark) return;
      const revision = newer(mark.revision, resourceVersion);
      if (revision !== mark.revision) inventory.raiseMark({ ...mark, revision });
    },
    suspect: (aged) => {
      for (const one of aged) {
        const resourceVersion = newer(suspects.get(one.uid)?.resourceVersion, one.resourceVersion);
        suspects.set(one.uid, { ...one, resourceVersion });
      }
    },
    stampFor: (lease) => {
      const mark = currentMark();
      const found = stampOf(lease);
      if (!mark || !isWritten(mark) || hasForgotten(found, mark.lease)) return {};
      return { [SEEN_VERSION_ANNOTATION]: newer(found.seen, mark.revision) };
    },
    stamped: async (lease) => {
      const mark = currentMark();
      const stamp = stampOf(lease);
      if (!mark || isDeepStrictEqual(stamp, mark.lease) || hasForgotten(stamp, mark.lease)) return;
      await inventory.commitMark({ ...mark, lease: stamp }).catch(() => undefined);
    },
  };
}

/** The hub answers, and does not say for the moment which one it is. */
export class SilentHub extends Error {}

/** What is orphaned because a hub no longer says who it is stays so: it is believed when it still says nothing after this. One that has just started may refuse what it grants a moment later. */
const SILENCE_MS = 30_000;
/** What it did not say longer ago than this does not count, unless it was believed then. */
const FORGOTTEN_MS = 5 * 60_000;

interface Silence {
  heard(): '';
  /** The hub gave no answer at all: one that starts again and again may refuse for a moment each time. */
  interrupted(): void;
  end(): void;
}

function newSilence({ inventory, clock }: HubHistoryDeps): Silence {
  let silence: { sinceMs: number; untilMs: number } | undefined;
  const isBelieved = (): boolean => silence !== undefined && silence.untilMs - silence.sinceMs >= SILENCE_MS;
  return {
    heard: () => {
      if (!clock || !inventory.mark()) return '';
      const untilMs = clock.monotonic();
      if (!isBelieved() && untilMs - (silence?.untilMs ?? untilMs) > FORGOTTEN_MS) silence = undefined;
      silence = { sinceMs: silence?.sinceMs ?? untilMs, untilMs };
      if (isBelieved()) return '';
      throw new SilentHub('the hub does not say which one it is, as it did before; asking again');
    },
    interrupted: () => {
      if (!isBelieved()) silence = undefined;
    },
    end: () => {
      silence = undefined;
    },
  };
}

/** Undefined if the agent may not know. The list is read from the hub's store, not from a cache of it, so its version is that of the moment. */
async function askHub(
  { hub, namespace, lease }: HubHistoryDeps,
  signal: AbortSignal,
): Promise<Omit<HubMark, 'history'> | undefined> {
  try {
    const [{ metadata }, list, stamp] = await Promise.all([
      hub.get(namespaces, { name: 'kube-system' }, { signal }),
      hub.list(works, { namespace, limit: 1, signal }),
      lease && readStamp(hub, lease, signal),
    ]);
    const { uid = '', annotations } = metadata;
    if (uid === '') return undefined;
    return {
      hub: uid,
      epoch: annotations?.[STORE_EPOCH_ANNOTATION] ?? '',
      revision: list.metadata.resourceVersion ?? '',
      ...(stamp ? { lease: stamp } : {}),
    };
  } catch (error) {
    if (isForbidden(error) || isObjectNotFound(error)) return undefined;
    throw error;
  }
}

/** Undefined if there is no lease yet, or none that the agent may read. */
async function readStamp(hub: KubeClient, key: ObjectKey, signal: AbortSignal): Promise<LeaseStamp | undefined> {
  try {
    const lease = await getUnlessGone(hub, leases, key, signal);
    return lease && stampOf(lease);
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}

function wordsOf(aged: string | undefined): string | undefined {
  return aged && `it went back in time: the Work ${aged} is older than when it was delivered`;
}

/** What broke, in words; undefined if the one may be the other some time later. */
function breakOf(before: HubMark, now: Omit<HubMark, 'history'>): string | undefined {
  if (now.hub !== before.hub) return 'it is another hub';
  if (now.epoch !== before.epoch) return 'its store was restored from a backup, or made anew';
  if (isLower(now.revision, before.revision)) {
    return `it went back in time: its resourceVersion is ${now.revision}, and was ${before.revision}`;
  }
  if (hasForgotten(now.lease, before.lease)) return 'it went back in time: it has the heartbeat lease as it was before';
  return undefined;
}
