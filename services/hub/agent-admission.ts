import { BOOTSTRAP_DEFAULT_GROUP } from '../../shared/apis/bootstrap/token.ts';
import { agentMayWrite, type InvolvedObject } from '../../shared/apis/cluster/agent-may-write.ts';
import { AGENT_ORGANIZATION } from '../../shared/apis/cluster/v1alpha1.ts';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { AdmissionCheck, AdmissionContext } from '../apiserver/registry/registry.ts';

/** Keeps each agent to its own names, which RBAC can't do for objects that are yet to be created, and agents and joiners to objects of an ordinary size. */
export const checkAgentWrite: AdmissionCheck = (context, object, old) => {
  const { definition } = context;
  const name = object?.metadata.name ?? old?.metadata.name ?? context.name;
  const refusal = foreignWrite(context, name, object, old) ?? excess(context, object, old);
  if (refusal) throw newForbidden({ group: definition.group, resource: definition.plural, name }, refusal);
};

type States = [object: Unstructured | undefined, old: Unstructured | undefined];

function foreignWrite(context: AdmissionContext, name: string, ...[object, old]: States): string | undefined {
  const { definition, operation, namespace, user } = context;
  const [involvedObject, formerlyInvolved] = [involvedObjectOf(object), involvedObjectOf(old)];
  return agentMayWrite(user, {
    operation,
    group: definition.group,
    resource: definition.plural,
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    ...syncModeOf(object),
    ...(involvedObject ? { involvedObject } : {}),
    ...(old ? { formerlyInvolved: formerlyInvolved ?? {} } : {}),
  });
}

function syncModeOf(object: Unstructured | undefined): { syncMode?: string } {
  const spec = object?.['spec'] as { syncMode?: unknown } | undefined;
  return typeof spec?.syncMode === 'string' ? { syncMode: spec.syncMode } : {};
}

/** core/v1 Events say `involvedObject`, events.k8s.io/v1 ones `regarding`. */
function involvedObjectOf(object: Unstructured | undefined): InvolvedObject | undefined {
  const about = object?.['involvedObject'] ?? object?.['regarding'];
  return typeof about === 'object' && about !== null ? about : undefined;
}

/** What one of them has to say elsewhere is much less. */
const MAX_CHARACTERS = 256 * 1024;
/** Of the metadata that the garbage collector keeps of everything in memory. */
const MAX_HELD_CHARACTERS = 16 * 1024;
/** The Works that are sent to a member and the status of its Cluster are as large as they are. */
const LARGE = new Set(['works.work.karmada.io', 'clusters.cluster.karmada.io']);

/** Why it is too large, where agents and joiners write it: they are many and not in the hub's hands, and what they write must fill neither its memory nor its disk. */
function excess({ definition, operation, user }: AdmissionContext, ...[object, old]: States): string | undefined {
  if (!object || !user.groups.some((group) => group === AGENT_ORGANIZATION || group === BOOTSTRAP_DEFAULT_GROUP)) {
    return undefined;
  }
  const held = heldCharacters(object);
  if (held > MAX_HELD_CHARACTERS && held > heldCharacters(old)) {
    return `finalizers and owner references that an agent or a joiner writes have at most ${MAX_HELD_CHARACTERS} characters, and these have ${held}`;
  }
  if (operation === 'UPDATE' && LARGE.has(`${definition.plural}.${definition.group}`)) return undefined;
  const { length } = JSON.stringify(object);
  return length <= MAX_CHARACTERS
    ? undefined
    : `what an agent or a joiner writes has at most ${MAX_CHARACTERS} characters, and this has ${length}`;
}

function heldCharacters(object: Unstructured | undefined): number {
  const { finalizers, ownerReferences } = object?.metadata ?? {};
  return finalizers || ownerReferences ? JSON.stringify([finalizers, ownerReferences]).length : 0;
}
