import { CONDITION_APPLIED, type Work } from '../../shared/apis/work/v1alpha1.ts';
import { keyOf } from '../../shared/controller/store.ts';
import type { WorkState, WorkStates } from './delivery.ts';

/** Tells, as an event on the Work, how its delivery went; only when that is news, and not again after a restart. */

export interface OutcomeEvent {
  type: 'Normal' | 'Warning';
  reason: 'SyncSucceed' | 'SyncFailed';
  message: string;
}

export interface Outcomes {
  /** So a delivery of the Work went: with a failure, in words, or well. */
  note(work: Work, failure: string | undefined): void;
  /** Says what was noted last, if that is news. */
  say(key: string): void;
}

export interface OutcomesOptions {
  states: WorkStates;
  cluster: string;
  getWork(key: string): Work | undefined;
  /** There is something to say of the Work: when, is somebody else's business. */
  onNews(key: string): void;
  record(work: Work, event: OutcomeEvent): void;
}

const SUCCEEDED = '';

export function newOutcomes({ states, cluster, getWork, onNews, record }: OutcomesOptions): Outcomes {
  return {
    note: (work, failure = SUCCEEDED) => {
      const key = keyOf(work);
      const state = states.get(key);
      if (!state) return;
      if (state.outcome === undefined) Object.assign(state, toldBefore(work));
      state.outcome = failure;
      if (failure !== state.toldOutcome) onNews(key);
    },
    say: (key) => {
      const [state, work] = [states.get(key), getWork(key)];
      if (state?.outcome === undefined || state.outcome === state.toldOutcome) return;
      if (work?.metadata.uid !== state.uid) return;
      state.toldOutcome = state.outcome;
      record(work, eventOf(work, state.outcome, cluster));
    },
  };
}

/** What an earlier process must have told, by the Work's own condition. */
function toldBefore(work: Work): Pick<WorkState, 'toldOutcome'> {
  const applied = work.status?.conditions?.find(({ type }) => type === CONDITION_APPLIED);
  return applied?.status === 'True' ? { toldOutcome: SUCCEEDED } : {};
}

function eventOf(work: Work, failure: string, cluster: string): OutcomeEvent {
  if (failure === SUCCEEDED) {
    const message = `Successfully applied the manifests of work(${keyOf(work)}) to cluster ${cluster}`;
    return { type: 'Normal', reason: 'SyncSucceed', message };
  }
  return { type: 'Warning', reason: 'SyncFailed', message: failure.slice(0, 1000) };
}
