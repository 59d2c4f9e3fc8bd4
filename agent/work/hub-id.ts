import { namespaces } from '../../shared/apis/core/v1.ts';
import { isForbidden, isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';

/** The uid of the hub's kube-system; empty where it can't be known. */
export async function hubIdOf(hub: KubeClient, signal: AbortSignal): Promise<string> {
  try {
    return (await hub.get(namespaces, { name: 'kube-system' }, { signal })).metadata.uid ?? '';
  } catch (error) {
    if (isForbidden(error) || isNotFound(error)) return '';
    throw error;
  }
}
