import type { ManagedFieldsEntry } from '../../shared/apis/meta/v1.ts';
import {
  AGENT_FIELD_MANAGER,
  EXISTED_BEFORE_ANNOTATION,
  KARMADA_AGENT_FIELD_MANAGER,
  LEFT_FIELD_MANAGER,
  MANAGED_ANNOTATIONS_ANNOTATION,
  MANAGED_LABEL,
  MANAGED_LABELS_ANNOTATION,
  TEMPLATE_GENERATION_ANNOTATION,
  TEMPLATE_UID_ANNOTATION,
  WORK_NAME_ANNOTATION,
  WORK_NAMESPACE_ANNOTATION,
  WORK_PERMANENT_ID_LABEL,
} from '../../shared/apis/work/v1alpha1.ts';
import { getLive } from './apply-manifest.ts';
import { isOfRemoval, type Removal, type RemovalDeps } from './delete-object.ts';
import { observe } from './observed.ts';
import { refusalWithoutSecretData } from './secret-words.ts';

/**
 * Leaves an object in the member as it is, without the marks of delivery and without our ownership of its fields: it is the member's own then, which no Work takes over that doesn't say `overwrite`,
 * and of which an apply takes no field away because an earlier one had set it. Throws Conflict if it has changed meanwhile.
 */
export async function releaseObject(deps: RemovalDeps, removal: Removal, signal: AbortSignal): Promise<void> {
  const live = await getLive(deps.member, removal.type, removal.object, signal);
  if (!live || !isOfRemoval(removal, observe(live))) return;
  const { uid, resourceVersion, managedFields = [], name = '', namespace } = live.metadata;
  const metadata = { uid, resourceVersion, managedFields: withoutOurs(managedFields), ...UNMARKED };
  const key = { name, ...(namespace ? { namespace } : {}) };
  try {
    await deps.member.patch(removal.type, key, { type: 'merge', patch: { metadata } }, { signal });
  } catch (error) {
    throw refusalWithoutSecretData(error, live);
  }
}

const UNMARKED = {
  labels: nulls([
    MANAGED_LABEL,
    WORK_PERMANENT_ID_LABEL,
    'resourcebinding.karmada.io/permanent-id',
    'clusterresourcebinding.karmada.io/permanent-id',
  ]),
  annotations: nulls([
    EXISTED_BEFORE_ANNOTATION,
    WORK_NAME_ANNOTATION,
    WORK_NAMESPACE_ANNOTATION,
    TEMPLATE_UID_ANNOTATION,
    TEMPLATE_GENERATION_ANNOTATION,
    MANAGED_ANNOTATIONS_ANNOTATION,
    MANAGED_LABELS_ANNOTATION,
    'resourcebinding.karmada.io/name',
    'resourcebinding.karmada.io/namespace',
    'clusterresourcebinding.karmada.io/name',
  ]),
};

function nulls(keys: string[]): Record<string, null> {
  return Object.fromEntries(keys.map((key) => [key, null]));
}

const OURS = [AGENT_FIELD_MANAGER, LEFT_FIELD_MANAGER, KARMADA_AGENT_FIELD_MANAGER];

/** One empty entry where none is left: an empty list is taken for that of a client that doesn't know the field. */
function withoutOurs(entries: ManagedFieldsEntry[]): (ManagedFieldsEntry | object)[] {
  const others = entries.filter(({ manager = '' }) => !OURS.includes(manager));
  return others.length > 0 ? others : [{}];
}
