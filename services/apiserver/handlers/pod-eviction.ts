import { newBadRequest, newNotFound, newTooManyRequests, StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { DeleteOptions, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { deleteObject } from '../registry/delete-object.ts';
import { listPrefix } from '../registry/keys.ts';
import { matchesSelector } from '../registry/match-selector.ts';
import { decodeEntry, encodeStored } from '../registry/object-codec.ts';
import { type Registry, timestamp } from '../registry/registry.ts';
import { newSystemRequest } from '../registry/system-request.ts';
import { keyOf } from '../registry/target.ts';
import { updateObject } from '../registry/update-object.ts';
import { admit, checkPolicies, type WriteRequest } from '../registry/write-request.ts';
import type { RequestContext } from '../request.ts';
import { withCondition } from './pod-condition.ts';
import { placeIn, readUnstored } from './read-unstored.ts';

/**
 * `pods/<name>/eviction`: a deletion that PodDisruptionBudgets may refuse. Nothing here counts what is healthy, so a budget lets a running pod go only where somebody
 * else has written its status.
 */
export async function evictPod(request: WriteRequest, context: RequestContext): Promise<void> {
  const { target, registry } = request;
  const eviction = await readUnstored(context, { group: 'policy', version: 'v1', kind: 'Eviction' });
  placeIn(target.namespace, eviction);
  if (eviction.metadata.name !== target.name) throw newBadRequest('name in URL does not match name in Eviction object');
  await admit(request, 'CREATE', eviction, undefined);
  await checkPolicies(request, 'CREATE', eviction, undefined);
  const entry = registry.storage.get(keyOf(target));
  if (!entry) throw newNotFound(target.subject);
  const pod = decodeEntry(target.definition, entry);
  const options: DeleteOptions = { ...(eviction['deleteOptions'] as DeleteOptions | undefined) };
  const dryRun = request.options.dryRun || (options.dryRun?.length ?? 0) > 0;
  if (isGuarded(pod)) await takeFromBudget(registry, pod, dryRun);
  const deletion: WriteRequest = { ...newSystemRequest(registry, target.definition, target), isAdmitted: true };
  if (!dryRun && !options.preconditions) await markEvicted(deletion);
  deletion.options.dryRun = dryRun;
  await deleteObject({ ...deletion, context: { ...deletion.context, user: context.user } }, options);
}

/** A pod that does not run can go. */
function isGuarded({ metadata, status }: Unstructured): boolean {
  const { phase } = { ...(status as { phase?: string } | undefined) };
  return phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Pending' && !metadata.deletionTimestamp;
}

/** Those who watch see why the pod goes. */
async function markEvicted(request: WriteRequest): Promise<void> {
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  const now = timestamp(request.registry.clock.now());
  const write = { ...request.write, subresource: 'eviction' };
  const change = (pod: Unstructured | undefined) => ({
    ...structuredClone(pod as Unstructured),
    status: withCondition(pod?.['status'], condition, now),
  });
  await updateObject({ ...request, write }, { change, mayCreate: false, isApplied: true });
}

interface BudgetStatus {
  observedGeneration?: number;
  disruptionsAllowed?: number;
  currentHealthy?: number;
  desiredHealthy?: number;
  disruptedPods?: Record<string, string>;
}

const statusOf = (budget: Unstructured): BudgetStatus => ({ ...(budget['status'] as BudgetStatus | undefined) });

/** Throws 429 where a budget does not let the pod go, and 500 where more than one would have to. */
async function takeFromBudget(registry: Registry, pod: Unstructured, dryRun: boolean): Promise<void> {
  const [budget, ...others] = budgetsOf(registry, pod);
  if (!budget) return;
  if (others.length > 0) throw newTooManyBudgets();
  const status = statusOf(budget.object);
  const name = budget.object.metadata.name ?? '';
  if ((status.observedGeneration ?? 0) < (budget.object.metadata.generation ?? 0))
    throw newRefused(`The disruption budget ${name} is still being processed by the server.`, 10);
  if (!status.disruptionsAllowed || status.disruptionsAllowed < 0)
    throw newRefused(
      (status.currentHealthy ?? 0) <= (status.desiredHealthy ?? 0)
        ? `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`
        : `The disruption budget ${name} does not allow evicting pods currently`,
      0,
    );
  if (!dryRun) await budget.take(pod.metadata.name ?? '');
}

interface Budget {
  object: Unstructured;
  take(pod: string): Promise<void>;
}

function budgetsOf(registry: Registry, { metadata }: Unstructured): Budget[] {
  const definition = registry.catalog.find('policy', 'v1', 'poddisruptionbudgets');
  if (!definition) return [];
  const { storage, clock } = registry;
  return storage.list({ prefix: listPrefix(definition, metadata.namespace ?? '') }).entries.flatMap((entry) => {
    const object = decodeEntry(definition, entry);
    const { selector } = { ...(object['spec'] as { selector?: object } | undefined) };
    if (!matchesSelector(selector, metadata.labels ?? {})) return [];
    const take = async (pod: string): Promise<void> => {
      const { disruptionsAllowed = 0, disruptedPods, ...rest } = statusOf(object);
      const taken = { ...disruptedPods, [pod]: timestamp(clock.now()) };
      const status = { ...rest, disruptionsAllowed: disruptionsAllowed - 1, disruptedPods: taken };
      const encode = (revision: number) => encodeStored(definition, { ...object, status }, revision);
      const result = await storage.put(entry.key, entry.modRevision, encode);
      if (!result.ok)
        throw newRefused(`The disruption budget ${object.metadata.name} is still being processed by the server.`, 10);
    };
    return [{ object, take }];
  });
}

function newRefused(why: string, retryAfterSeconds: number): StatusError {
  const { status } = newTooManyRequests(
    "Cannot evict pod as it would violate the pod's disruption budget.",
    retryAfterSeconds,
  );
  const causes = [{ reason: 'DisruptionBudget', message: why }];
  const details = retryAfterSeconds > 0 ? { ...status.details, causes } : { causes };
  return new StatusError({ ...status, details });
}

function newTooManyBudgets(): StatusError {
  const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
  return new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 });
}
