import { isDeepStrictEqual } from 'node:util';
import { isDryRun } from '../../shared/apis/work/dry-run.ts';
import { leavingWords } from '../../shared/apis/work/leaving-objects.ts';
import { ORPHANS_LABEL, ORPHANS_WORK, type Work } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { ReconcileResult } from '../../shared/controller/controller.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { keyOf } from '../../shared/controller/store.ts';
import { type ApplyResult, applyManifest, getObserved, intendNew } from './apply-manifest.ts';
import { inSteps } from './apply-order.ts';
import { fightEndsInMs } from './contests.ts';
import { deleteWork } from './delete-work.ts';
import type { Delivery, Failure, WorkState, WorkStates } from './delivery.ts';
import type { DeliveryMetrics } from './delivery-metrics.ts';
import { hasDrifted } from './drift.ts';
import { reconcileDryRun } from './dry-run.ts';
import { addExecutionFinalizer } from './finalizer.ts';
import { SilentHub } from './hub-history.ts';
import { inParallel } from './in-parallel.ts';
import { describe, type Manifest, manifestsOf } from './manifest.ts';
import { isOlderThanRecord, type PruneDeps, pruneWork } from './prune-work.ts';
import { lookAgainMs } from './remove-in-order.ts';
import { freshest } from './status-writer.ts';
import { isDeliverable, isUpward } from './work-view.ts';

/**
 * Makes the member have what one Work says. It owns the objects in the member, our finalizer on the Work, and through `tellStatus` the
 * Work's status. It deletes in the member only for a Work that it has seen being deleted, or what the same Work has stopped naming; a Work
 * that is missing means nothing.
 */
export interface WorkDeps extends PruneDeps {
  hub: KubeClient;
  states: WorkStates;
  log: Logger;
  /** Asks the member anew which kinds it serves. */
  reloadKinds(signal: AbortSignal): Promise<void>;
  /** The Work's status may have changed. */
  tellStatus(key: string): void;
  tellOutcome(work: Work, failure: string | undefined): void;
  metrics?: DeliveryMetrics;
  /** What is kept in the member may not be read, and may be in a moment: what proves that objects may go with their Work. */
  isKeptReadSoon(): boolean;
  /** Whether the hub has told its Works; else they are the last known ones. */
  isLive(): boolean;
  /** Something arrived that others may have waited for: a namespace, a kind. */
  retryFailed(): void;
}

const RETRY_MS: Partial<Record<Failure['retry'], number>> = { slow: 30_000, soon: 5000 };

export async function reconcileWork(
  deps: WorkDeps,
  key: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const stored = deps.getWork(key);
  if (!stored) {
    deps.states.forget(key);
    deps.orphansChanged();
    return undefined;
  }
  if (isOrphansWork(stored)) {
    deps.orphansChanged();
    return undefined;
  }
  if (isUpward(stored)) return undefined;
  if (isDryRun(stored)) return deps.isLive() ? reconcileDryRun(deps, stored, signal) : undefined;
  const known = deps.states.get(key);
  if (known && known.uid !== stored.metadata.uid) deps.orphansChanged();
  const state = deps.states.of(key, stored);
  const work = freshest(stored, state) ?? stored;
  if (!deps.isLive()) return isDeliverable(work) ? keepDelivered(deps, work, state, signal) : undefined;
  if (work.metadata.deletionTimestamp) return deleteWork(deps, work, signal);
  if (work.spec.suspendDispatching) {
    Object.assign(state, { isSuspended: true, isSettled: true, generation: work.metadata.generation ?? 0 });
    deps.inventory.workChanged(work.metadata.uid ?? '');
    deps.tellStatus(key);
    return undefined;
  }
  deps.history.saw(work.metadata.resourceVersion);
  await deps.history.known().catch((error: unknown) => unlessSilent(deps, work, error));
  state.latest = await addExecutionFinalizer(deps.hub, work, signal);
  return deliver(deps, key, state.latest, state, signal);
}

/**
 * What only the history proves waits for it, in `pruneWork`, and the record of the Work too; to apply what a Work names needs no proof. A Work that is older than when it was delivered
 * waits with all: it shows the hub to be a restored one, and would not any more when its status is written.
 */
function unlessSilent({ inventory }: WorkDeps, work: Work, error: unknown): void {
  const record = inventory.get(work.metadata.uid ?? '');
  if (!(error instanceof SilentHub) || (record && isOlderThanRecord(work, record))) throw error;
}

/** Ours, by which we tell of orphaned objects. */
function isOrphansWork({ metadata }: Work): boolean {
  return metadata.name === ORPHANS_WORK && metadata.labels?.[ORPHANS_LABEL] === 'true';
}

/** Without the hub: the last known Work is applied, and whatever needs the hub's word, or tells it something, waits. */
async function keepDelivered(
  deps: WorkDeps,
  work: Work,
  state: WorkState,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const againInMs = await applyAll(deps, work, manifestsOf(work), state, signal);
  return nextLook(state, againInMs);
}

async function deliver(
  deps: WorkDeps,
  key: string,
  work: Work,
  state: WorkState,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const manifests = manifestsOf(work);
  state.isSettled = false;
  await intendNew(deps, work, manifests, state.deliveries, signal);
  const againInMs = await applyAll(deps, work, manifests, state, signal);
  forgetOthers(state, manifests);
  Object.assign(state, { isSuspended: false, isSettled: true, generation: work.metadata.generation ?? 0 });
  deps.tellStatus(key);
  const left = await pruneWork(deps, work, state.deliveries, signal);
  const now = deps.clock.monotonic();
  const leaving = left.map(({ object, why }) => leavingWords(describe(object), why));
  if (!isDeepStrictEqual(leaving, state.leaving)) Object.assign(state, { leaving, wordsSinceMs: now });
  state.isPruningHeldBack = left.some(({ isKept }) => isKept);
  deps.tellStatus(key);
  deps.tellOutcome(work, failuresOf(state)[0]?.message);
  const ends = [...state.deliveries.values()].flatMap((one) => fightEndsInMs(one, now) ?? []);
  const looks = left.length > 0 ? [lookAgainMs(left, now - state.wordsSinceMs)] : [];
  return nextLook(state, [...againInMs, ...ends, ...looks]);
}

function failuresOf({ deliveries }: WorkState): Failure[] {
  return [...deliveries.values()].flatMap(({ failure }) => (failure ? [failure] : []));
}

/** Throws what may pass by itself, to be tried again with a growing delay. */
function nextLook(state: WorkState, againInMs: number[]): ReconcileResult | undefined {
  const failures = failuresOf(state);
  const temporary = failures.filter(({ retry }) => retry === 'backoff');
  if (temporary.length > 0) throw new Error(inWords(temporary));
  const retries = failures.flatMap(({ retry }) => RETRY_MS[retry] ?? []);
  const waits = [...againInMs, ...retries];
  return waits.length > 0 ? { requeueAfterMs: Math.min(...waits) } : undefined;
}

const NAMED_FAILURES = 5;

/** For the log: the Work's condition has all of them. */
function inWords(failures: Failure[]): string {
  const named = failures.slice(0, NAMED_FAILURES).map(({ message }) => message);
  const more = failures.length - named.length;
  return `${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** Returns in how many milliseconds there is more to do: at once where something was changed behind our back meanwhile. */
async function applyAll(
  deps: WorkDeps,
  work: Work,
  manifests: Manifest[],
  state: WorkState,
  signal: AbortSignal,
): Promise<number[]> {
  state.isApplying = true;
  try {
    const results = await applyInSteps(deps, work, manifests, state, signal);
    const again = results.flatMap(({ againInMs }) => (againInMs === undefined ? [] : [againInMs]));
    return results.some((result) => isOvertaken(deps, result)) ? [...again, 0] : again;
  } finally {
    state.isApplying = false;
  }
}

/** What is to be set back only later, or can't be, is waited for. */
function isOvertaken({ watches }: WorkDeps, { delivery, againInMs }: ApplyResult): boolean {
  const { applied, type, identifier, failure } = delivery;
  if (!applied || !type || failure || againInMs !== undefined) return false;
  return hasDrifted(applied, watches.look(type, identifier.namespace, identifier.name));
}

/** The manifests of one step at the same time. */
async function applyInSteps(
  deps: WorkDeps,
  work: Work,
  manifests: Manifest[],
  state: WorkState,
  signal: AbortSignal,
): Promise<ApplyResult[]> {
  const all: ApplyResult[] = [];
  for (const step of inSteps(manifests, ({ identifier }) => identifier.kind)) {
    const results = await inParallel(step, async (manifest) => {
      const previous = state.deliveries.get(manifest.key);
      const startMs = deps.clock.monotonic();
      const result = await applyManifest(deps, work, manifest, previous, signal);
      count(deps, result, (deps.clock.monotonic() - startMs) / 1000);
      state.deliveries.set(manifest.key, result.delivery);
      logResult(deps, work, result);
      return result;
    });
    all.push(...results);
    const arrived = results.filter(({ did }) => did !== 'nothing').map(({ delivery }) => delivery);
    await afterStep(deps, arrived, signal);
  }
  return all;
}

function count({ metrics }: WorkDeps, { did, delivery: { failure } }: ApplyResult, seconds: number): void {
  if (did !== 'nothing') metrics?.delivered(did, seconds);
  if (failure) metrics?.failed(failure.reason);
}

function logResult({ log }: WorkDeps, work: Work, { did, delivery }: ApplyResult): void {
  const fields = { work: keyOf(work), object: describe(delivery.identifier) };
  if (did === 'corrected') log.info(fields, 'drift was undone');
  if (did === 'applied') log.debug(fields, 'applied');
}

function forgetOthers(state: WorkState, manifests: Manifest[]): void {
  const keys = new Set(manifests.map(({ key }) => key));
  for (const key of state.deliveries.keys()) if (!keys.has(key)) state.deliveries.delete(key);
}

async function afterStep(deps: WorkDeps, arrived: Delivery[], signal: AbortSignal): Promise<void> {
  const kinds = arrived.filter(({ identifier }) => identifier.kind === 'CustomResourceDefinition');
  await Promise.all(kinds.map((delivery) => waitUntilEstablished(deps, delivery, signal)));
  if (kinds.length > 0) await deps.reloadKinds(signal).catch(() => undefined);
  if (kinds.length > 0 || arrived.some(({ identifier }) => identifier.kind === 'Namespace')) deps.retryFailed();
}

const ESTABLISH_TRIES = 50;
const ESTABLISH_PAUSE_MS = 100;

/** So that objects of a new kind find it served; gives up after a few seconds, for they are tried again anyway. */
async function waitUntilEstablished(deps: WorkDeps, delivery: Delivery, signal: AbortSignal): Promise<void> {
  const { type, identifier } = delivery;
  if (!type) return;
  let health = delivery.applied?.health;
  for (let tries = 0; tries < ESTABLISH_TRIES && health !== 'Healthy'; tries += 1) {
    await sleep(deps.clock, ESTABLISH_PAUSE_MS, signal);
    signal.throwIfAborted();
    health = (await getObserved(deps.member, type, identifier, signal).catch(() => undefined))?.health;
  }
}
