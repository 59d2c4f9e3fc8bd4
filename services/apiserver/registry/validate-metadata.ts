import { firstCausesIn } from '../../../shared/apis/meta/first-causes.ts';
import type { ObjectMeta, OwnerReference, StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { forbidden, invalid, tooLong } from '../types/field-error.ts';
import { beginningRule, causesOf, isLabelValue, isQualifiedName, type NameRule } from './object-names.ts';

/** The rules that metadata obeys in every kind. Source: apimachinery, api/validation/objectmeta.go. */

const MAX_ANNOTATIONS_BYTES = 256 * 1024;

export function validateMetadata(meta: ObjectMeta, nameRule: NameRule): StatusCause[] {
  const { generateName: beginning = '' } = meta;
  return [
    ...(beginning === '' ? [] : causesOf('metadata.generateName', beginning, beginningRule(nameRule)(beginning))),
    ...causesOf('metadata.name', meta.name ?? '', nameRule(meta.name ?? '')),
    ...((meta.generation ?? 0) < 0
      ? [invalid('metadata.generation', meta.generation, 'must be greater than or equal to 0')]
      : []),
    ...validateMarks(meta),
    ...firstCausesIn(meta.finalizers ?? [], (finalizer) =>
      causesOf('metadata.finalizers', finalizer, isQualifiedName(finalizer)),
    ),
    ...(meta.finalizers ? contradictingFinalizers(meta.finalizers) : []),
  ];
}

function validateMarks({ labels, annotations, ownerReferences }: ObjectMeta): StatusCause[] {
  if (!labels && !annotations && !ownerReferences) return [];
  return [
    ...validateLabels(labels ?? {}),
    ...validateAnnotations(annotations ?? {}, 'metadata.annotations'),
    ...validateOwners(ownerReferences ?? []),
  ];
}

/** What an update may not do, and once more what it writes on the object. `old` and `next` have been through `prepareMetadataForUpdate`. */
export function validateMetadataUpdate(next: ObjectMeta, old: ObjectMeta): StatusCause[] {
  const changed = IMMUTABLE.filter((field) => (next[field] ?? '') !== (old[field] ?? ''));
  return [
    ...newFinalizersWhileDeleting(next, old),
    ...changed.map((field) => invalid(`metadata.${field}`, next[field] ?? '', 'field is immutable')),
    ...validateMarks(next),
  ];
}

const IMMUTABLE = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

function newFinalizersWhileDeleting(next: ObjectMeta, old: ObjectMeta): StatusCause[] {
  if (!next.finalizers || !old.deletionTimestamp) return [];
  const known = new Set(old.finalizers);
  const added = next.finalizers.filter((finalizer) => !known.has(finalizer)).sort();
  if (added.length === 0) return [];
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  return [
    forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    ),
  ];
}

function validateLabels(labels: Record<string, string>): StatusCause[] {
  return firstCausesIn(Object.entries(labels), ([key, value]) => [
    ...causesOf('metadata.labels', key, isQualifiedName(key)),
    ...causesOf('metadata.labels', value, isLabelValue(value)),
  ]);
}

/** Also of what is made by a template. Source: apimachinery, ValidateAnnotations. */
export function validateAnnotations(annotations: Record<string, string>, field: string): StatusCause[] {
  const entries = Object.entries(annotations);
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return [
    ...firstCausesIn(entries, ([key]) => causesOf(field, key, isQualifiedName(key.toLowerCase()))),
    ...(size > MAX_ANNOTATIONS_BYTES ? [tooLong(field, MAX_ANNOTATIONS_BYTES)] : []),
  ];
}

function contradictingFinalizers(finalizers: string[]): StatusCause[] {
  if (!finalizers.includes('orphan') || !finalizers.includes('foregroundDeletion')) return [];
  return [invalid('metadata.finalizers', finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')];
}

function validateOwners(owners: OwnerReference[]): StatusCause[] {
  const [first, second] = owners.filter(({ controller }) => controller);
  const text = `Only one reference can have Controller set to true. Found "true" in references for ${first?.kind}/${first?.name} and ${second?.kind}/${second?.name}`;
  return [
    ...firstCausesIn(owners, validateOwner),
    ...(second ? [invalid('metadata.ownerReferences', owners, text)] : []),
  ];
}

function validateOwner(owner: OwnerReference): StatusCause[] {
  return (['apiVersion', 'kind', 'name', 'uid'] as const)
    .flatMap((part) => {
      const text = part === 'apiVersion' ? 'version must not be empty' : 'must not be empty';
      return owner[part] ? [] : [invalid(`metadata.ownerReferences.${part}`, '', text)];
    })
    .concat(
      owner.apiVersion === 'v1' && owner.kind === 'Event'
        ? [invalid('metadata.ownerReferences', owner, '/v1, Kind=Event is disallowed from being an owner')]
        : [],
    );
}

export const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** Finalizers of built-in kinds must be known names or have a domain. */
export function validateFinalizerNames({ finalizers = [] }: ObjectMeta): StatusCause[] {
  const text = 'name is neither a standard finalizer name nor is it fully qualified';
  return firstCausesIn(finalizers, (name, index) =>
    name.includes('/') || STANDARD_FINALIZERS.includes(name)
      ? []
      : [invalid(`metadata.finalizers[${index}]`, name, text)],
  );
}

/** What an update may leave out is taken from the stored object, as upstream's BeforeUpdate does. */
export function prepareMetadataForUpdate(next: Unstructured, old: Unstructured): void {
  const { metadata } = next;
  const previous = old.metadata;
  metadata.name = metadata.name || (previous.name ?? '');
  if (previous.namespace !== undefined) metadata.namespace = metadata.namespace || previous.namespace;
  if (!metadata.uid && previous.uid) metadata.uid = previous.uid;
  if (previous.creationTimestamp) metadata.creationTimestamp = previous.creationTimestamp;
  keep(metadata, previous, 'deletionTimestamp');
  keep(metadata, previous, 'deletionGracePeriodSeconds');
  if (previous.generation !== undefined) metadata.generation = previous.generation;
  else if (metadata.generation !== undefined) delete metadata.generation;
  if (metadata.selfLink !== undefined) delete metadata.selfLink;
}

function keep(
  metadata: ObjectMeta,
  previous: ObjectMeta,
  field: 'deletionTimestamp' | 'deletionGracePeriodSeconds',
): void {
  if (previous[field] === undefined && metadata[field] === undefined) return;
  if (previous[field] === undefined && !metadata[field]) delete metadata[field];
  else if (metadata[field] === undefined || metadata[field] === null)
    Object.assign(metadata, { [field]: previous[field] });
}
