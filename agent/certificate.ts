import { clusters } from '../shared/apis/cluster/v1alpha1.ts';
import type { Condition } from '../shared/apis/meta/v1.ts';
import type { Clock } from '../shared/controller/clock.ts';
import { rfc3339, setCondition } from '../shared/controller/conditions.ts';
import type { Logger } from '../shared/controller/logger.ts';
import { readCertificate } from '../shared/pki/certificate-info.ts';
import type { AgentClients } from './connect.ts';
import type { AgentHealth } from './health-pages.ts';
import type { AgentOptions } from './options.ts';
import { newFilePlace, newSecretPlace } from './register/kubeconfig-place.ts';
import { followStoredCertificate, keepRotating, type RotationDeps, type RotationState } from './register/rotation.ts';

/** The agent's own certificate: taken up from where it is kept by every replica, renewed by the leader, and told of where people look. */
export interface CertificateCare {
  follow(signal: AbortSignal): Promise<void>;
  rotate(signal: AbortSignal): Promise<void>;
}

/** On the Cluster, once the certificate was renewed or could not be: False days before it hurts. */
export const CONDITION_CERTIFICATE_ROTATED = 'CertificateRotated';

interface CareDeps {
  clients: AgentClients;
  health: AgentHealth;
  clock: Clock;
  log: Logger;
}

/** Undefined if the agent shows the hub something else than a client certificate. */
export function newCertificateCare(options: AgentOptions, deps: CareDeps): CertificateCare | undefined {
  const { hubCredentials: credentials, hubCaPem: caPem = '', hub, member } = deps.clients;
  if (!credentials) return undefined;
  const { certPem } = credentials.current();
  deps.health.certificate = { notAfter: readCertificate(certPem).notAfter, isFailing: false };
  const place = options.memberKubeconfig
    ? newFilePlace(options.hubKubeconfig)
    : newSecretPlace(member, options.rotation.secretNamespace);
  const tell = (state: RotationState, signal: AbortSignal) => tellOf(state, options, deps, signal);
  const rotation: RotationDeps = { hub, credentials, place, caPem, clock: deps.clock, log: deps.log, tell };
  const { clusterName, hubContext: context } = options;
  const { checkEveryMs, remaining } = options.rotation;
  const how = { clusterName, checkEveryMs, remaining, ...(context ? { context } : {}) };
  return {
    follow: (signal) => followStoredCertificate(rotation, how, signal),
    rotate: (signal) => keepRotating(rotation, how, signal),
  };
}

async function tellOf(
  state: RotationState,
  { clusterName }: AgentOptions,
  { clients, health, clock, log }: CareDeps,
  signal: AbortSignal,
): Promise<void> {
  health.certificate = { notAfter: state.notAfter, isFailing: state.failure !== undefined };
  try {
    const cluster = await clients.hub.get(clusters, { name: clusterName }, { signal });
    const before = (cluster.status?.conditions ?? []) as Condition[];
    const conditions = setCondition(before, conditionOf(state), clock);
    if (conditions === before) return;
    const status = { ...cluster.status, conditions };
    await clients.hub.update(clusters, { ...cluster, status }, { signal, subresource: 'status' });
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error }, "could not tell the hub about the agent's certificate");
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
