import { backoffMs } from '../../shared/controller/backoff.ts';
import type { Clock } from '../../shared/controller/clock.ts';

/** What a person has said about the orphaned object of that uid. */
export interface Decision {
  word: 'adopt' | 'prune';
  uid: string;
}

/** Which decisions could not be carried out yet, and why; each is tried again ever more slowly, and waits for no other. */
export interface OrphanWaits {
  isDue(decision: Decision): boolean;
  /** It was tried, and is not done. Whether the reason is news. */
  note(decision: Decision, why: string): boolean;
  /** Forgets all but these: what is done, and what nobody wants any more. */
  keepOnly(decisions: Decision[]): void;
  of(uid: string): (Decision & { why: string }) | undefined;
  /** Until the next one is due; undefined if none waits. */
  nextInMs(): number | undefined;
}

const RETRY = { baseMs: 2000, maxMs: 60_000 };

interface Wait extends Decision {
  why: string;
  failures: number;
  /** By the monotonic clock. */
  dueMs: number;
}

export function newOrphanWaits(clock: Clock): OrphanWaits {
  const waits = new Map<string, Wait>();
  const find = ({ word, uid }: Decision): Wait | undefined => {
    const wait = waits.get(uid);
    return wait?.word === word ? wait : undefined;
  };
  return {
    isDue: (decision) => (find(decision)?.dueMs ?? 0) <= clock.monotonic(),
    note: ({ word, uid }, why) => {
      const before = find({ word, uid });
      const failures = (before?.failures ?? 0) + 1;
      waits.set(uid, { word, uid, why, failures, dueMs: clock.monotonic() + Math.round(backoffMs(failures, RETRY)) });
      return before?.why !== why;
    },
    keepOnly: (decisions) => {
      const wanted = new Map(decisions.map(({ word, uid }) => [uid, word]));
      for (const { uid, word } of waits.values()) if (wanted.get(uid) !== word) waits.delete(uid);
    },
    of: (uid) => waits.get(uid),
    nextInMs: () => {
      const due = [...waits.values()].map(({ dueMs }) => dueMs);
      return due.length > 0 ? Math.max(0, Math.min(...due) - clock.monotonic()) : undefined;
    },
  };
}
