import { type AgentKeys, withRevokedKeys } from '../../../shared/apis/cluster/agent-keys.ts';
import { agentRightsNames, CLUSTER_GROUP, executionSpace } from '../../../shared/apis/cluster/v1alpha1.ts';
import { namespaces } from '../../../shared/apis/core/v1.ts';
import { type ClusterRoleBinding, clusterRoleBindings, clusterRoles } from '../../../shared/apis/rbac/v1.ts';
import { changeAgentKeys, fetchAgentKeys } from '../../../shared/client/agent-keys.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { getIfPresent } from '../../../shared/client/ensure-object.ts';
import { type Controller, type ReconcileResult, source } from '../../../shared/controller/controller.ts';
import { keyOf } from '../../../shared/controller/store.ts';
import { ensureAgentRights, removeAgentRights } from '../agent-rights.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { KARMADA_AGENT_ANNOTATION, LEFT_ANNOTATION } from './annotations.ts';

/**
 * `karmadactl unregister` deletes the Cluster with the agent's own credential and then looks with it until the Cluster is gone; refused, it stops half way. So the
 * credential of a karmada-agent outlives its Cluster by a moment, with nothing but that look left to it.
 */

const FAREWELL_MS = 15_000;

/** True if the agent was Karmada's: its rights are down to one look, and the controller below ends the rest. */
export async function beginFarewell(client: KubeClient, cluster: string, signal: AbortSignal): Promise<boolean> {
  const name = agentRightsNames(cluster).cluster;
  const binding = await getIfPresent(client, clusterRoleBindings, { name }, signal);
  if (binding?.metadata.annotations?.[KARMADA_AGENT_ANNOTATION] !== 'true') return false;
  const rules = [{ apiGroups: [CLUSTER_GROUP], resources: ['clusters'], resourceNames: [cluster], verbs: ['get'] }];
  await client.patch(clusterRoles, { name }, { type: 'merge', patch: { rules } }, { signal });
  const patch = { metadata: { annotations: { [LEFT_ANNOTATION]: cluster } } };
  await client.patch(clusterRoleBindings, { name }, { type: 'merge', patch }, { signal });
  return true;
}

/** Makes true: a credential that is left from a cluster that has gone ends. One that has joined again meanwhile has ended the former by itself. */
export function newDeparturesController(deps: ControllerDeps): Controller {
  const { clock, informers, log } = deps;
  const informer = informers.of(clusterRoleBindings, { transform: keepAnnotations });
  const leaving = new Map<string, { cluster: string; until: number }>();
  const reconcile = async (name: string, signal: AbortSignal): Promise<ReconcileResult | undefined> => {
    const binding = informer.store.get(name);
    const cluster = binding?.metadata.annotations?.[LEFT_ANNOTATION];
    if (cluster !== undefined && !leaving.has(name))
      leaving.set(name, { cluster, until: clock.monotonic() + FAREWELL_MS });
    const farewell = leaving.get(name);
    if (!farewell) return undefined;
    // Without its binding there is nothing left to wait for: an administrator has taken the rights away.
    if (binding && clock.monotonic() < farewell.until) return { requeueAfterMs: farewell.until - clock.monotonic() };
    await endFarewell(deps, farewell.cluster, signal);
    leaving.delete(name);
    return undefined;
  };
  const sources = [
    source(informer, (binding) => (LEFT_ANNOTATION in (binding.metadata.annotations ?? {}) ? [keyOf(binding)] : [])),
  ];
  return deps.newController({ name: 'departures', sources, reconcile, clock, log });
}

/** There are some for each cluster, and whom they bind to what is not asked for here. */
function keepAnnotations({ apiVersion, kind, metadata, roleRef }: ClusterRoleBinding): ClusterRoleBinding {
  const { name = '', uid = '', resourceVersion = '', annotations = {} } = metadata;
  return { apiVersion, kind, metadata: { name, uid, resourceVersion, annotations }, roleRef };
}

/** Somebody may join under the name at any moment: they claim the space first, have their key on the record then, and their rights last. */
async function endFarewell({ client, clock }: ControllerDeps, cluster: string, signal: AbortSignal): Promise<void> {
  const isClaimed = async () =>
    (await getIfPresent(client, namespaces, { name: executionSpace(cluster) }, signal)) !== undefined;
  const former = await fetchAgentKeys(client, cluster, signal);
  if (await isClaimed()) {
    const { cluster: name } = agentRightsNames(cluster);
    const patch = { metadata: { annotations: { [LEFT_ANNOTATION]: null } } };
    await client.patch(clusterRoleBindings, { name }, { type: 'merge', patch }, { signal });
    return;
  }
  await changeAgentKeys(client, cluster, (record) => withFormerRevoked(record, former, clock.now()), signal);
  await removeAgentRights(client, cluster, signal);
  if (await isClaimed()) await ensureAgentRights(client, cluster, signal);
}

/** Keys that are not among the former ones stay as they are. */
function withFormerRevoked(record: AgentKeys, former: AgentKeys, now: number): AgentKeys {
  const revoked = withRevokedKeys(record, now);
  const newer = Object.entries(record.keys).filter(([pin]) => !(pin in former.keys));
  return { ...revoked, keys: { ...revoked.keys, ...Object.fromEntries(newer) } };
}
