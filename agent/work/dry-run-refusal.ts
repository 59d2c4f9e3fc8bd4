import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { parseApiVersion } from '../../shared/apis/resource-type.ts';
import type { DryRunAnswer, Work } from '../../shared/apis/work/v1alpha1.ts';
import { isImmutableChange, wantsRecreation } from './immutable-change.ts';
import { UnknownKind } from './kind-problems.ts';
import { type Manifest, manifestsOf } from './manifest.ts';

/** What a member refuses in a dry run though delivery would do it: because another manifest would be there first, or because the object would be made anew. */

export interface Asked {
  work: Work;
  manifest: Manifest;
  /** What is there, as far as it is known. */
  live?: Unstructured | undefined;
}

/** Undefined if it is a refusal. */
export function insteadOfRefusal({ work, manifest, live }: Asked, error: unknown): DryRunAnswer | undefined {
  if (isImmutableChange(error) && wantsRecreation(work, manifest, live))
    return { result: 'Changed', message: "the member can't change this in place: it would be deleted and made again" };
  const isOnItsWay = manifestsOf(work).some(
    ({ object, problem }) => problem === undefined && isAwaited(object, manifest, error),
  );
  return isOnItsWay ? { result: 'Created' } : undefined;
}

function isAwaited(other: Unstructured, { identifier: { namespace }, object }: Manifest, error: unknown): boolean {
  const { name = '' } = other.metadata;
  if (isNotFound(error) && other.kind === 'Namespace')
    return name === namespace && (error as Error).message.includes(`namespaces "${name}" not found`);
  return error instanceof UnknownKind && other.kind === 'CustomResourceDefinition' && defines(other, object);
}

function defines(definition: Unstructured, { apiVersion, kind }: Unstructured): boolean {
  const spec = (definition['spec'] ?? {}) as {
    group?: string;
    names?: { kind?: string };
    versions?: { name?: string }[];
  };
  const { group, version } = parseApiVersion(apiVersion);
  return (
    spec.group === group && spec.names?.kind === kind && (spec.versions ?? []).some(({ name }) => name === version)
  );
}
