import { setMaxListeners } from 'node:events';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { Controller, ControllerOptions } from '../../shared/controller/controller.ts';
import type { Informer, InformerOptions } from '../../shared/controller/informer.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { newChangeHandler } from './change-handler.ts';
import { newWorkStates, type WorkStates } from './delivery.ts';
import { newInventory } from './inventory.ts';
import { type MemberWatches, newMemberWatches } from './member-watches.ts';
import { newOutcomeTeller, type OutcomeEvent } from './outcome.ts';
import { reconcileWork, type WorkDeps } from './reconcile.ts';
import { type StatusWriterDeps, writeStatus } from './status-writer.ts';
import { specSource, statusSource } from './work-source.ts';

/** Wires the delivery of Works to one member: functions of two clients, for the agent and for the hub's push members alike. */
export interface DeliveryDeps {
  hub: KubeClient;
  member: KubeClient;
  clock: Clock;
  log: Logger;
  newInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T>;
  newController(options: ControllerOptions): Controller;
  /** The member's resource for a kind; undefined if it serves none, after asking it again. */
  resourceFor(apiVersion: string, kind: string, signal: AbortSignal): Promise<ResourceType<Unstructured> | undefined>;
  /** Asks the member anew which kinds it serves. */
  reloadKinds(signal: AbortSignal): Promise<void>;
  recordEvent(work: Work, event: OutcomeEvent): void;
}

export interface DeliveryOptions {
  cluster: string;
  /** The uid of the hub's kube-system; empty if it can't be known, and then nothing is pruned. */
  hubId: string;
  /** Where the inventory is kept in the member. */
  inventoryNamespace: string;
  /** Works reconciled at the same time. */
  concurrentWorkSyncs: number;
}

/** An outage of hub or member is over for us half a minute after it is over. */
const BACKOFF = { baseMs: 20, maxMs: 30_000 };
const INVENTORY_DELAY_MS = 500;
const LAST_WRITE_MS = 2000;
const INVENTORY_KEY = 'inventory';

/** Runs until `signal` aborts. Rejects if the inventory in the member can't be read: try again then. */
export async function runDelivery(deps: DeliveryDeps, options: DeliveryOptions, signal: AbortSignal): Promise<void> {
  setMaxListeners(0, signal); // one per watch and worker: their number is no leak
  const { hub, member, clock, log } = deps;
  const informer = deps.newInformer<Work>({
    client: hub,
    type: works,
    namespace: executionSpace(options.cluster),
    clock,
    log,
  });
  const states = newWorkStates();
  const onChange = newChangeHandler(states, {
    drifted: (key) => delivery.enqueue(key),
    changed: (key) => status.enqueue(key),
  });
  const watches = newMemberWatches({ member, newInformer: deps.newInformer, clock, log, onChange }, signal);
  const inventory = newInventory({
    member,
    namespace: options.inventoryNamespace,
    log,
    onDirty: () => keeper.enqueueAfter(INVENTORY_KEY, INVENTORY_DELAY_MS),
  });
  const getWork = (key: string): Work | undefined => informer.store.get(key);
  const statusDeps: StatusWriterDeps = { hub, clock, states, getWork, look: newLook(watches) };
  const workDeps: WorkDeps = {
    ...{ hub, member, clock, log, states, watches, inventory, getWork },
    cluster: options.cluster,
    hubId: options.hubId,
    resourceFor: deps.resourceFor,
    reloadKinds: deps.reloadKinds,
    tellStatus: (key) => status.enqueue(key),
    tellOutcome: newOutcomeTeller(states, options.cluster, deps.recordEvent),
    retryFailed: () => {
      for (const key of failedKeys(states)) delivery.enqueue(key);
    },
  };

  const common = { clock, log, backoff: BACKOFF, concurrency: options.concurrentWorkSyncs };
  const keeper = deps.newController({
    ...{ clock, log, backoff: BACKOFF, name: 'inventory', sources: [] },
    reconcile: (_key, aborted) => inventory.flush(aborted).then(() => undefined),
  });
  const status = deps.newController({
    ...{ ...common, name: 'work-status', sources: [statusSource(informer)] },
    reconcile: (key, aborted) => writeStatus(statusDeps, key, aborted),
  });
  const delivery = deps.newController({
    ...{ ...common, name: 'work', sources: [specSource(informer)] },
    reconcile: (key, aborted) => reconcileWork(workDeps, key, aborted),
  });
  await inventory.load(signal);
  await Promise.all([informer.run(signal), keeper.run(signal), status.run(signal), delivery.run(signal)]);
  await watches.ended();
  await inventory.flush(AbortSignal.timeout(LAST_WRITE_MS)).catch((error: unknown) => {
    log.warn({ err: error }, 'could not write the inventory before stopping');
  });
}

function newLook(watches: MemberWatches): StatusWriterDeps['look'] {
  return ({ type, identifier }) => type && watches.get(type, identifier.namespace, identifier.name);
}

function failedKeys(states: WorkStates): string[] {
  const hasFailed = ({ deliveries }: { deliveries: Map<string, { failure?: { retry: string } }> }): boolean =>
    [...deliveries.values()].some(({ failure }) => failure?.retry === 'backoff');
  return [...states.entries()].filter(([, state]) => hasFailed(state)).map(([key]) => key);
}
