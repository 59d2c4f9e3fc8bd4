import { setMaxListeners } from 'node:events';
import { AGENT_INSTANCE_ANNOTATION } from '../shared/apis/cluster/v1alpha1.ts';
import type { Lease } from '../shared/apis/coordination/v1.ts';
import { withAnyOf } from '../shared/client/deadline.ts';
import { newRestMapper, type RestMapper } from '../shared/client/rest-mapper.ts';
import { newEventRecorder } from '../shared/controller/event-recorder.ts';
import type { Term, TermWork } from '../shared/controller/leader-terms.ts';
import { newInformer } from '../shared/controller/list-watch-informer.ts';
import { untilDone } from '../shared/controller/until-done.ts';
import { newController } from '../shared/controller/worker-loop.ts';
import type { AgentDeps } from './agent.ts';
import type { CertificateCare } from './certificate.ts';
import { runCluster } from './cluster/controller.ts';
import { newApiDiscovery } from './cluster/discover-apis.ts';
import { ensureCluster } from './cluster/ensure-cluster.ts';
import type { AgentClients } from './connect.ts';
import { newDirectoryStateStore } from './directory-state-store.ts';
import type { AgentHealth } from './health-pages.ts';
import type { AgentOptions } from './options.ts';
import { runDelivery, type StampedHeartbeat } from './work/controller.ts';
import { newKindLookup } from './work/kind-lookup.ts';
import { newSecretStateStore } from './work/secret-state-store.ts';
import { newStampedLease, type StampedLease } from './work/stamped-lease.ts';
import type { StateStore } from './work/state-store.ts';

/** What the leading agent does for its member: registers the Cluster, tells of it, and delivers its Works. */

type LeadDeps = Pick<AgentDeps, 'clock' | 'log'> & {
  clients: AgentClients;
  health: AgentHealth;
  care?: CertificateCare;
  /** Differs between replicas. */
  instance: string;
};

/** The two parts of it: what goes on while the member does not answer, and what is for the surely only leader. */
export interface MemberDuties extends TermWork {
  /** Without an election: both. */
  alone(signal: AbortSignal): Promise<void>;
}

/**
 * Each runs until its signal aborts. Throws `TerminalError` if the member can't have its name. Until the hub answers, the last known Works are kept as they were: only
 * what tells the hub something, or asks it, waits for the registration.
 */
export function newMemberDuties(options: AgentOptions, deps: LeadDeps): MemberDuties {
  const mapper = newRestMapper(deps.clients.member, deps.clock);
  const { clusterName: name, clusterNamespace: namespace } = options;
  const heartbeat = newStampedLease(deps.clients.hub, { name, namespace });
  let registered: Promise<void> = Promise.resolve();
  const hold = async (term: Term): Promise<void> => {
    const isTelling = options.controllers.status;
    const noLongerDue = isTelling ? deps.health.metrics?.heartbeatsDue(options.leaseDurationSeconds * 1000) : undefined;
    try {
      registered = registerCluster(options, deps, term.signal);
      await registered;
      if (isTelling) await tellOfCluster(options, { ...deps, heartbeat }, mapper, term);
    } finally {
      noLongerDue?.();
    }
  };
  const lead = (signal: AbortSignal): Promise<void> =>
    allUntilOneFails((aborted) => leaderParts(options, { ...deps, registered, heartbeat }, mapper, aborted), signal);
  const alone = (signal: AbortSignal): Promise<void> =>
    allUntilOneFails((aborted) => {
      const holding = hold({ signal: aborted, isSure: () => true, giveUp: () => {} });
      return [holding, lead(aborted)];
    }, signal);
  return { hold: (term) => untilAborted(hold(term), term.signal), lead, alone };
}

function leaderParts(
  options: AgentOptions,
  deps: LeadDeps & { registered: Promise<void>; heartbeat: StampedHeartbeat },
  mapper: RestMapper,
  signal: AbortSignal,
): Promise<void>[] {
  const { care, registered } = deps;
  const parts = [registered];
  if (options.controllers.delivery) parts.push(deliver(options, deps, mapper, signal));
  if (care) parts.push(registered.then(() => care.followAuthorities(signal)));
  if (care && options.controllers.certRotation) parts.push(registered.then(() => care.rotate(signal)));
  return parts;
}

/** An error after the end is that of having been ended. */
async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Everything else waits for it, and nothing else reaches the hub meanwhile and would tell that it is back. */
const REGISTER_AT_LEAST_EVERY_MS = 10_000;

async function registerCluster(options: AgentOptions, deps: LeadDeps, signal: AbortSignal): Promise<void> {
  const { clients, health, clock, log } = deps;
  const register = (aborted: AbortSignal): Promise<unknown> =>
    ensureCluster(clients, identityOf(options, clients), aborted);
  await untilDone({ clock, log, maxDelayMs: REGISTER_AT_LEAST_EVERY_MS }, 'register the cluster', register, signal);
  health.isRegistered = true;
  log.info({ cluster: options.clusterName }, 'the cluster is registered');
}

function identityOf(options: AgentOptions, { memberProxy }: AgentClients): Parameters<typeof ensureCluster>[1] {
  const { clusterName: name, apiEndpoint, provider, region, zones } = options;
  const proxyURL = memberProxy ?? options.proxyURL;
  return {
    name,
    syncMode: 'Pull',
    ...(apiEndpoint ? { apiEndpoint } : {}),
    ...(proxyURL ? { proxyURL } : {}),
    ...(provider ? { provider } : {}),
    ...(region ? { region } : {}),
    ...(zones.length > 0 ? { zones: [...zones] } : {}),
  };
}

/** A part that fails ends the others, and its error is what is told. */
async function allUntilOneFails(start: (signal: AbortSignal) => Promise<void>[], signal: AbortSignal): Promise<void> {
  const one = new AbortController();
  const results = await withAnyOf([signal, one.signal], (aborted) => {
    setMaxListeners(0, aborted);
    const running = start(aborted).map((part) =>
      part.catch((error: unknown) => {
        one.abort(error);
        throw error;
      }),
    );
    return Promise.allSettled(running);
  });
  const failed = results.find((result) => result.status === 'rejected');
  if (failed && !signal.aborted) throw one.signal.reason;
}

async function tellOfCluster(
  options: AgentOptions,
  { clients, clock, log, care, health, instance, heartbeat: stamped }: LeadDeps & { heartbeat: StampedLease },
  mapper: RestMapper,
  { signal, isSure, giveUp }: Term,
): Promise<void> {
  const heartbeat = {
    namespace: options.clusterNamespace,
    leaseDurationSeconds: options.leaseDurationSeconds,
    renewIntervalFraction: options.leaseRenewIntervalFraction,
    annotations: (lease: Lease) => ({
      ...care?.annotations(),
      ...stamped.annotations(lease),
      [AGENT_INSTANCE_ANNOTATION]: instance,
    }),
    onRenewed: (lease: Lease) => {
      stamped.renewed(lease);
      health.metrics?.hubHeard(clock.now());
    },
    // Who has lost sight of the leader's lease in the member learns here that another took it.
    onContested: () => (isSure() ? undefined : giveUp()),
  };
  const discover = newApiDiscovery(mapper);
  const noticed = care ? { onCluster: care.noteCluster } : {};
  const clusterDeps = { ...clients, clock, log, newInformer, newController, discover, ...noticed };
  await runCluster(clusterDeps, { ...options, name: options.clusterName, heartbeat }, signal);
}

async function deliver(
  options: AgentOptions,
  deps: LeadDeps & { registered: Promise<void>; heartbeat: StampedHeartbeat },
  mapper: RestMapper,
  signal: AbortSignal,
): Promise<void> {
  const { clients, clock, log, heartbeat, registered: hubIsReady } = deps;
  const recorder = newEventRecorder({ client: clients.hub, component: 'pullet-agent', clock, log });
  const { clusterName: cluster, concurrentWorkSyncs } = options;
  const state = stateStore(options, deps);
  const { metrics } = deps.health;
  const counted = metrics ? { metrics: metrics.delivery } : {};
  const shared = { ...clients, clock, log, newInformer, newController, state, heartbeat, ...counted };
  const deliveryDeps = { ...shared, ...newKindLookup(mapper), recordEvent: recorder.record };
  const run = (aborted: AbortSignal): Promise<void> =>
    runDelivery(deliveryDeps, { cluster, concurrentWorkSyncs, keepsWorks: true, hubIsReady }, aborted);
  await untilDone(deps, 'deliver works', run, signal);
}

function stateStore({ stateDir, memberNamespace: namespace }: AgentOptions, deps: LeadDeps): StateStore {
  if (stateDir) return newDirectoryStateStore(stateDir);
  return newSecretStateStore({ member: deps.clients.member, namespace, log: deps.log });
}
