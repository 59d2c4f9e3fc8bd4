import type { FieldsV1, ManagedFieldsEntry, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { AGENT_FIELD_MANAGER, KARMADA_AGENT_FIELD_MANAGER } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';

/**
 * Karmada's agent updates objects whole and owns all that it ever wrote. What it owns becomes what our field manager has applied, so that our next
 * apply takes away what the manifest no longer names, as Kubernetes describes it for a change from updates to apply.
 */

/** Whether Karmada's agent still owns something of the object. */
export function isKarmadaAgents({ metadata }: Unstructured): boolean {
  return metadata.managedFields?.some(isKarmadas) ?? false;
}

export async function takeOver(
  member: KubeClient,
  type: ResourceType<Unstructured>,
  live: Unstructured,
  signal: AbortSignal,
): Promise<void> {
  const { name = '', namespace, resourceVersion, managedFields = [] } = live.metadata;
  const operations = [
    { op: 'replace', path: '/metadata/managedFields', value: takenOver(managedFields) },
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
  ];
  const options = { fieldManager: AGENT_FIELD_MANAGER, signal };
  await member.patch(type, { name, ...(namespace ? { namespace } : {}) }, { type: 'json', operations }, options);
}

/** One entry of ours in the place of Karmada's. */
function takenOver(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  const joined = entries.filter((entry) => isKarmadas(entry) || isOurs(entry));
  const last = joined.at(-1);
  if (!last) return entries;
  const fieldsV1 = joined.reduce<FieldsV1>((all, entry) => union(all, entry.fieldsV1 ?? {}), {});
  const entry: ManagedFieldsEntry = { ...last, manager: AGENT_FIELD_MANAGER, operation: 'Apply', fieldsV1 };
  return [entry, ...entries.filter((other) => !joined.includes(other))];
}

function isKarmadas({ manager, operation, subresource }: ManagedFieldsEntry): boolean {
  return manager === KARMADA_AGENT_FIELD_MANAGER && operation === 'Update' && !subresource;
}

function isOurs({ manager, operation, subresource }: ManagedFieldsEntry): boolean {
  return manager === AGENT_FIELD_MANAGER && operation === 'Apply' && !subresource;
}

function union(one: FieldsV1, other: FieldsV1): FieldsV1 {
  const all = { ...one };
  for (const [step, fields] of Object.entries(other))
    all[step] = union((all[step] ?? {}) as FieldsV1, fields as FieldsV1);
  return all;
}
