import { isObjectNotFound } from '../../shared/apis/meta/status-error.ts';
import { EXECUTION_FINALIZER, type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { withFinalizer, withoutFinalizer } from '../../shared/controller/finalizers.ts';

/** `karmada.io/execution-controller` on a Work: while it is there, the Work can't vanish without our seeing it. */

/** The Work with the finalizer, written if it wasn't there. Throws Conflict if the Work has changed meanwhile. */
export async function addExecutionFinalizer(hub: KubeClient, work: Work, signal: AbortSignal): Promise<Work> {
  const wanted = withFinalizer(work, EXECUTION_FINALIZER);
  return wanted === work ? work : hub.update(works, wanted, { signal });
}

/** Removes ours alone; the Work as it is then, or was last. Throws Conflict if the Work has changed meanwhile. */
export async function removeExecutionFinalizer(hub: KubeClient, work: Work, signal: AbortSignal): Promise<Work> {
  const wanted = withoutFinalizer(work, EXECUTION_FINALIZER);
  if (wanted === work) return work;
  try {
    return await hub.update(works, leastOf(wanted), { ...UNCHECKED, signal });
  } catch (error) {
    if (!isObjectNotFound(error)) throw error;
    return work;
  }
}

/**
 * Of a Work that goes with this write nothing is stored any more, so that its manifests, a megabyte maybe, need not be sent, nor its fields' owners be kept
 * account of (one empty entry forgets them); at its version, so that nobody can have come to hold it meanwhile. One that something else holds is written as it is.
 */
function leastOf({ status: _, ...work }: Work): Work {
  const { labels: _l, annotations: _a, ...metadata } = work.metadata;
  const goes = metadata.deletionTimestamp && metadata.resourceVersion && metadata.finalizers?.length === 0;
  return goes
    ? { ...work, metadata: { ...metadata, managedFields: [{}] }, spec: { workload: { manifests: [] } } }
    : work;
}

/** The Work is as the server gave it, which need not look for keys that it does not know, or has twice. */
const UNCHECKED = { fieldValidation: 'Ignore' } as const;
