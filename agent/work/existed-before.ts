import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { KINDS_WITH_CONTENTS } from '../../shared/apis/work/kinds-with-contents.ts';
import { EXISTED_BEFORE_ANNOTATION, LEFT_FIELD_MANAGER } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Observed } from './observed.ts';

/**
 * Namespaces and CustomResourceDefinitions that a Work took over were there before, and so was what is in or of them. They say so themselves, which outlives the inventory and a change of their Work;
 * whoever takes that off one has it go with its Work.
 */

export function saysItExisted({ metadata: { annotations } }: Observed): boolean {
  return annotations?.[EXISTED_BEFORE_ANNOTATION] === 'true';
}

/** Before it carries the marks of a Work: who is killed in between has noted what is true. Throws Conflict or NotFound if it is not the one that was seen any more. */
export async function noteExisting(
  member: KubeClient,
  type: ResourceType<Unstructured>,
  found: Observed,
  signal: AbortSignal,
): Promise<void> {
  if (!KINDS_WITH_CONTENTS.has(type.kind) || saysItExisted(found)) return;
  const { name = '', namespace, uid } = found.metadata;
  const key = { name, ...(namespace ? { namespace } : {}) }; // other groups have a Namespace too, which may live in namespaces
  const patch = { metadata: { uid, annotations: { [EXISTED_BEFORE_ANNOTATION]: 'true' } } };
  await member.patch(type, key, { type: 'merge', patch }, { fieldManager: LEFT_FIELD_MANAGER, signal });
}
