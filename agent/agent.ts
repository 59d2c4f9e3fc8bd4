import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { namespaces } from '../shared/apis/core/v1.ts';
import { isAlreadyExists, isForbidden } from '../shared/apis/meta/status-error.ts';
import type { Transport } from '../shared/client/transport.ts';
import type { Clock } from '../shared/controller/clock.ts';
import { runTerms } from '../shared/controller/leader-terms.ts';
import type { Logger } from '../shared/controller/logger.ts';
import { untilDone } from '../shared/controller/until-done.ts';
import { newAgentMetrics } from './agent-metrics.ts';
import { type CertificateCare, newCertificateCare } from './certificate.ts';
import { type AgentClients, connect } from './connect.ts';
import { checkStateDirectory } from './directory-state-store.ts';
import { type AgentHealth, serveHealth } from './health-pages.ts';
import { newHubOutage } from './hub-outage.ts';
import { newHubRefusals } from './hub-refusals.ts';
import { newMemberDuties } from './lead-member.ts';
import type { AgentOptions } from './options.ts';
import { LEADER_LEASE } from './register/register-options.ts';

/** One agent: connected, elected among its replicas, and at work until it is stopped. */

export interface AgentDeps {
  clock: Clock;
  log: Logger;
  /** Instead of those that the options' kubeconfigs stand for; who gives them closes them. */
  clients?: AgentClients;
}

export interface RunningAgent {
  /** Resolves when the agent has stopped; rejects, in words, when it can't go on. */
  ended: Promise<void>;
  /** Ends all work, gives the leader's lease back and closes the connections. */
  stop(): Promise<void>;
}

/** Throws if a kubeconfig can't be read, the directory for its state not be used, or an address not be listened on; a hub or member that can't be reached is waited for. */
export async function startAgent(options: AgentOptions, given: AgentDeps): Promise<RunningAgent> {
  const outage = newHubOutage(given.log, given.clock);
  const { log, ...refusals } = newHubRefusals(outage.log, given.clock);
  const heard = (hub: Transport): Transport => refusals.heard(outage.heard(hub));
  const deps = { ...given, log };
  if (options.stateDir) await checkStateDirectory(options.stateDir);
  const clients = deps.clients ?? (await connect(options, { clock: deps.clock, heard }));
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // everything in the agent listens to it
  const health: AgentHealth = {
    isStopping: false,
    isLeading: false,
    isRegistered: false,
    metrics: newAgentMetrics(deps.clock),
  };
  const servers = await serveHealth(options, health);
  deps.log.info({ cluster: options.clusterName }, 'the agent starts');
  const care = newCertificateCare(options, { ...deps, clients, health, isCutOff: refusals.isCutOff });
  const following = care?.follow(stopping.signal);
  const working = work(options, { ...deps, clients, health, ...(care ? { care } : {}) }, stopping.signal);
  const ended = working.finally(async () => {
    health.isStopping = true;
    stopping.abort(new Error('the agent has ended'));
    await following;
    await Promise.all(servers.map((server) => server.close()));
    if (!deps.clients) await Promise.all([clients.hub.close(), clients.member.close()]);
  });
  ended.catch(() => {}); // whoever waits is told; nobody needs to
  return {
    ended,
    stop: async () => {
      stopping.abort(new Error('the agent is stopping'));
      await ended.catch(() => {});
      deps.log.info({ cluster: options.clusterName }, 'the agent has stopped');
    },
  };
}

type Working = AgentDeps & { clients: AgentClients; health: AgentHealth; care?: CertificateCare };

async function work(options: AgentOptions, deps: Working, signal: AbortSignal): Promise<void> {
  const { leaderElection } = options;
  try {
    const instance = `${hostname()}_${randomUUID()}`;
    const duties = newMemberDuties(options, { ...deps, instance });
    const lead = (leading: AbortSignal): Promise<void> => asLeader(deps, duties.lead, leading);
    if (!leaderElection) return await asLeader(deps, duties.alone, signal);
    await untilDone(
      deps,
      'make the namespace of the leader lease',
      () => ensureNamespace(options, deps.clients),
      signal,
    );
    const { clock, log, clients } = deps;
    const lease = {
      client: clients.member,
      namespace: options.memberNamespace,
      name: LEADER_LEASE,
      identity: instance,
    };
    await runTerms({ ...lease, ...leaderElection, clock, log }, { hold: duties.hold, lead }, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Lost leadership and a stop end it without an error. */
async function asLeader(
  { health }: Working,
  work: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  setMaxListeners(0, signal);
  health.isLeading = true;
  try {
    await work(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    health.isLeading = false;
  }
}

async function ensureNamespace({ memberNamespace: name }: AgentOptions, { member }: AgentClients): Promise<void> {
  try {
    await member.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  } catch (error) {
    // An agent that may not make namespaces lives in one that is there; if it does not, the lease says so.
    if (!isAlreadyExists(error) && !isForbidden(error)) throw error;
  }
}
