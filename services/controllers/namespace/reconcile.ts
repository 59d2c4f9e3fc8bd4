import { isDeepStrictEqual } from 'node:util';
import { type Namespace, namespaces } from '../../../shared/apis/core/v1.ts';
import { isNotFound } from '../../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import { rfc3339 } from '../../../shared/controller/conditions.ts';
import type { ReconcileResult } from '../../../shared/controller/controller.ts';
import { readLeaving } from '../leaving.ts';
import type { ServedResources } from '../served-resources.ts';
import { deletionConditions, mergeConditions } from './conditions.ts';
import { deleteContent } from './content.ts';

/**
 * Makes true: a namespace that is being deleted loses everything in it, says in its conditions what it waits for, and then its finalizer `kubernetes`.
 * As kube-controller-manager's namespace controller; runs where that one doesn't.
 */
export interface NamespaceDeps {
  client: KubeClient;
  getNamespace: (name: string) => Namespace | undefined;
  readServedResources: (signal: AbortSignal) => Promise<ServedResources>;
  clock: Clock;
}

const FINALIZER = 'kubernetes';
/** While objects wait for their finalizers; nothing watches every resource just for this. The longer it has taken, the less a look is worth. */
const LOOK_AGAIN_MS = { least: 1000, most: 15_000, ofTimePassed: 0.1 };

export async function reconcileNamespace(
  deps: NamespaceDeps,
  name: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const cached = deps.getNamespace(name);
  if (!cached?.metadata.deletionTimestamp) return undefined;
  const namespace = await readLeaving(deps.client, namespaces, cached, signal);
  if (!namespace?.metadata.deletionTimestamp || !namespace.spec?.finalizers?.includes(FINALIZER)) return undefined;
  const served = await deps.readServedResources(signal);
  const left = await deleteContent(deps.client, { namespace: name, resources: served.resources }, signal);
  const isEmpty = left.counts.size === 0 && left.errors.length === 0 && served.failed.length === 0;
  const now = rfc3339(deps.clock.now());
  const current = namespace.status?.conditions ?? [];
  const conditions = mergeConditions(current, deletionConditions(left, served, now));
  const isTold = !isEmpty || isHeldByOthers(namespace);
  if (isTold && !isDeepStrictEqual(conditions, current))
    await writeConditions(deps.client, namespace, conditions, signal);
  if (isEmpty) {
    await finalize(deps.client, namespace, signal);
    return undefined;
  }
  return { requeueAfterMs: lookAgainMs(deps.clock.now() - Date.parse(namespace.metadata.deletionTimestamp)) };
}

/** Whoever else has a finalizer on it goes on seeing it, and why it is still there. */
const isHeldByOthers = ({ metadata, spec }: Namespace): boolean =>
  (metadata.finalizers ?? []).length + (spec?.finalizers ?? []).length > 1;

function lookAgainMs(passedMs: number): number {
  const { least, most, ofTimePassed } = LOOK_AGAIN_MS;
  return Math.min(most, Math.max(least, Math.round((passedMs || 0) * ofTimePassed)));
}

async function writeConditions(
  client: KubeClient,
  { metadata }: Namespace,
  conditions: NonNullable<Namespace['status']>['conditions'],
  signal: AbortSignal,
): Promise<void> {
  const { name = '', uid } = metadata;
  const patch = { metadata: { uid }, status: { conditions } };
  await client.patch(namespaces, { name }, { type: 'merge', patch }, { signal, subresource: 'status' });
}

async function finalize(client: KubeClient, namespace: Namespace, signal: AbortSignal): Promise<void> {
  try {
    const live = await readLeaving(client, namespaces, namespace, signal);
    if (!live) return;
    const finalizers = (live.spec?.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
    await client.update(
      namespaces,
      { ...live, spec: { ...live.spec, finalizers } },
      { signal, subresource: 'finalize' },
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
