import { setMaxListeners } from 'node:events';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient, ObjectKey } from '../../shared/client/client.ts';
import { withDeadline } from '../../shared/client/deadline.ts';
import { backoffMs } from '../../shared/controller/backoff.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { Controller, ControllerOptions } from '../../shared/controller/controller.ts';
import type { Informer, InformerOptions } from '../../shared/controller/informer.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { keyOf } from '../../shared/controller/store.ts';
import { agedWorks } from './aged-works.ts';
import { forgetApplied, newChangeHandler, newListHandler } from './change-handler.ts';
import { NOT_OURS, newWorkStates, type WorkState, type WorkStates } from './delivery.ts';
import type { DeliveryMetrics } from './delivery-metrics.ts';
import { newOffers } from './hand-over.ts';
import { type HubHistory, newHubHistory } from './hub-history.ts';
import { newInventory } from './inventory.ts';
import { newIntent, newInventoryKeeper } from './inventory-keeper.ts';
import type { KindDeps } from './kind-problems.ts';
import { namedIds } from './manifest.ts';
import { type MemberWatches, newMemberWatches } from './member-watches.ts';
import { neededKinds } from './needed-kinds.ts';
import { newObjectKinds, type ObjectKindsDeps } from './object-kinds.ts';
import { newOrphanController } from './orphan-controller.ts';
import { newOutcomes, type OutcomeEvent } from './outcome.ts';
import { reconcileWork, type WorkDeps } from './reconcile.ts';
import type { StateStore } from './state-store.ts';
import { type StatusWriterDeps, writeStatus } from './status-writer.ts';
import { newTellings } from './tellings.ts';
import { specSource, statusSource } from './work-source.ts';
import { newWorkView } from './work-view.ts';

/** Wires the delivery of Works to one member: functions of two clients, for the agent and for the hub's push members alike. */
export interface DeliveryDeps {
  hub: KubeClient;
  member: KubeClient;
  clock: Clock;
  log: Logger;
  newInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T>;
  newController(options: ControllerOptions): Controller;
  resourceFor: KindDeps['resourceFor'];
  resourceInGroup: ObjectKindsDeps['resourceInGroup'];
  /** Asks the member anew which kinds it serves. */
  reloadKinds(signal: AbortSignal): Promise<void>;
  /** Calls back whenever the member serves a kind that it did not serve before. */
  onNewKind(listener: () => void): () => void;
  recordEvent(work: Work, event: OutcomeEvent): void;
  /** In the member: the inventory and the last known Works. */
  state: StateStore;
  /** Absent where nobody renews a lease. */
  heartbeat?: StampedHeartbeat;
  metrics?: DeliveryMetrics;
}

/** The heartbeat lease carries how far the hub's history was seen. */
export interface StampedHeartbeat {
  lease: ObjectKey;
  /** Has every renewal stamped by these from now on. */
  carry(stamps: LeaseStamps): void;
  /** Stamps the lease as it was renewed last, if that says something new, and renews it by that no more. Throws where the hub has it otherwise by now. */
  stampNow(signal: AbortSignal): Promise<void>;
}

export type LeaseStamps = Pick<HubHistory, 'stampFor' | 'stamped'>;

export interface DeliveryOptions {
  cluster: string;
  /** Works reconciled at the same time. */
  concurrentWorkSyncs: number;
  /** Whether the last known Works are kept too, for a time without the hub. */
  keepsWorks: boolean;
  /** Before it resolves, the hub isn't asked for Works. */
  hubIsReady?: Promise<void>;
}

/** What fails by itself is tried again twice a minute; an outage of hub or member that is over is noticed. */
const BACKOFF = { baseMs: 20, maxMs: 30_000 };
/** A member that lets one Work wait, for a webhook say, does not let the others wait too. */
const SLOW_MS = 3000;
const LAST_WRITE_MS = 2000;
/** That all went well is the last that anybody waits for: after the statuses, and in no hurry. */
const EVENTS = { maxHoldMs: 30_000, eachMs: 50 };

/**
 * Runs until `signal` aborts. Rejects if what is kept in the member can't be read: try again then. Who has no right to read it begins without, and anew when there is: what is
 * kept proves what may be deleted, and what was delivered meanwhile is delivered again.
 */
export async function runDelivery(deps: DeliveryDeps, options: DeliveryOptions, signal: AbortSignal): Promise<void> {
  for (;;) {
    const turn = newTurn(signal);
    await runTurn(deps, options, turn).catch((error: unknown) => {
      turn.end();
      throw error;
    });
    if (signal.aborted || !turn.signal.aborted) return;
    deps.log.info({}, 'the state that is kept in the member can be read again: delivery begins anew with it');
  }
}

async function runTurn(deps: DeliveryDeps, options: DeliveryOptions, { signal, end }: Turn): Promise<void> {
  setMaxListeners(0, signal); // one per watch and worker: their number is no leak
  const { hub, member, clock, log } = deps;
  const namespace = executionSpace(options.cluster);
  const informer = deps.newInformer<Work>({
    ...{ client: hub, type: works, namespace, clock, log },
    transform: withoutManagers,
    indexes: { named: namedIds },
    resumes: () => Boolean(inventory.mark()?.epoch), // else nothing but a whole list shows that the hub was restored
    onList: () => {
      history.suspect(agedWorks(inventory, getLive));
      void history.confirm().catch(() => undefined); // asked again before anything is deleted
    },
  });
  const states = newWorkStates();
  const onChange = newChangeHandler(states, {
    drifted: (key) => delivery.enqueue(key),
    changed: (key) => tellings.tell(key),
  });
  const onList = (type: ResourceType<Unstructured>): void => {
    listed(type);
    orphans.changed();
  };
  const onNotServed = (type: ResourceType<Unstructured>): void => {
    const forget = (): void => forgetApplied(states, type, (key) => delivery.enqueue(key));
    deps.reloadKinds(signal).then(forget, forget);
  };
  const watches = newMemberWatches(
    {
      ...{ member, newInformer: deps.newInformer, clock, log, onChange, onList, onNotServed },
      neededKinds: () => neededKinds(states, inventory),
    },
    signal,
  );
  const listed = newListHandler(states, watches, (key) => delivery.enqueue(key));
  const lastWrites = newDelayed(signal, LAST_WRITE_MS, clock);
  const wakes = [hub, member].map(
    ({ transport }) =>
      (wake: () => void) =>
        transport.onConnect?.(wake),
  );
  const keeper = newInventoryKeeper(
    { ...deps, wakes },
    {
      flush: (aborted) => inventory.flush(aborted),
      lookAtKept: (aborted) => inventory.lookAtKept(aborted),
    },
  );
  const inventory = newInventory({
    ...{ store: deps.state, log, clock, signal: lastWrites.signal },
    workOf: (uid, { work }) => (options.keepsWorks ? deliverable(view.get(work), uid) : undefined),
    onDirty: keeper.onDirty,
  });
  const onBreak = (): void => {
    for (const work of informer.store.list()) delivery.enqueue(keyOf(work));
    for (const [, state] of states.entries()) {
      delete state.latest; // another history has other versions
      delete state.letGo;
      delete state.released;
    }
    orphans.changed();
  };
  const lease = deps.heartbeat ? { lease: deps.heartbeat.lease } : {};
  const over = lastWrites.signal;
  const history = newHubHistory({ hub, namespace, ...lease, inventory, log, clock, onBreak, over }, signal);
  deps.heartbeat?.carry(history);
  const isUnread = (await inventory.load(signal)) === 'refused';
  if (isUnread) untilReadable(deps, signal).then(end, () => {});
  const readUntilMs = clock.monotonic() + READ_SOON_MS;
  const view = newWorkView({ informer, inventory, clock, log });
  const getLive = (key: string): Work | undefined => informer.store.get(key);
  const offers = newOffers(specSource(informer));
  const statusDeps: StatusWriterDeps = { hub, clock, states, getWork: getLive, look: newLook(watches) };
  const outcomes = newOutcomes({
    ...{ states, cluster: options.cluster, getWork: getLive, record: deps.recordEvent },
    onNews: (key) => events.tell(key),
  });
  const workDeps: WorkDeps = {
    ...{ hub, member, clock, log, states, watches, inventory, history, getWork: view.get, isLive: view.isLive },
    cluster: options.cluster,
    ...(deps.metrics ? { metrics: deps.metrics } : {}),
    ...newObjectKinds({ ...deps, cluster: options.cluster }),
    reloadKinds: deps.reloadKinds,
    ...newIntent(inventory, history),
    tellStatus: (key) => tellings.tell(key),
    tellOutcome: outcomes.note,
    orphansChanged: () => orphans.changed(),
    isKeptReadSoon: () => isUnread && clock.monotonic() < readUntilMs,
    worksNaming: (id) => informer.store.byIndex('named', id),
    offer: (work, { id, from }) => {
      offers.note(keyOf(work), from);
      if (isRefused(states.get(keyOf(work)), id)) delivery.enqueue(keyOf(work));
    },
    retryFailed: () => {
      for (const key of failedKeys(states)) delivery.enqueue(key);
    },
  };

  const common = {
    clock,
    log,
    backoff: BACKOFF,
    wakes,
    slowAfterMs: SLOW_MS,
    concurrency: options.concurrentWorkSyncs,
  };
  const orphans = newOrphanController({ ...deps, ...workDeps, wakes, informer, namespace, getWork: getLive });
  const status = deps.newController({
    ...{ ...common, name: 'work-status', sources: [statusSource(informer, states)] },
    reconcile: (key, aborted) => events.during(key, () => writeStatus(statusDeps, key, aborted)),
  });
  const delivery = deps.newController({
    ...{ ...common, name: 'work', sources: [view.source, offers.source] },
    reconcile: (key, aborted) =>
      events.during(key, () => tellings.during(key, () => reconcileWork(workDeps, key, aborted))),
  });
  const pace = { clock, isUrgent: (key: string) => isUrgent(states.get(key)) };
  const tellings = newTellings(
    { ...pace, waiting: () => delivery.depth(), write: (key) => status.enqueue(key) },
    signal,
  );
  const events = newTellings(
    {
      ...{ ...pace, ...EVENTS, write: outcomes.say },
      waiting: () => delivery.depth() + status.depth(),
    },
    signal,
  );
  deps.metrics?.queue(() => delivery.depth());
  const onNewKind = (): void => {
    watches.kindsChanged();
    workDeps.retryFailed();
  };
  signal.addEventListener('abort', deps.onNewKind(onNewKind), { once: true });
  const informing = hubIsReady(options, signal).then(() => informer.run(signal));
  await Promise.all([informing, keeper.run(signal), orphans.run(signal), status.run(signal), delivery.run(signal)]);
  await watches.ended();
  const limit = { signal: undefined, timeoutMs: LAST_WRITE_MS, what: () => `the cluster ${options.cluster}` };
  await withDeadline(clock, limit, (late) => inventory.flush(late)).catch((error: unknown) => {
    log.warn({ err: error }, 'could not write the inventory before stopping');
  });
  await withDeadline(clock, { ...limit, what: () => 'the hub' }, async (late) => deps.heartbeat?.stampNow(late)).catch(
    (error: unknown) => log.debug({ err: error }, 'could not stamp the heartbeat lease before stopping'),
  );
  lastWrites.end();
}

interface Turn {
  signal: AbortSignal;
  end(): void;
}

/** Ends with `signal`, or before. */
function newTurn(signal: AbortSignal): Turn {
  const one = new AbortController();
  const end = (): void => {
    signal.removeEventListener('abort', end);
    one.abort(signal.reason);
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return { signal: one.signal, end };
}

const READ_AGAIN = { baseMs: 5000, maxMs: 5 * 60_000 };
/** A member that has just started may refuse what it grants a moment later. */
const READ_SOON_MS = 30_000;

/** Rejects when the signal aborts. */
async function untilReadable({ state, clock }: DeliveryDeps, signal: AbortSignal): Promise<void> {
  for (let failures = 1; ; failures += 1) {
    await sleep(clock, backoffMs(failures, READ_AGAIN), signal);
    signal.throwIfAborted();
    const isRead = await state.load(signal).then(
      () => true,
      () => false,
    );
    if (isRead) return;
  }
}

/** They are as large as the Work; a write that doesn't name them leaves them as they are. */
function withoutManagers(work: Work): Work {
  const { managedFields: _, ...metadata } = work.metadata;
  return { ...work, metadata };
}

/** Aborts some time after `signal` does, or when it is ended then: so long what is under way may be written down. */
function newDelayed(signal: AbortSignal, ms: number, clock: Clock): { signal: AbortSignal; end(): void } {
  const late = new AbortController();
  setMaxListeners(0, late.signal);
  let cancel = (): void => {};
  const start = (): void => {
    cancel = clock.setTimeout(() => late.abort(signal.reason), ms);
  };
  signal.addEventListener('abort', start, { once: true });
  const end = (): void => {
    cancel();
    if (signal.aborted) late.abort(signal.reason);
  };
  return { signal: late.signal, end };
}

/** Resolves too when it is not worth waiting any longer. */
function hubIsReady({ hubIsReady: isReady }: DeliveryOptions, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    Promise.resolve(isReady).then(resolve, reject);
    if (signal.aborted) resolve();
  });
}

function deliverable(work: Work | undefined, uid: string): Work | undefined {
  return work && work.metadata.uid === uid && !work.metadata.deletionTimestamp ? work : undefined;
}

function newLook(watches: MemberWatches): StatusWriterDeps['look'] {
  return ({ type, identifier: { namespace, name } }) =>
    type ? watches.look(type, namespace, name) : { object: undefined, upTo: undefined };
}

/** A failure is news that somebody may wait for; so is what a deletion waits for. */
function isUrgent(state: WorkState | undefined): boolean {
  if (!state) return false;
  return state.waitingFor !== undefined || [...state.deliveries.values()].some(({ failure }) => failure);
}

function isRefused(state: WorkState | undefined, id: string): boolean {
  return state?.deliveries.get(id)?.failure?.reason === NOT_OURS;
}

function failedKeys(states: WorkStates): string[] {
  const hasFailed = ({ deliveries }: { deliveries: Map<string, { failure?: { retry: string } }> }): boolean =>
    [...deliveries.values()].some(({ failure }) => failure?.retry === 'backoff' || failure?.retry === 'soon');
  return [...states.entries()].filter(([, state]) => hasFailed(state)).map(([key]) => key);
}
