import { clusterOfExecutionSpace } from '../../../shared/apis/cluster/v1alpha1.ts';
import { type Namespace, namespaces } from '../../../shared/apis/core/v1.ts';
import { deleteIfPresent } from '../../../shared/client/ensure-object.ts';
import { type Controller, type ReconcileResult, source } from '../../../shared/controller/controller.ts';
import { keyOf } from '../../../shared/controller/store.ts';
import { removeAgentRights } from '../agent-rights.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { removeGeneratorRights } from './generator-rights.ts';
import { joinEnd, joinTokenOf } from './joins.ts';

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
  space: Namespace | undefined,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const cluster = clusterOfExecutionSpace(space?.metadata.name ?? '');
  if (!space || cluster === undefined || joinTokenOf(space) === undefined || space.metadata.deletionTimestamp)
    return undefined;
  const leftMs = joinEnd(space) - clock.now();
  if (leftMs > 0) return { requeueAfterMs: leftMs };
  await removeGeneratorRights(client, cluster, signal);
  await removeAgentRights(client, cluster, signal);
  const { name = '', uid } = space.metadata;
  await deleteIfPresent(client, namespaces, uid ? { name, uid } : { name }, signal);
  log.info({ cluster }, 'a join by karmadactl was not finished; its name is free again');
  return undefined;
}
