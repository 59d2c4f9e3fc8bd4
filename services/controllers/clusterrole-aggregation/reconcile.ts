import { isDeepStrictEqual } from 'node:util';
import type { LabelSelector } from '../../../shared/apis/meta/v1.ts';
import { type ClusterRole, clusterRoles, type PolicyRule } from '../../../shared/apis/rbac/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { getIfPresent } from '../../../shared/client/ensure-object.ts';

/**
 * Makes true: the rules of a ClusterRole with an aggregationRule are those of all ClusterRoles that it selects, in the order of their names. Owns the
 * rules of such roles, nothing else.
 */
export interface AggregationDeps {
  client: KubeClient;
  /** Their labels; their rules may be absent. */
  listRoles: () => ClusterRole[];
}

export async function reconcileAggregation(
  deps: AggregationDeps,
  name: string,
  signal: AbortSignal,
): Promise<undefined> {
  const role = await getIfPresent(deps.client, clusterRoles, { name }, signal);
  if (!role?.aggregationRule || role.metadata.deletionTimestamp) return undefined;
  const isSelected = (other: ClusterRole): boolean => isAggregated(role, other);
  const selected = await readAnew(deps.client, deps.listRoles().filter(isSelected), signal);
  const rules = aggregatedRules(selected.filter(isSelected)); // by the labels that were given together with the rules
  if (isDeepStrictEqual(rules, role.rules ?? [])) return undefined;
  const patch = { metadata: { resourceVersion: role.metadata.resourceVersion }, rules };
  await deps.client.patch(clusterRoles, { name }, { type: 'merge', patch }, { signal });
  return undefined;
}

/** One that is gone meanwhile is looked at again for that. */
async function readAnew(client: KubeClient, roles: ClusterRole[], signal: AbortSignal): Promise<ClusterRole[]> {
  const present: ClusterRole[] = [];
  for (const { metadata } of roles) {
    const role = await getIfPresent(client, clusterRoles, { name: metadata.name ?? '' }, signal);
    if (role) present.push(role);
  }
  return present;
}

function aggregatedRules(selected: ClusterRole[]): PolicyRule[] {
  const byName = selected.sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
  const rules = new Map<string, PolicyRule>();
  for (const rule of byName.flatMap((other) => other.rules ?? [])) {
    const text = textOf(rule);
    if (!rules.has(text)) rules.set(text, rule);
  }
  return [...rules.values()];
}

/** The same for equal rules, whatever the order of their fields. */
const textOf = (rule: PolicyRule): string => JSON.stringify(rule, Object.keys(rule).sort());

/** Whether the rules of `other` are among those of `role`. */
export function isAggregated(role: ClusterRole, other: ClusterRole): boolean {
  const selectors = role.aggregationRule?.clusterRoleSelectors ?? [];
  return (
    other.metadata.name !== role.metadata.name &&
    selectors.some((selector) => matchesLabels(selector, other.metadata.labels ?? {}))
  );
}

/** Label selectors as the API defines them; an empty one selects everything. */
function matchesLabels(selector: LabelSelector, given: Record<string, string>): boolean {
  const labels = new Map(Object.entries(given));
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels.get(key) === value);
  return (
    equal &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels.get(key);
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          return false;
      }
    })
  );
}
