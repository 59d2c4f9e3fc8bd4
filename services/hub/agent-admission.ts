import { BOOTSTRAP_DEFAULT_GROUP } from '../../shared/apis/bootstrap/token.ts';
import { agentMayWrite, type InvolvedObject } from '../../shared/apis/cluster/agent-may-write.ts';
import { AGENT_ORGANIZATION } from '../../shared/apis/cluster/v1alpha1.ts';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { UserInfo } from '../../shared/apis/user-info.ts';
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

/** Of what of an object an agent or a joiner may write only so much, or as much as there was before. */
interface Bound {
  /** The beginning of what is said of it. */
  what: string;
  maxCharacters: number;
  part(object: Unstructured): unknown;
  /** Whatever was there before. */
  isAbsolute?: true;
}

/** What one of them has to say elsewhere than in what is large is much less. */
const WHOLE: Bound = {
  what: 'an object that an agent or a joiner writes has',
  maxCharacters: 256 * 1024,
  part: (object) => object,
  isAbsolute: true,
};

/** Of the metadata that the garbage collector keeps of everything in memory. */
const HELD: Bound = {
  what: 'finalizers and owner references that an agent or a joiner writes have',
  maxCharacters: 16 * 1024,
  part: ({ metadata: { finalizers, ownerReferences } }) =>
    finalizers || ownerReferences ? [finalizers, ownerReferences] : undefined,
};

/** Who owns which fields a writer may say too. Of a Work, however large, they are few. */
const MANAGED: Bound = {
  what: 'managedFields that an agent writes have',
  maxCharacters: 64 * 1024,
  part: ({ metadata: { managedFields } }) => managedFields,
};

/** But for the status, what has a bound of its own, and what changes with each write. */
const SENT: Bound = {
  what: 'what an agent writes besides a status has',
  maxCharacters: WHOLE.maxCharacters,
  part({ status: _told, metadata, ...rest }) {
    const {
      finalizers: _f,
      ownerReferences: _o,
      managedFields: _m,
      resourceVersion: _r,
      generation: _g,
      ...named
    } = metadata;
    return [named, rest];
  },
};

/** The Works that are sent to a member, what it tells of them, and the status of its Cluster are as large as they are. */
const LARGE = new Set(['works.work.karmada.io', 'clusters.cluster.karmada.io']);

function boundsOf({ definition, operation, subresource }: AdmissionContext): Bound[] {
  const isLarge = operation === 'UPDATE' && LARGE.has(`${definition.plural}.${definition.group}`);
  if (!isLarge) return [HELD, WHOLE];
  return subresource === 'status' ? [HELD, MANAGED] : [HELD, MANAGED, SENT];
}

/** Why it is too large, where agents and joiners write it: they are many and not in the hub's hands, and what they write must fill neither its memory nor its disk. */
function excess(context: AdmissionContext, ...[object, old]: States): string | undefined {
  if (!object || !isAgentOrJoiner(context.user)) return undefined;
  for (const { what, maxCharacters, part, isAbsolute } of boundsOf(context)) {
    const length = lengthOf(part(object));
    const before = old && !isAbsolute ? lengthOf(part(old)) : 0;
    if (length > Math.max(maxCharacters, before))
      return `${what} at most ${maxCharacters} characters, and this has ${length}`;
  }
  return undefined;
}

/** Whoever holds a bootstrap token is a joiner. */
export function isAgentOrJoiner({ groups }: UserInfo): boolean {
  return groups.some((group) => group === AGENT_ORGANIZATION || group === BOOTSTRAP_DEFAULT_GROUP);
}

const lengthOf = (value: unknown): number => JSON.stringify(value)?.length ?? 0;
