import { isDeepStrictEqual } from 'node:util';
import type { ObjectMeta, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isDryRun } from '../../../shared/apis/work/dry-run.ts';
import { pruneManifest } from '../../../shared/apis/work/prune-manifest.ts';
import {
  EXECUTION_FINALIZER,
  MANAGED_ANNOTATIONS_ANNOTATION,
  MANAGED_LABEL,
  MANAGED_LABELS_ANNOTATION,
  ORPHANS_LABEL,
  TEMPLATE_GENERATION_ANNOTATION,
  WORK_NAME_ANNOTATION,
  WORK_NAMESPACE_ANNOTATION,
  WORK_PERMANENT_ID_LABEL,
  type Work,
} from '../../../shared/apis/work/v1alpha1.ts';

/**
 * Puts into a Work for a karmada-agent what that agent relies on and Karmada's controllers would have written: the finalizer, and in each manifest the labels and
 * annotations of the wire contract, section 6.2, pruned as in 6.3. Pure but for `work`, which is changed in place; filling twice changes nothing.
 */
export function fillWork(work: Unstructured, old: Unstructured | undefined): void {
  const { metadata } = work;
  if (isMessage(work)) return;
  if (!old) metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), EXECUTION_FINALIZER])];
  const workload = (work['spec'] as { workload?: { manifests?: unknown } } | undefined)?.workload;
  if (!workload || !Array.isArray(workload.manifests)) return;
  metadata.labels = { ...metadata.labels, [WORK_PERMANENT_ID_LABEL]: metadata.uid ?? '' };
  const before = manifestsOf(old);
  workload.manifests = workload.manifests.map((manifest: unknown, index) =>
    isObject(manifest) ? filled(manifest, metadata, before[index]) : manifest,
  );
}

/** One by which Pullet's agents and commands talk delivers nothing, and who takes it away would wait for a finalizer that nobody removes. */
function isMessage(work: Unstructured): boolean {
  // It is yet to be validated.
  return ORPHANS_LABEL in (work.metadata.labels ?? {}) || (Boolean(work['spec']) && isDryRun(work as unknown as Work));
}

function manifestsOf(work: Unstructured | undefined): unknown[] {
  const manifests = (work?.['spec'] as { workload?: { manifests?: unknown } } | undefined)?.workload?.manifests;
  return Array.isArray(manifests) ? manifests : [];
}

function isObject(value: unknown): value is Unstructured {
  const metadata = (value as { metadata?: unknown } | null)?.metadata;
  return typeof metadata === 'object' && metadata !== null;
}

/** Written again unchanged, a manifest keeps its generation, so that the agent has nothing to do. */
function filled(manifest: Unstructured, work: ObjectMeta, before: unknown): Unstructured {
  const given = manifest.metadata.annotations?.[TEMPLATE_GENERATION_ANNOTATION];
  if (given !== undefined && /^\d+$/.test(given)) return withKeys(manifest, work, given);
  const former = isObject(before) ? before.metadata.annotations?.[TEMPLATE_GENERATION_ANNOTATION] : undefined;
  const unchanged = former === undefined ? undefined : withKeys(manifest, work, former);
  if (unchanged && isDeepStrictEqual(unchanged, before)) return unchanged;
  return withKeys(manifest, work, String(former === undefined ? 1 : Number(former) + 1));
}

function withKeys(manifest: Unstructured, work: ObjectMeta, generation: string): Unstructured {
  const pruned = pruneManifest(manifest);
  const { metadata } = pruned;
  const labels: Record<string, string> = {
    ...metadata.labels,
    [MANAGED_LABEL]: 'true',
    [WORK_PERMANENT_ID_LABEL]: work.uid ?? '',
  };
  const annotations: Record<string, string> = {
    ...metadata.annotations,
    [WORK_NAME_ANNOTATION]: work.name ?? '',
    [WORK_NAMESPACE_ANNOTATION]: work.namespace ?? '',
    [TEMPLATE_GENERATION_ANNOTATION]: generation,
    [MANAGED_LABELS_ANNOTATION]: keys(labels),
    [MANAGED_ANNOTATIONS_ANNOTATION]: '',
  };
  annotations[MANAGED_ANNOTATIONS_ANNOTATION] = keys(annotations);
  return { ...pruned, metadata: { ...metadata, labels, annotations } };
}

/** Sorted and joined: by this list the agent takes away what the next version of the manifest no longer has. */
function keys(map: Record<string, string>): string {
  return Object.keys(map).sort().join(',');
}
