import { createHash } from 'node:crypto';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { parseApiVersion } from '../../shared/apis/resource-type.ts';
import { pruneManifest } from '../../shared/apis/work/prune-manifest.ts';
import {
  MANAGED_LABEL,
  type ManifestStatus,
  WORK_NAME_ANNOTATION,
  WORK_NAMESPACE_ANNOTATION,
  type Work,
} from '../../shared/apis/work/v1alpha1.ts';

import type { FieldPath } from './field-path.ts';
import { leftFields } from './left-fields.ts';

/** One manifest of a Work, ready to be applied, or the reason why it never can be. */
export interface Manifest {
  identifier: ManifestStatus['identifier'];
  /** The same object in another Work, or in another version of its API, has the same id. */
  id: string;
  /** By which its delivery is known: the id, or its place where it names no object of its own. */
  key: string;
  /** Pruned and marked as delivered by this Work. */
  object: Unstructured;
  /** Fields of `object` that count only when it is made. */
  left: readonly FieldPath[];
  /** Changes when `object` or `left` does. */
  hash: string;
  /** What is wrong with it, in words; nothing is sent then. */
  problem?: string;
}

/** An object's identity in a member, without its API version. */
export interface ObjectId {
  group: string;
  kind: string;
  namespace?: string | undefined;
  name: string;
}

export function objectId({ group, kind, namespace = '', name }: ObjectId): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** Every manifest of the Work in its order, the unusable ones too. */
export function manifestsOf(work: Work): Manifest[] {
  const seen = new Set<string>();
  return (work.spec.workload?.manifests ?? []).map((raw, ordinal) => {
    const manifest = newManifest(work, raw, ordinal);
    if (manifest.key === manifest.id && seen.has(manifest.id)) {
      manifest.key = placeKey(ordinal);
      manifest.problem ??= `${describe(manifest.identifier)} is listed twice in this Work`;
    }
    seen.add(manifest.id);
    return manifest;
  });
}

/** The ids of the objects that the Work's manifests name, the unusable ones too. */
export function namedIds(work: Work): string[] {
  const manifests = work.spec.workload?.manifests ?? [];
  return [...new Set(manifests.flatMap((raw, ordinal) => idsNamedBy(identifierOf(raw, ordinal))))];
}

/** The ids of the manifests, the unusable ones too, as `manifestsOf` has them: without the work of making them ready to be applied. */
export function manifestIds(work: Work): string[] {
  return (work.spec.workload?.manifests ?? []).map((raw, ordinal) => objectId(identifierOf(raw, ordinal)));
}

/** Two where a namespace is named: a kind that lives outside of namespaces may be given one by mistake, and no object of another kind has an id without. */
export function idsNamedBy({ group = '', kind, namespace, name }: ManifestStatus['identifier']): string[] {
  const outside = objectId({ group, kind, name });
  return namespace ? [objectId({ group, kind, namespace, name }), outside] : [outside];
}

function identifierOf(raw: Unstructured, ordinal: number): ManifestStatus['identifier'] & ObjectId {
  const { apiVersion, kind, metadata } = raw ?? {};
  const { group, version } = parseApiVersion(text(apiVersion));
  const namespace = text(metadata?.namespace);
  const known = { ordinal, group, version, kind: text(kind), resource: '', name: text(metadata?.name) };
  return { ...known, ...(namespace ? { namespace } : {}) };
}

/** Of what may be anything. */
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function newManifest(work: Work, raw: Unstructured, ordinal: number): Manifest {
  const identifier = identifierOf(raw, ordinal);
  const invalid = problemOf(raw, identifier);
  const common = { identifier, id: objectId(identifier) };
  if (invalid !== undefined) return unusable(raw, { ...common, key: placeKey(ordinal) }, invalid);
  try {
    const object = markedObject(work, raw);
    const { left, problem } = leftOf(work, object);
    const content = JSON.stringify(left.length > 0 ? [object, left] : object);
    const hash = createHash('sha1').update(content).digest('base64url');
    return { ...common, key: common.id, object, left, hash, ...(problem === undefined ? {} : { problem }) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return unusable(raw, { ...common, key: common.id }, `${describe(identifier)} is nested too deep to be delivered`);
  }
}

function unusable(raw: Unstructured, known: Pick<Manifest, 'identifier' | 'id' | 'key'>, problem: string): Manifest {
  return { ...known, object: raw, left: [], hash: '', problem };
}

function placeKey(ordinal: number): string {
  return `#${ordinal}`;
}

function leftOf(work: Work, object: Unstructured): { left: FieldPath[]; problem?: string } {
  try {
    return { left: leftFields(work, object) };
  } catch (error) {
    return {
      left: [],
      problem: `${describe({ ...object.metadata, kind: object.kind } as ObjectId)}: ${(error as Error).message}`,
    };
  }
}

function problemOf(raw: Unstructured, { kind, version, name }: ManifestStatus['identifier']): string | undefined {
  if (version === '' || kind === '') return 'a manifest needs apiVersion and kind';
  if (kind.endsWith('List') && Array.isArray(raw['items'])) {
    return `a ${kind} can't be delivered: put each of its items into the Work as a manifest of its own`;
  }
  if (name !== '') return undefined;
  return raw.metadata?.generateName
    ? `a ${kind} with generateName can't be delivered: it would be a new object each time; give it a name`
    : `a ${kind} without metadata.name can't be delivered`;
}

function markedObject(work: Work, raw: Unstructured): Unstructured {
  const object = pruneManifest(raw);
  object.metadata.labels = { ...object.metadata.labels, [MANAGED_LABEL]: 'true' };
  object.metadata.annotations = {
    ...object.metadata.annotations,
    [WORK_NAME_ANNOTATION]: work.metadata.name ?? '',
    [WORK_NAMESPACE_ANNOTATION]: work.metadata.namespace ?? '',
  };
  return object;
}

/** `Deployment default/nginx`: how messages name an object. */
export function describe({
  kind,
  namespace,
  name,
}: {
  kind: string;
  namespace?: string | undefined;
  name: string;
}): string {
  return `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
}
