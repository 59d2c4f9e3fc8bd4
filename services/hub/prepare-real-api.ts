import { isForbidden, isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { ClusterAccess } from '../../shared/client/kubeconfig.ts';
import { ensureClusterInfo } from '../install/cluster-info.ts';
import { ensureSteps } from '../install/ensure-item.ts';
import { ADMISSION_STEPS, ensureHubObjects, untilKindsAreServed } from '../install/hub-objects.ts';
import { refuseKarmada } from '../install/karmada-control-plane.ts';
import { unreachableBecause } from '../install/reachable-address.ts';
import type { HubDeps } from './hub.ts';

type Preparing = HubDeps & { client: KubeClient; access: ClusterAccess };

/**
 * Makes a real Kubernetes API fit for a hub, as far as its user may; what `pullet init` has made already is only looked at. Throws when `signal` aborts before it
 * is done.
 */
export async function prepareRealApi(deps: Preparing, signal: AbortSignal): Promise<void> {
  const { client, clock } = deps;
  await refuseKarmada(client, signal);
  try {
    await ensureHubObjects(client, { signal });
    await ensureAgentAdmission(deps, signal);
    await ensureAddress(deps, signal);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    throw new Error(
      'something that a hub needs is not there, or is of another version, and the user of the kubeconfig may not make it: run `pullet init` as a cluster-admin',
      { cause: error },
    );
  }
  await untilKindsAreServed(client, clock, signal);
}

/** Only a server older than 1.30 doesn't know such policies: there agents are bounded by RBAC alone, which is worth a warning. */
async function ensureAgentAdmission({ client, log }: Preparing, signal: AbortSignal): Promise<void> {
  try {
    await ensureSteps(client, ADMISSION_STEPS, { signal });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    log.warn(
      {},
      'this API server has no ValidatingAdmissionPolicy (Kubernetes 1.30): an agent could create a Cluster of another name',
    );
  }
}

/** The address that a kubeconfig names is better than none; the one that a pod sees is known to nobody outside. */
async function ensureAddress({ client, access, log }: Preparing, signal: AbortSignal): Promise<void> {
  const { transport, clusterName } = access;
  const isInPod = transport.tokenFile !== undefined && clusterName === '';
  if (isInPod || !transport.caPem) return;
  const { server, caPem } = transport;
  const isNew = await ensureClusterInfo(client, { server, caPem }, { signal });
  const why = unreachableBecause(new URL(server).hostname.replace(/^\[|\]$/g, ''));
  if (!isNew || !why) return;
  log.warn(
    { server, why },
    'members are told an address that they may not reach: run `pullet init` with --advertise-address HOST:PORT --overwrite-cluster-info',
  );
}
