import { isExpired, isStatusError } from '../apis/meta/status-error.ts';

/**
 * Where an informer is, and where it goes from there. It starts by streaming the list as the first events of a watch or, where the server can't do
 * that, by listing in pages; then it watches from the revision it has; a revision that the server no longer has, or never had, means a new start.
 */
export type InformerState =
  /** `hasStreamed`: it could once, so that what fails now says nothing about the server. */
  | { phase: 'stream'; hasStreamed?: true }
  /** `startedBy`: what a new start begins with after this one; absent: with a list too. */
  | { phase: 'list'; startedBy?: 'stream' }
  | { phase: 'watch'; resourceVersion: string; startedBy: 'stream' | 'list' };

export type Outcome =
  /** The list is in the store, or the server ended the watch; `resourceVersion` is what is known by now. */
  | { result: 'done'; resourceVersion: string }
  /** `resourceVersion` is undefined as long as there is no complete list. `hadLasted`: it went well for some time. */
  | { result: 'failed'; error: unknown; resourceVersion: string | undefined; hadLasted?: boolean };

/** The server took the question for a plain watch: it never says that the list is complete. */
export class InitialEventsUnsupportedError extends Error {
  constructor() {
    super('the server does not say where the initial events of a watch end');
    this.name = 'InitialEventsUnsupportedError';
  }
}

/** `resumes`: what broke may go on from the version that is known. A watch that the server ended in the ordinary way always does. */
export function nextState(state: InformerState, outcome: Outcome, resumes = true): InformerState {
  const startedBy = startOf(state);
  if (outcome.result === 'done') return { phase: 'watch', resourceVersion: outcome.resourceVersion, startedBy };
  if (state.phase === 'stream' && outcome.resourceVersion === undefined && isStreamRefused(outcome.error)) {
    return state.hasStreamed ? { phase: 'list', startedBy: 'stream' } : { phase: 'list' };
  }
  if (outcome.resourceVersion === undefined) return state.phase === 'list' ? anew(startedBy) : state;
  if (!resumes || isRevisionLost(outcome.error)) return anew(startedBy);
  return { phase: 'watch', resourceVersion: outcome.resourceVersion, startedBy };
}

function startOf(state: InformerState): 'stream' | 'list' {
  return state.phase === 'stream' ? 'stream' : (state.startedBy ?? 'list');
}

function anew(startedBy: 'stream' | 'list'): InformerState {
  return startedBy === 'stream' ? { phase: 'stream', hasStreamed: true } : { phase: 'list' };
}

/** Older servers say Invalid, and Bad Request; some with an old etcd an internal error. */
function isStreamRefused(error: unknown): boolean {
  if (error instanceof InitialEventsUnsupportedError) return true;
  return isStatusError(error) && [400, 422, 500].includes(error.code);
}

/** Compacted away, or not reached yet by a server that was restored from a backup. */
export function isRevisionLost(error: unknown): boolean {
  if (isExpired(error)) return true;
  return isStatusError(error) && /too large resource version/i.test(error.message);
}
