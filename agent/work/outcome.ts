import { CONDITION_APPLIED, type Work } from '../../shared/apis/work/v1alpha1.ts';
import { keyOf } from '../../shared/controller/store.ts';
import type { WorkStates } from './delivery.ts';

/** Tells, as an event on the Work, how its delivery went; only when that is news, and not again after a restart. */

export interface OutcomeEvent {
  type: 'Normal' | 'Warning';
  reason: 'SyncSucceed' | 'SyncFailed';
  message: string;
}

const SUCCEEDED = '';

export function newOutcomeTeller(
  states: WorkStates,
  cluster: string,
  record: (work: Work, event: OutcomeEvent) => void,
): (work: Work, failure: string | undefined) => void {
  return (work, failure = SUCCEEDED) => {
    const state = states.get(keyOf(work));
    if (!state || (state.toldOutcome ?? toldBefore(work)) === failure) return;
    state.toldOutcome = failure;
    record(work, eventOf(work, failure, cluster));
  };
}

/** What an earlier process must have told, by the Work's own condition. */
function toldBefore(work: Work): string | undefined {
  const applied = work.status?.conditions?.find(({ type }) => type === CONDITION_APPLIED);
  return applied?.status === 'True' ? SUCCEEDED : undefined;
}

function eventOf(work: Work, failure: string, cluster: string): OutcomeEvent {
  if (failure === SUCCEEDED) {
    const message = `Successfully applied the manifests of work(${keyOf(work)}) to cluster ${cluster}`;
    return { type: 'Normal', reason: 'SyncSucceed', message };
  }
  return { type: 'Warning', reason: 'SyncFailed', message: failure.slice(0, 1000) };
}
