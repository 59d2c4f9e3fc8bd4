import type { PolicyRule } from '../../shared/apis/rbac/v1.ts';

/** What an agent may do in its member: everything, or what it was given to manage and what it needs for itself. Pure. */

/** `*` is every resource of the group. */
export interface ManagedResource {
  group: string;
  resource: string;
}

/** What delivering an object takes: to apply it, see it changed, and take it back. */
export const MANAGE_VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

const EVERYTHING: PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['get'] },
];

/** Which cluster this is, its nodes and what runs on them, for the Cluster's status; without nodes and pods that says less, and nothing else suffers. */
const LOOKING: PolicyRule[] = [
  { apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] },
  { apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'list', 'watch'] },
  { nonResourceURLs: ['/healthz', '/readyz', '/version', '/api', '/api/*', '/apis', '/apis/*'], verbs: ['get'] },
];

/** Of the agent's ClusterRole; absent `manages`: the agent applies whatever Works contain, so it needs every right that they need. */
export function clusterRules(manages: readonly ManagedResource[] | undefined): PolicyRule[] {
  if (!manages) return EVERYTHING;
  const groups = new Map<string, Set<string>>();
  for (const { group, resource } of manages) groups.set(group, (groups.get(group) ?? new Set()).add(resource));
  const managing = [...groups].sort(byName).map(([group, resources]) => ({
    apiGroups: [group],
    resources: [...resources].sort(),
    verbs: [...MANAGE_VERBS],
  }));
  return [...managing, ...LOOKING];
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Of a Role in the agent's own namespace: the leader's lease, its credential, and what it remembers. RBAC can't restrict `create` to a name. */
export function ownRules(leaseName: string): PolicyRule[] {
  const lease = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
  return [
    { ...lease, verbs: ['create'] },
    { ...lease, resourceNames: [leaseName], verbs: ['get', 'update', 'patch'] },
    { apiGroups: [''], resources: ['secrets'], verbs: [...MANAGE_VERBS] },
  ];
}
