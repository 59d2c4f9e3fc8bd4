import type { PolicyRule } from '../../../shared/apis/rbac/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { type Check, failed, ok, reasonOf, warning } from './check.ts';
import { missingRights, type Needed } from './missing-rights.ts';

/** Whether an agent that has joined can do its work in the member, seen with its own credential there. */

const FOR_ITSELF: readonly Needed[] = [
  { group: '', resource: 'namespaces', verb: 'get', name: 'kube-system', isClusterWide: true },
  { group: 'coordination.k8s.io', resource: 'leases', verb: 'create' },
  { group: '', resource: 'secrets', verb: 'list' },
  { group: '', resource: 'secrets', verb: 'create' },
  { group: '', resource: 'secrets', verb: 'update' },
];
const FOR_STATUS: readonly Needed[] = ['nodes', 'pods'].map((resource) => ({
  ...{ group: '', resource, verb: 'list', isClusterWide: true },
}));
const TO_DELIVER = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
const EVERYTHING: readonly Needed[] = [{ group: '*', resource: '*', verb: '*', isClusterWide: true }];

const INSTALL = 'Bring back what register installed: pullet register … -o yaml prints it.';

export async function checkAgentInMember(member: KubeClient, namespace: string, signal: AbortSignal): Promise<Check[]> {
  try {
    await member.raw({ method: 'GET', path: '/readyz', signal });
    const own = await missingRights(member, FOR_ITSELF, namespace, signal);
    const status = await missingRights(member, FOR_STATUS, namespace, signal);
    return [
      ok('member', 'it answers, and says that it is ready'),
      ownRights(own, status),
      await checkManaged(member, namespace, signal),
    ];
  } catch (error) {
    const fix = "Check the member's API server, and the agent's ServiceAccount there.";
    return [failed('member', reasonOf(error), fix)];
  }
}

function ownRights(missing: string[], missingForStatus: string[]): Check {
  const name = 'rights in the member';
  if (missing.length > 0) return failed(name, `the agent may not: ${missing.join(', ')}`, INSTALL);
  if (missingForStatus.length === 0) return ok(name, 'the agent may do what it needs for itself');
  const found = `the agent may not ${missingForStatus.join(', ')}: the Cluster does not tell of them`;
  return warning(name, found, 'Where that is meant, nothing else suffers.');
}

async function checkManaged(member: KubeClient, namespace: string, signal: AbortSignal): Promise<Check> {
  const name = 'what it manages';
  if ((await missingRights(member, EVERYTHING, namespace, signal)).length === 0) return ok(name, 'everything');
  const resources = await managedResources(member, signal);
  if (resources.length > 0) return ok(name, `${resources.join(', ')}; Works may hold nothing else`);
  return warning(
    name,
    'nothing: no Work can be delivered',
    'Register with other resources in --manage, or add rules to ClusterRole karmada-agent.',
  );
}

/** Of what it has every right that delivery takes, in a namespace where the agent has no role of its own. */
async function managedResources(member: KubeClient, signal: AbortSignal): Promise<string[]> {
  const apiVersion = 'authorization.k8s.io/v1';
  const review = { apiVersion, kind: 'SelfSubjectRulesReview', spec: { namespace: 'default' } };
  const answer = await member.raw({
    method: 'POST',
    path: `/apis/${apiVersion}/selfsubjectrulesreviews`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(review),
    signal,
  });
  const { status } = JSON.parse(answer) as { status?: { resourceRules?: PolicyRule[] } };
  const managing = (status?.resourceRules ?? []).filter(
    ({ verbs, resourceNames = [] }) => resourceNames.length === 0 && TO_DELIVER.every((verb) => hasVerb(verbs, verb)),
  );
  const names = managing.flatMap(({ apiGroups = [], resources = [] }) =>
    apiGroups.flatMap((group) => resources.map((resource) => (group === '' ? resource : `${resource}.${group}`))),
  );
  return [...new Set(names)].sort();
}

function hasVerb(verbs: string[], verb: string): boolean {
  return verbs.includes('*') || verbs.includes(verb);
}
