import {
  type Cluster,
  CONDITION_CERTIFICATE_ROTATED,
  clusters,
  ROTATE_KEY_ANNOTATION,
} from '../shared/apis/cluster/v1alpha1.ts';
import { isConflict } from '../shared/apis/meta/status-error.ts';
import type { Condition } from '../shared/apis/meta/v1.ts';
import type { Clock } from '../shared/controller/clock.ts';
import { rfc3339, setCondition } from '../shared/controller/conditions.ts';
import type { Logger } from '../shared/controller/logger.ts';
import { readCertificate } from '../shared/pki/certificate-info.ts';
import type { AgentClients } from './connect.ts';
import type { AgentHealth } from './health-pages.ts';
import type { AgentOptions } from './options.ts';
import { newAuthorityReport } from './register/authority-report.ts';
import { followHubAuthorities } from './register/hub-authorities.ts';
import { newFilePlace, newSecretPlace } from './register/kubeconfig-place.ts';
import { followStoredCertificate, keepRotating, type RotationDeps, type RotationState } from './register/rotation.ts';
import { newRotationRequest } from './register/rotation-reasons.ts';

/**
 * The agent's own certificate and the authorities by which it knows the hub: taken up from where they are kept by every replica, renewed by the leader, and told of
 * where people look.
 */
export interface CertificateCare {
  follow(signal: AbortSignal): Promise<void>;
  rotate(signal: AbortSignal): Promise<void>;
  followAuthorities(signal: AbortSignal): Promise<void>;
  /** Reads from the Cluster what the hub's administrator asks for. */
  noteCluster(cluster: Cluster): void;
  /** For the heartbeat lease: by whom the agent knows the hub, and who issued its certificate. */
  annotations(): Record<string, string>;
}

interface CareDeps {
  clients: AgentClients;
  health: AgentHealth;
  isCutOff: RotationDeps['isCutOff'];
  clock: Clock;
  log: Logger;
}

/** Undefined if the agent shows the hub something else than a client certificate. */
export function newCertificateCare(options: AgentOptions, deps: CareDeps): CertificateCare | undefined {
  const { hubCredentials: credentials, newAnonymousHub, hub, member } = deps.clients;
  if (!credentials) return undefined;
  const { clock, log, isCutOff } = deps;
  deps.health.certificate = {
    notAfter: () => readCertificate(credentials.current().certPem).notAfter,
    isFailing: false,
  };
  const place = options.memberKubeconfig
    ? newFilePlace(options.hubKubeconfig)
    : newSecretPlace(member, options.rotation.secretNamespace);
  const tell = (state: RotationState, signal: AbortSignal) => tellOf(state, options, deps, signal);
  const request = newRotationRequest();
  const rotation: RotationDeps = { hub, credentials, place, request, isCutOff, clock, log, tell };
  const { clusterName, hubContext: context } = options;
  const { checkEveryMs, remaining } = options.rotation;
  const how = { clusterName, checkEveryMs, remaining, ...(context ? { context } : {}) };
  return {
    follow: (signal) => followStoredCertificate(rotation, how, signal),
    rotate: (signal) => keepRotating(rotation, how, signal),
    followAuthorities: async (signal) => {
      if (newAnonymousHub) await followHubAuthorities({ credentials, place, newAnonymousHub, clock, log }, how, signal);
    },
    noteCluster: ({ metadata }) => request.note(metadata.annotations?.[ROTATE_KEY_ANNOTATION]),
    annotations: newAuthorityReport(credentials),
  };
}

async function tellOf(
  state: RotationState,
  { clusterName }: AgentOptions,
  deps: CareDeps,
  signal: AbortSignal,
): Promise<void> {
  if (deps.health.certificate) deps.health.certificate.isFailing = state.failure !== undefined;
  try {
    await writeCondition(conditionOf(state), clusterName, deps, signal);
  } catch (error) {
    if (!signal.aborted) deps.log.warn({ err: error }, "could not tell the hub about the agent's certificate");
  }
}

const TRIES = 5;

/** The status controller writes the same object every few seconds. */
async function writeCondition(
  condition: Omit<Condition, 'lastTransitionTime'>,
  name: string,
  { clients: { hub }, clock }: CareDeps,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const cluster = await hub.get(clusters, { name }, { signal });
    const before = (cluster.status?.conditions ?? []) as Condition[];
    const conditions = setCondition(before, condition, clock);
    if (conditions === before) return;
    try {
      const status = { ...cluster.status, conditions };
      await hub.update(clusters, { ...cluster, status }, { signal, subresource: 'status' });
      return;
    } catch (error) {
      if (!isConflict(error) || tries === TRIES) throw error;
    }
  }
}

function conditionOf({ notAfter, failure }: RotationState): Omit<Condition, 'lastTransitionTime'> {
  const end = rfc3339(notAfter);
  const type = CONDITION_CERTIFICATE_ROTATED;
  if (failure === undefined)
    return { type, status: 'True', reason: 'Rotated', message: `the agent's certificate lasts until ${end}` };
  const message = `the agent's certificate ends at ${end} and could not be renewed: ${failure}`;
  return { type, status: 'False', reason: 'RotationFailed', message };
}
