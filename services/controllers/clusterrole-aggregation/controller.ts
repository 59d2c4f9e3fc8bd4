import { clusterRoles } from '../../../shared/apis/rbac/v1.ts';
import { type Controller, source } from '../../../shared/controller/controller.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { reconcileAggregation } from './reconcile.ts';

/** Any change of a ClusterRole is a look at all that aggregate; there are few. */
export function newClusterRoleAggregationController(deps: ControllerDeps): Controller {
  const { client, clock, informers, log } = deps;
  const informer = informers.of(clusterRoles);
  const listRoles = () => informer.store.list();
  const aggregating = () => listRoles().filter(({ aggregationRule }) => aggregationRule !== undefined);
  const getRole = (name: string) => informer.store.get(name);
  return deps.newController({
    name: 'clusterrole-aggregation',
    sources: [source(informer, () => aggregating().flatMap(({ metadata }) => metadata.name ?? []))],
    reconcile: (name, signal) => reconcileAggregation({ client, getRole, listRoles }, name, signal),
    clock,
    log,
  });
}
