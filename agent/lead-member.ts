import { setMaxListeners } from 'node:events';
import { newRestMapper, type RestMapper } from '../shared/client/rest-mapper.ts';
import { newEventRecorder } from '../shared/controller/event-recorder.ts';
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
import { runDelivery } from './work/controller.ts';
import { newKindLookup } from './work/kind-lookup.ts';
import { newSecretStateStore } from './work/secret-state-store.ts';
import type { StateStore } from './work/state-store.ts';

/** What the leading agent does for its member: registers the Cluster, tells of it, and delivers its Works. */

type LeadDeps = Pick<AgentDeps, 'clock' | 'log'> & {
  clients: AgentClients;
  health: AgentHealth;
  care?: CertificateCare;
};

/**
 * Runs until `signal` aborts. Throws `TerminalError` if the member can't have its name. Until the hub answers, the last known Works are kept as they were: only what
 * tells the hub something, or asks it, waits for the registration.
 */
export async function leadMember(options: AgentOptions, deps: LeadDeps, signal: AbortSignal): Promise<void> {
  const mapper = newRestMapper(deps.clients.member, deps.clock);
  await allUntilOneFails((aborted) => {
    const registered = registerCluster(options, deps, aborted);
    const parts = [registered];
    if (options.controllers.status) parts.push(registered.then(() => tellOfCluster(options, deps, mapper, aborted)));
    if (options.controllers.delivery) parts.push(deliver(options, { ...deps, registered }, mapper, aborted));
    const { care } = deps;
    if (care) parts.push(registered.then(() => care.followAuthorities(aborted)));
    if (care && options.controllers.certRotation) parts.push(registered.then(() => care.rotate(aborted)));
    return parts;
  }, signal);
}

async function registerCluster(options: AgentOptions, deps: LeadDeps, signal: AbortSignal): Promise<void> {
  const { clients, health, log } = deps;
  const register = (aborted: AbortSignal): Promise<unknown> =>
    ensureCluster(clients, identityOf(options, clients), aborted);
  await untilDone(deps, 'register the cluster', register, signal);
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
  const aborted = AbortSignal.any([signal, one.signal]);
  setMaxListeners(0, aborted);
  const running = start(aborted).map((part) =>
    part.catch((error: unknown) => {
      one.abort(error);
      throw error;
    }),
  );
  const results = await Promise.allSettled(running);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed && !signal.aborted) throw one.signal.reason;
}

async function tellOfCluster(
  options: AgentOptions,
  { clients, clock, log, care }: LeadDeps,
  mapper: RestMapper,
  signal: AbortSignal,
): Promise<void> {
  const heartbeat = {
    namespace: options.clusterNamespace,
    leaseDurationSeconds: options.leaseDurationSeconds,
    renewIntervalFraction: options.leaseRenewIntervalFraction,
    ...(care ? { annotations: care.annotations } : {}),
  };
  const discover = newApiDiscovery(mapper);
  const noticed = care ? { onCluster: care.noteCluster } : {};
  const clusterDeps = { ...clients, clock, log, newInformer, newController, discover, ...noticed };
  await runCluster(clusterDeps, { ...options, name: options.clusterName, heartbeat }, signal);
}

async function deliver(
  options: AgentOptions,
  deps: LeadDeps & { registered: Promise<void> },
  mapper: RestMapper,
  signal: AbortSignal,
): Promise<void> {
  const { clients, clock, log, registered: hubIsReady } = deps;
  const recorder = newEventRecorder({ client: clients.hub, component: 'pullet-agent', clock, log });
  const { clusterName: cluster, concurrentWorkSyncs } = options;
  const state = stateStore(options, deps);
  const shared = { ...clients, clock, log, newInformer, newController, state };
  const deliveryDeps = { ...shared, ...newKindLookup(mapper), recordEvent: recorder.record };
  const run = (aborted: AbortSignal): Promise<void> =>
    runDelivery(deliveryDeps, { cluster, concurrentWorkSyncs, keepsWorks: true, hubIsReady }, aborted);
  await untilDone(deps, 'deliver works', run, signal);
}

function stateStore({ stateDir, memberNamespace: namespace }: AgentOptions, deps: LeadDeps): StateStore {
  if (stateDir) return newDirectoryStateStore(stateDir);
  return newSecretStateStore({ member: deps.clients.member, namespace, log: deps.log });
}
