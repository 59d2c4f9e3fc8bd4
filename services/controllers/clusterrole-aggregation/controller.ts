import { type ClusterRole, clusterRoles } from '../../../shared/apis/rbac/v1.ts';
import { type Controller, source } from '../../../shared/controller/controller.ts';
import { keyOf } from '../../../shared/controller/store.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { withoutManagedFields } from '../informers.ts';
import { isAggregated, reconcileAggregation } from './reconcile.ts';

const AGGREGATING = 'aggregating';

/** A change of a ClusterRole is a look at those that aggregate it, of which there are few: each cluster has roles of its own that nobody aggregates. */
export function newClusterRoleAggregationController(deps: ControllerDeps): Controller {
  const { client, clock, informers, log } = deps;
  const indexes = { [AGGREGATING]: (role: ClusterRole) => (role.aggregationRule ? ['true'] : []) };
  const informer = informers.of(clusterRoles, { indexes, transform: withoutRules });
  const listRoles = () => informer.store.list();
  const aggregatesOf = (role: ClusterRole, previous = role): ClusterRole[] =>
    informer.store
      .byIndex(AGGREGATING, 'true')
      .filter((aggregate) => isAggregated(aggregate, role) || isAggregated(aggregate, previous));
  return deps.newController({
    name: 'clusterrole-aggregation',
    sources: [
      source(informer, (role, previous) => [
        ...(role.aggregationRule ? [keyOf(role)] : []),
        ...aggregatesOf(role, previous).map(keyOf),
      ]),
    ],
    reconcile: (name, signal) => reconcileAggregation({ client, listRoles }, name, signal),
    clock,
    log,
  });
}

/** Who selects whom is told by labels; the rules of the few that are selected are read when they are needed. */
function withoutRules({ rules: _, ...role }: ClusterRole): ClusterRole {
  return withoutManagedFields(role as ClusterRole);
}
