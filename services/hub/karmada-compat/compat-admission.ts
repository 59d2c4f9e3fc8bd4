import {
  AGENT_RBAC_GENERATOR,
  CLUSTER_GROUP,
  CLUSTER_NAMESPACE,
  clusterOfExecutionSpace,
  executionSpace,
} from '../../../shared/apis/cluster/v1alpha1.ts';
import { type Namespace, namespaces } from '../../../shared/apis/core/v1.ts';
import { newForbidden } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { RBAC_GROUP } from '../../../shared/apis/rbac/v1.ts';
import { WORK_GROUP } from '../../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { getIfPresent } from '../../../shared/client/ensure-object.ts';
import type { AdmissionCheck, AdmissionContext } from '../../apiserver/registry/registry.ts';
import { JOINING_TOKEN_ANNOTATION, KARMADA_AGENT_ANNOTATION } from '../../controllers/karmada-compat/annotations.ts';
import { checkAgentWrite } from '../agent-admission.ts';
import { fillWork } from './fill-work.ts';

/**
 * Admission in the mode that serves karmadactl and karmada-agents: agents write their own, the identity rbac-generator only what the join under way is about,
 * and Works for a karmada-agent are filled. `client` is the hub's own, asked for execution spaces.
 */
export function newCompatAdmission(client: () => KubeClient): AdmissionCheck {
  return async (context, object, old) => {
    if (context.user.name === AGENT_RBAC_GENERATOR) return await checkGenerator(client(), context);
    await checkAgentWrite(context, object, old);
    await checkClusterName(client(), context, object);
    const { definition, subresource, namespace } = context;
    if (definition.group !== WORK_GROUP || definition.plural !== 'works' || subresource !== '' || !object) return;
    const space = clusterOfExecutionSpace(namespace) === undefined ? undefined : await getSpace(client(), namespace);
    if (space?.metadata.annotations?.[KARMADA_AGENT_ANNOTATION] === 'true') fillWork(object, old);
  };
}

const IMPERSONATOR_SUFFIX = '-impersonator';

/** A karmada-agent may read the Secret NAME-impersonator of its own cluster: it must be no other cluster's. */
async function checkClusterName(
  client: KubeClient,
  { definition: { group, plural }, operation }: AdmissionContext,
  object: Unstructured | undefined,
): Promise<void> {
  const name = object?.metadata.name ?? '';
  const isNew = group === CLUSTER_GROUP && plural === 'clusters' && operation === 'CREATE';
  if (!isNew || !name.endsWith(IMPERSONATOR_SUFFIX)) return;
  const other = name.slice(0, -IMPERSONATOR_SUFFIX.length);
  const space = await getSpace(client, executionSpace(other));
  if (space?.metadata.annotations?.[KARMADA_AGENT_ANNOTATION] !== 'true') return;
  throw newForbidden(
    { group, resource: plural, name },
    `the karmada-agent of cluster ${other} may read Secret ${CLUSTER_NAMESPACE}/${name}: take another name, and where there is that Secret already, revoke what is in it`,
  );
}

async function checkGenerator(client: KubeClient, context: AdmissionContext): Promise<void> {
  const { definition, operation, name } = context;
  // Which request it may delete, its rights say.
  if (operation === 'DELETE' && definition.plural === 'certificatesigningrequests') return;
  const cluster = operation === 'CREATE' ? clusterOfRight(context) : undefined;
  if (cluster === 'any') return;
  const space = cluster === undefined ? undefined : await getSpace(client, executionSpace(cluster));
  if (space?.metadata.annotations?.[JOINING_TOKEN_ANNOTATION] !== undefined) return;
  throw newForbidden(
    { group: definition.group, resource: definition.plural, name },
    `user ${JSON.stringify(context.user.name)} may create only the rights of the cluster that is joining`,
  );
}

const KINDS = new Set(['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings']);

/** Whose rights an object is part of, by its name (the wire contract, section 2.5); `any` for the namespace that all share. */
function clusterOfRight({ definition, namespace, name }: AdmissionContext): string | undefined {
  const { group, plural } = definition;
  if (group === '' && plural === 'namespaces')
    return name === CLUSTER_NAMESPACE ? 'any' : clusterOfExecutionSpace(name);
  if (group !== RBAC_GROUP || !KINDS.has(plural)) return undefined;
  const [, cluster, part = ''] = /^system:karmada:([^:]+):agent(-secret|-work)?$/.exec(name) ?? [];
  if (cluster === undefined) return undefined;
  const places: Record<string, string> = { '': '', '-secret': CLUSTER_NAMESPACE, '-work': executionSpace(cluster) };
  return places[part] === namespace ? cluster : undefined;
}

const getSpace = (client: KubeClient, name: string): Promise<Namespace | undefined> =>
  getIfPresent(client, namespaces, { name });
