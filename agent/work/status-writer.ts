import { isConflict, isObjectNotFound } from '../../shared/apis/meta/status-error.ts';
import { type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { type ReconcileResult, TerminalError } from '../../shared/controller/controller.ts';
import { jsonEqual } from '../../shared/controller/json-equal.ts';
import { splitKey } from '../../shared/controller/store.ts';
import type { WorkState, WorkStates } from './delivery.ts';
import { isOlder } from './observed.ts';
import { isTooLarge, tellLess, throwIfTooLarge } from './status-room.ts';
import { type Look, workStatus } from './work-status.ts';

/**
 * Writes a Work's status when it differs: the first change at once, later ones together, so that a rollout costs the hub few
 * writes. Somebody else's write in between is read and kept.
 */
export interface StatusWriterDeps {
  hub: KubeClient;
  clock: Clock;
  states: WorkStates;
  getWork(key: string): Work | undefined;
  look: Look;
}

/** Between two writes of one Work's status that say something new: a condition, or the health of a manifest. */
const STATUS_WINDOW_MS = 250;
/** Between two of which only numbers differ, as in a rollout, at most: it doubles from write to write. */
const MAX_NUMBERS_WINDOW_MS = 10_000;
/** After so long without a write it begins anew. */
const QUIET_MS = 2 * MAX_NUMBERS_WINDOW_MS;

export async function writeStatus(
  deps: StatusWriterDeps,
  key: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const state = deps.states.get(key);
  const work = state && freshest(deps.getWork(key), state);
  if (!work || !state || !isWorthTelling(work, state)) return undefined;
  const wanted = withStatus(deps, work, state);
  if (wanted === work) return undefined;
  const now = deps.clock.monotonic();
  if (now - state.statusWrittenAt >= QUIET_MS) state.numberWrites = 0;
  const hasNews = saysNews(work, wanted);
  const waitMs = state.statusWrittenAt + (hasNews ? STATUS_WINDOW_MS : numbersWindowMs(state)) - now;
  if (waitMs > 0) return { requeueAfterMs: waitMs };
  state.statusWrittenAt = now;
  if (!hasNews) state.numberWrites += 1;
  try {
    state.latest = await put(deps, { work, state, wanted }, signal);
  } catch (error) {
    if (isObjectNotFound(error)) return undefined;
    if (!isConflict(error)) throw error;
    await rewrite(deps, key, state, signal);
  }
  return undefined;
}

function numbersWindowMs({ numberWrites }: WorkState): number {
  return Math.min(MAX_NUMBERS_WINDOW_MS, STATUS_WINDOW_MS * 2 ** numberWrites);
}

/** Whether more than the numbers in the manifests' own statuses differs. */
function saysNews(told: Work, wanted: Work): boolean {
  return !jsonEqual(gist(told), gist(wanted));
}

function gist({ status: { conditions = [], manifestStatuses = [] } = {} }: Work): object {
  return { conditions, manifests: manifestStatuses.map(({ identifier, health }) => ({ identifier, health })) };
}

/** Of a Work that is being deleted only what that waits for. */
function isWorthTelling({ metadata }: Work, { isSettled, waitingFor }: WorkState): boolean {
  return metadata.deletionTimestamp ? waitingFor !== undefined : isSettled;
}

/** The newer of what the watch and our own last write say of the Work. */
export function freshest(stored: Work | undefined, state: WorkState): Work | undefined {
  const { latest } = state;
  if (!stored || stored.metadata.uid !== state.uid) return undefined;
  if (latest && isOlder(stored, latest)) return latest;
  delete state.latest;
  return stored;
}

async function rewrite(deps: StatusWriterDeps, key: string, state: WorkState, signal: AbortSignal): Promise<void> {
  const live = await deps.hub.get(works, splitKey(key), { signal });
  if (live.metadata.uid !== state.uid) return;
  const wanted = withStatus(deps, live, state);
  state.latest = wanted === live ? live : await put(deps, { work: live, state, wanted }, signal);
}

interface StatusWrite {
  work: Work;
  state: WorkState;
  /** The Work with its new status. */
  wanted: Work;
}

/** Less of it where the hub has no room for all. */
async function put(deps: StatusWriterDeps, { work, state, wanted }: StatusWrite, signal: AbortSignal): Promise<Work> {
  try {
    const body = onlyStatus(wanted);
    throwIfTooLarge(body);
    return await deps.hub.update(works, body, { ...UNCHECKED, subresource: 'status', signal });
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    if (tellLess(work, state)) return put(deps, { work, state, wanted: withStatus(deps, work, state) }, signal);
    throw new TerminalError('the hub has no room for any status of so large a Work: split it', { cause: error });
  }
}

/** The status is our own words, which need not be looked through for keys that the server does not know. */
const UNCHECKED = { fieldValidation: 'Ignore' } as const;

/** Whatever else a status write says of the Work is not heeded, and costs sender and server as much as if it were. */
function onlyStatus({ apiVersion, kind, metadata, status = {} }: Work): Work {
  const { name, namespace, uid, resourceVersion } = metadata;
  const present = Object.entries({ name, namespace, uid, resourceVersion }).filter(([, value]) => value !== undefined);
  return { apiVersion, kind, metadata: Object.fromEntries(present), spec: {}, status };
}

function withStatus(deps: StatusWriterDeps, work: Work, state: WorkState): Work {
  const status = workStatus(work, state, deps.look, deps.clock);
  return status === work.status ? work : { ...work, status };
}
