import { isDeepStrictEqual } from 'node:util';
import { newForbidden } from '../../../shared/apis/meta/status-error.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { compareQuantities, parseQuantity } from '../../../shared/apis/quantity.ts';
import type { Registry } from '../registry/registry.ts';
import type { Strategy } from '../registry/strategy.ts';
import { forbidden, invalid } from '../types/field-error.ts';
import { validateClaimStatus } from './claim-status.ts';
import { claimWarnings } from './pod-spec/volume-warnings.ts';
import { defaultClass, storedClass } from './stored-classes.ts';
import { type ClaimSpec, validateClaimSpec } from './validate-claim.ts';

/** PersistentVolumeClaims. Nothing here binds or enlarges them. Source: core/validation, and the admission plugin PersistentVolumeClaimResize. */

type Quantities = Record<string, unknown>;

interface Spec extends ClaimSpec {
  volumeName?: string;
  volumeMode?: string;
  volumeAttributesClassName?: string;
  resources?: { requests?: Quantities; limits?: Quantities };
}

interface Status {
  phase?: string;
  capacity?: Quantities;
  currentVolumeAttributesClassName?: string;
}

const specOf = (object: Unstructured): Spec => (object['spec'] ?? {}) as Spec;
const statusOf = (object: Unstructured): Status => (object['status'] ?? {}) as Status;
const isBound = (object: Unstructured): boolean => statusOf(object).phase === 'Bound';
const sizeOf = ({ resources }: Spec): unknown => resources?.requests?.['storage'] ?? '0';

const FIXED =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
const OLD_CLASS = 'volume.beta.kubernetes.io/storage-class';
const OLD_CLASS_TEXT = `metadata.annotations[${OLD_CLASS}]: deprecated since v1.8; use "storageClassName" attribute instead`;

export const claimStrategy: Strategy = {
  returnsDeletedObject: true,
  prepareForCreate(object, { registry }) {
    dropSources(specOf(object));
    mirrorSources(specOf(object));
    nameDefaultClass(object, registry);
  },
  prepareForUpdate(object, old, { registry }) {
    dropSources(specOf(object), specOf(old));
    mirrorSources(specOf(object));
    if (changedParts(object, old).length === 0) checkGrowth(object, old, registry);
  },
  validate: (object) => validateClaimSpec(specOf(object), 'spec'),
  validateUpdate: changedParts,
  warningsOf: (object) => [
    ...(object.metadata.annotations?.[OLD_CLASS] === undefined ? [] : [OLD_CLASS_TEXT]),
    ...claimWarnings(specOf(object), 'spec'),
  ],
  validateSubresource: (object, _old, subresource) => (subresource === 'status' ? validateClaimStatus(object) : []),
};

function changedParts(object: Unstructured, old: Unstructured): StatusCause[] {
  const [next, before] = [specOf(object), specOf(old)];
  return [
    ...classCauses(object, old),
    ...(isDeepStrictEqual(comparedPart(object, old), comparedPart(old, old)) ? [] : [forbidden('spec', FIXED)]),
    ...sizeCauses(object, old),
    ...(next.volumeMode === before.volumeMode
      ? []
      : [invalid('volumeMode', next.volumeMode ?? null, 'field is immutable')]),
    ...attributesCauses(object, old),
  ];
}

/** A class that was told by an annotation may be told by its field instead. */
function classCauses({ metadata, ...object }: Unstructured, old: Unstructured): StatusCause[] {
  const before = old.metadata.annotations?.[OLD_CLASS] ?? '';
  const after = metadata.annotations?.[OLD_CLASS] ?? '';
  const { storageClassName } = (object['spec'] ?? {}) as Spec;
  const isMoved = before !== '' && after === '' && storageClassName === before && !specOf(old).storageClassName;
  if (after === before || isMoved) return [];
  return [invalid(`metadata.annotations.${OLD_CLASS}`, after, 'field is immutable')];
}

/** Of a claim that is to follow `old`. Until it is bound its volume can be named, and its class while it has none; then it may grow, and be of another class of attributes. */
function comparedPart(object: Unstructured, old: Unstructured): object {
  const [spec, before] = [specOf(object), specOf(old)];
  const { volumeName, storageClassName, volumeAttributesClassName, resources = {}, ...rest } = spec;
  const given = old.metadata.annotations?.[OLD_CLASS];
  const isNamed = before.storageClassName === undefined && (given === undefined || given === storageClassName);
  const requests = { ...resources.requests };
  if (isBound(old) && resources.requests) delete requests['storage'];
  return {
    ...rest,
    volumeName: before.volumeName ? volumeName : undefined,
    storageClassName: isNamed ? undefined : storageClassName,
    volumeAttributesClassName: isBound(old) ? undefined : volumeAttributesClassName,
    requests: amounts(requests),
    limits: amounts(resources.limits ?? {}),
  };
}

/** The same for those that are as much, however they are written. */
const amounts = (quantities: Quantities): Quantities =>
  Object.fromEntries(
    Object.entries(quantities).map(([name, value]) => {
      const quantity = parseQuantity(String(value));
      return [name, quantity ? String(quantity.nano) : value];
    }),
  );

/** What could not be enlarged may become smaller again, but not as small as it is. */
function sizeCauses(object: Unstructured, old: Unstructured): StatusCause[] {
  const size = sizeOf(specOf(object));
  const least = statusOf(old).capacity?.['storage'] ?? '0';
  if (compareQuantities(size, sizeOf(specOf(old))) >= 0 || compareQuantities(size, least) > 0) return [];
  return [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')];
}

function attributesCauses(object: Unstructured, old: Unstructured): StatusCause[] {
  const { volumeAttributesClassName: name } = specOf(object);
  const { currentVolumeAttributesClassName: current } = statusOf(old);
  if (name || current === undefined || name === specOf(old).volumeAttributesClassName) return [];
  const what = name === undefined ? 'nil' : 'empty string';
  const why = `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`;
  return [forbidden('spec.volumeAttributesClassName', why)];
}

/** Throws 403 where the claim's class does not say that its volumes can be enlarged. */
function checkGrowth(object: Unstructured, old: Unstructured, registry: Registry): void {
  if (compareQuantities(sizeOf(specOf(object)), sizeOf(specOf(old))) <= 0) return;
  const { name = '' } = object.metadata;
  const refuse = (why: string) => newForbidden({ group: '', resource: 'persistentvolumeclaims', name }, why);
  if (!isBound(old)) throw refuse('Only bound persistent volume claims can be expanded');
  const [after, before] = [classOf(object), classOf(old)];
  if (after !== '' && after === before && mayGrow(registry, after)) return;
  throw refuse(
    'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
  );
}

const classOf = (object: Unstructured): string =>
  object.metadata.annotations?.[OLD_CLASS] ?? specOf(object).storageClassName ?? '';

const STORAGE_CLASSES = { group: 'storage.k8s.io', plural: 'storageclasses' };
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

const mayGrow = (registry: Registry, name: string): boolean =>
  storedClass(registry, STORAGE_CLASSES, name)?.['allowVolumeExpansion'] === true;

/** A claim that names no class, not even none, gets that which is meant for such. */
function nameDefaultClass(object: Unstructured, registry: Registry): void {
  if (object.metadata.annotations?.[OLD_CLASS] !== undefined || specOf(object).storageClassName !== undefined) return;
  const name = defaultClass(registry, STORAGE_CLASSES, [DEFAULT_CLASS, DEFAULT_CLASS.replace('.k', '.beta.k')]);
  if (name !== undefined) object['spec'] = { ...specOf(object), storageClassName: name };
}

/** Sources in other namespaces are not served; of the older field only what it was once for counts, unless the newer one is there too. */
function dropSources(spec: ClaimSpec, old: ClaimSpec = {}): void {
  if (spec.dataSourceRef?.namespace && !old.dataSourceRef) delete spec.dataSourceRef;
  if (spec.dataSourceRef || !spec.dataSource || old.dataSource || old.dataSourceRef) return;
  const { apiGroup, kind } = spec.dataSource;
  const isClaim = kind === 'PersistentVolumeClaim' && !apiGroup;
  const isSnapshot = kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io';
  if (!isClaim && !isSnapshot) delete spec.dataSource;
}

/** Two fields for what a claim is filled with; the one is always told of the other. */
function mirrorSources(spec: ClaimSpec): void {
  const { dataSource, dataSourceRef } = spec;
  if (dataSource && !dataSourceRef) spec.dataSourceRef = { ...dataSource };
  const isLocal = dataSourceRef && !('namespace' in dataSourceRef);
  if (isLocal && !dataSource) spec.dataSource = { ...dataSourceRef };
}
