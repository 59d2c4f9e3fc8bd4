import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { ManifestStatus, Work } from '../../shared/apis/work/v1alpha1.ts';
import type { Contest } from './contests.ts';
import type { Observed } from './observed.ts';

/** What this process knows of the Works that it delivers. It starts empty: the first reconcile of each Work fills it. */

/** What became of one manifest. */
export interface Delivery {
  identifier: ManifestStatus['identifier'];
  id: string;
  /** Of the manifest that was applied last. */
  hash: string;
  type?: ResourceType<Unstructured>;
  /** The object as our last apply left it. */
  applied?: Observed;
  /** The object vanished, or lost our label, since then. */
  isGone: boolean;
  failure?: Failure;
  /** When drift was undone, by the monotonic clock, newest last. */
  corrections: number[];
  /** Who had taken fields from us then, oldest first. */
  contests: Contest[];
}

/** The object is another Work's, or nobody's that we know. */
export const NOT_OURS = 'NotOurs';

export interface Failure {
  message: string;
  /** In one word, for those who count. */
  reason: string;
  /** `never`: only another manifest can help. `slow`: only somebody in the member can; `soon`: it is likely, and costs little to see. */
  retry: 'backoff' | 'soon' | 'slow' | 'never';
}

export interface WorkState {
  uid: string;
  /** Of the spec that was looked at last. */
  generation: number;
  deliveries: Map<string, Delivery>;
  isSuspended: boolean;
  /** False while manifests are being applied: what is known then is half of the truth, and is not told. */
  isSettled: boolean;
  /** Manifests are being applied: what comes back of that from the member is looked at when all are. */
  isApplying: boolean;
  /** The Work as our own last write left it, until the watch has caught up. */
  latest?: Work;
  statusWrittenAt: number;
  /** Status writes of late in which only numbers differed. */
  numberWrites: number;
  /** The hub had no room for the status of the spec of this generation: how much less is told. */
  room?: { generation: number; step: number };
  /** What the Work has stopped naming and is not gone yet: in words. */
  leaving: string[];
  /** Some of that is not asked to go before all manifests are applied. */
  isPruningHeldBack?: boolean;
  /** The Work is being deleted, and these objects are not gone yet: in words. */
  waitingFor?: string[];
  /** Since when the words of `leaving` or `waitingFor` have been the same, by the monotonic clock. */
  wordsSinceMs: number;
  /** Of objects that the deleted Work has let go of already, by id. */
  released?: Set<string>;
  /** The deleted Work as it was when our finalizer was taken off, and until when the hub has time to tell of that (by the monotonic clock). */
  letGo?: { work: Work; untilMs: number };
  /** How the last delivery went; see `outcome.ts`. */
  outcome?: string;
  /** What the last event said, so that it's said once. */
  toldOutcome?: string;
}

function newWorkState(work: Work): WorkState {
  return {
    uid: work.metadata.uid ?? '',
    generation: 0,
    deliveries: new Map(),
    isSuspended: false,
    isSettled: false,
    isApplying: false,
    leaving: [],
    wordsSinceMs: Number.NEGATIVE_INFINITY,
    statusWrittenAt: Number.NEGATIVE_INFINITY,
    numberWrites: 0,
  };
}

/** By key of the Work. A Work that was deleted and made again starts anew. */
export interface WorkStates {
  of(key: string, work: Work): WorkState;
  get(key: string): WorkState | undefined;
  forget(key: string): void;
  entries(): Iterable<[string, WorkState]>;
}

export function newWorkStates(): WorkStates {
  const states = new Map<string, WorkState>();
  return {
    of: (key, work) => {
      const known = states.get(key);
      if (known && known.uid === work.metadata.uid) return known;
      const state = newWorkState(work);
      states.set(key, state);
      return state;
    },
    get: (key) => states.get(key),
    forget: (key) => {
      states.delete(key);
    },
    entries: () => states.entries(),
  };
}
