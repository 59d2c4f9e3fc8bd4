import { StatusError } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { RECREATE_ANNOTATION, RECREATE_ON_IMMUTABLE, type Work } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Manifest } from './manifest.ts';
import type { Observed } from './observed.ts';

/** What a manifest changes and the member can't change in place. The object is deleted and made again only where the Work or the manifest asks for it. */

/** What the upstream validations say of such fields. */
const WORDS =
  /\bimmutable\b|updates to .* are forbidden|may not change once set|may not be changed|field can not be changed/i;

export class ImmutableChange extends Error {
  constructor(error: unknown, isRecreated: boolean) {
    const way = isRecreated
      ? 'it is deleted and will be made again'
      : `the member can't change this in place: annotate the manifest with ${RECREATE_ANNOTATION}: ${RECREATE_ON_IMMUTABLE} to have the object deleted and made again`;
    super(`${error instanceof Error ? error.message : String(error)}; ${way}`, { cause: error });
    this.name = 'ImmutableChange';
    this.isRecreated = isRecreated;
  }
  readonly isRecreated: boolean;
}

export function isImmutableChange(error: unknown): boolean {
  return error instanceof StatusError && error.reason === 'Invalid' && WORDS.test(error.message);
}

export function wantsRecreation(work: Work, { object }: Manifest): boolean {
  return [object, work].some(({ metadata }) => metadata.annotations?.[RECREATE_ANNOTATION] === RECREATE_ON_IMMUTABLE);
}

/** Deletes the very object that was seen, and what belongs to it; when it is gone it is delivered anew. */
export async function deleteToRecreate(
  member: KubeClient,
  type: ResourceType<Unstructured>,
  { metadata: { name = '', namespace, uid } }: Observed,
  signal: AbortSignal,
): Promise<void> {
  await member.delete(
    type,
    { name, ...(namespace ? { namespace } : {}) },
    { propagationPolicy: 'Background', ...(uid ? { preconditions: { uid } } : {}), signal },
  );
}
