import { isForbidden, isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';

/** Whether the API is a Karmada control plane: there an aggregated API server serves cluster.karmada.io (an APIService with a service). */
export async function isKarmadaControlPlane(client: KubeClient, signal?: AbortSignal): Promise<boolean> {
  try {
    const path = '/apis/apiregistration.k8s.io/v1/apiservices/v1alpha1.cluster.karmada.io';
    const body = JSON.parse(await client.raw({ method: 'GET', path, ...(signal ? { signal } : {}) })) as {
      spec?: { service?: unknown };
    };
    return body.spec?.service !== undefined && body.spec.service !== null;
  } catch (error) {
    if (isNotFound(error) || isForbidden(error)) return false;
    throw error;
  }
}

/** There its own controllers do a hub's work. */
export async function refuseKarmada(client: KubeClient, signal: AbortSignal): Promise<void> {
  if (!(await isKarmadaControlPlane(client, signal))) return;
  throw new Error(
    'this is a Karmada control plane: its own controllers manage clusters there, so only `pullet agent`, `pullet register` and the like run on it',
  );
}
