import { clusterOfExecutionSpace } from '../../../shared/apis/cluster/v1alpha1.ts';
import { type Namespace, namespaces } from '../../../shared/apis/core/v1.ts';
import { deleteIfPresent, getIfPresent } from '../../../shared/client/ensure-object.ts';
import { type Controller, type ReconcileResult, source } from '../../../shared/controller/controller.ts';
import { keyOf } from '../../../shared/controller/store.ts';
import { removeAgentRights } from '../agent-rights.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { removeGeneratorRights } from './generator-rights.ts';
import { closeJoin, joinEnd, joinTokenOf } from './joins.ts';

/**
 * Makes true: a join by karmadactl that nobody finished leaves nothing behind. Looks at each execution space that a token has claimed, and again
 * when the join's time is over.
 */
export function newUnfinishedJoinsController(deps: ControllerDeps): Controller {
  const { clock, informers, log } = deps;
  const informer = informers.of(namespaces);
  return deps.newController({
    name: 'unfinished-joins',
    sources: [source(informer, (space) => (joinTokenOf(space) === undefined ? [] : [keyOf(space)]))],
    reconcile: (name, signal) => reconcileJoin(deps, informer.store.get(name), signal),
    clock,
    log,
  });
}

async function reconcileJoin(
  { client, clock, log }: ControllerDeps,
  cached: Namespace | undefined,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const name = cached?.metadata.name ?? '';
  const cluster = clusterOfExecutionSpace(name);
  if (!cached || cluster === undefined || !isJoining(cached)) return undefined;
  const leftMs = joinEnd(cached) - clock.now();
  if (leftMs > 0) return { requeueAfterMs: leftMs };
  const space = await getIfPresent(client, namespaces, { name }, signal);
  // It was finished or begun again: the watch will tell.
  if (!space || !isJoining(space) || joinEnd(space) > clock.now()) return undefined;
  await closeJoin(client, space, signal);
  await removeGeneratorRights(client, cluster, signal);
  await removeAgentRights(client, cluster, signal);
  const { uid } = space.metadata;
  await deleteIfPresent(client, namespaces, uid ? { name, uid } : { name }, signal);
  log.info({ cluster }, 'a join by karmadactl was not finished; its name is free again');
  return undefined;
}

const isJoining = (space: Namespace): boolean =>
  joinTokenOf(space) !== undefined && space.metadata.deletionTimestamp === undefined;
