import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { canonicalQuantity, compareQuantities, wholeQuantity } from '../../../../shared/apis/quantity.ts';
import { isDnsSubdomain } from '../../registry/object-names.ts';
import { timestamp } from '../../registry/registry.ts';
import type { Strategy } from '../../registry/strategy.ts';
import { statusAndMetadata } from '../../registry/subresource-rules.ts';
import { forbidden, invalid, notSupported, required } from '../../types/field-error.ts';
import { type NodeTerm, type Requirement, shownTerms, validateNodeSelector } from '../pod-spec/affinity.ts';
import { mayBeNamed, mayBeOneOf, mustBeNamed, POSITIVE_TEXT } from '../pod-spec/field-rules.ts';
import { VOLUME_MODES, validateAccessModes } from '../validate-claim.ts';
import { SOURCE_SORTS, validateSources } from './volume-sources.ts';
import { MOUNT_OPTIONS, volumeSpecOf as specOf, type VolumeSpec } from './volume-spec.ts';
import { volumeWarnings } from './volume-warnings.ts';

/** PersistentVolumes. Nothing here mounts, binds or reclaims them. Source: core/validation, registry/core/persistentvolume. */

interface VolumeStatus {
  phase?: string;
  lastPhaseTransitionTime?: string;
}

const statusOf = (object: Unstructured): VolumeStatus => (object['status'] ?? {}) as VolumeStatus;

export const volumeStrategy: Strategy = {
  returnsDeletedObject: true,
  prepareForCreate(object, { nowMs }) {
    object['status'] = { phase: 'Pending', lastPhaseTransitionTime: timestamp(nowMs) };
  },
  validate: validateVolume,
  validateUpdate: (object, old) => [...validateVolume(object), ...changedParts(specOf(object), specOf(old))],
  warningsOf: volumeWarnings,
  subresources: {
    /** Who tells another phase need not tell since when. */
    status(object, old, { nowMs }) {
      statusAndMetadata(object, old);
      const [next, before] = [statusOf(object), statusOf(old)];
      const { lastPhaseTransitionTime: since } = before;
      const isTold = next.lastPhaseTransitionTime !== undefined && next.lastPhaseTransitionTime !== since;
      if (next.phase !== before.phase && !isTold) next.lastPhaseTransitionTime = timestamp(nowMs);
      else if (next.phase === before.phase && since) next.lastPhaseTransitionTime ??= since;
      object['status'] = next;
    },
  },
};

function validateVolume(object: Unstructured): StatusCause[] {
  const spec = specOf(object);
  return [
    ...(spec.accessModes?.length
      ? validateAccessModes(spec.accessModes, 'spec.accessModes')
      : [required('spec.accessModes')]),
    ...validateCapacity(spec.capacity ?? {}, 'spec.capacity'),
    ...mayBeOneOf('spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, RECLAIM_POLICIES),
    ...validateNodes(spec),
    ...validateSources(spec, object.metadata.name ?? '', 'spec'),
    ...validateRecycling(spec),
    ...mayBeNamed('spec.storageClassName', spec.storageClassName, isDnsSubdomain),
    ...mayBeOneOf('spec.volumeMode', spec.volumeMode, VOLUME_MODES),
    ...validateAttributesClass(spec, 'spec.volumeAttributesClassName'),
    ...validateMountAnnotation(object),
  ];
}

/** One that is not stored itself: it is what a driver needs to know, and nothing about its use. */
export function validateInlineVolume(spec: VolumeSpec, field: string): StatusCause[] {
  const { accessModes, persistentVolumeReclaimPolicy: policy, csi } = spec;
  const text = 'may not be specified in the context of inline volumes';
  const present = (['claimRef', 'nodeAffinity'] as const).filter((name) => spec[name] !== undefined);
  const hasCapacity = Object.keys(spec.capacity ?? {}).length > 0;
  const isRetained = !policy || policy === 'Retain';
  const retain = 'may only be Retain in the context of inline volumes';
  return [
    ...present.map((name) => forbidden(`${field}.${name}`, text)),
    ...(hasCapacity ? [forbidden(`${field}.capacity`, text)] : []),
    ...(csi ? [] : [required(`${field}.csi`, 'has to be specified in the context of inline volumes')]),
    ...(accessModes?.length
      ? validateAccessModes(accessModes, `${field}.accessModes`)
      : [required(`${field}.accessModes`)]),
    ...(isRetained ? [] : [forbidden(`${field}.persistentVolumeReclaimPolicy`, retain)]),
    ...validateSources(spec, '', field),
    ...mayBeNamed(`${field}.storageClassName`, spec.storageClassName, isDnsSubdomain),
    ...mayBeOneOf(`${field}.volumeMode`, spec.volumeMode, VOLUME_MODES),
    ...validateAttributesClass(spec, `${field}.volumeAttributesClassName`),
  ];
}

const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];

function validateCapacity(capacity: Record<string, unknown>, field: string): StatusCause[] {
  const entries = Object.entries(capacity);
  const isOther = entries.length !== 1 || capacity['storage'] === undefined;
  const shown = Object.fromEntries(
    entries.toSorted().map(([name, value]) => [name, canonicalQuantity(String(value)) ?? value]),
  );
  return [
    ...(entries.length === 0 ? [required(field)] : []),
    ...(isOther ? [notSupported(field, entries.length === 0 ? null : shown, ['storage'])] : []),
    ...entries.flatMap(([name, value]) => validateSize(value, `${field}[${name}]`)),
  ];
}

function validateSize(size: unknown, field: string): StatusCause[] {
  const order = compareQuantities(size, '0');
  const text = canonicalQuantity(String(size)) ?? String(size);
  return [
    ...(order < 0 ? [invalid(field, Number(wholeQuantity(size)), 'must be a valid resource quantity')] : []),
    ...(order > 0 ? [] : [invalid(field, text, POSITIVE_TEXT)]),
  ];
}

/** A disk of a node can be had on that node only. */
function validateNodes(spec: VolumeSpec): StatusCause[] {
  const field = 'spec.nodeAffinity';
  const { nodeAffinity } = spec;
  if (!nodeAffinity) return isLocal(spec) ? [required(field, 'Local volume requires node affinity')] : [];
  if (!nodeAffinity.required) return [required(`${field}.required`, 'must specify required node constraints')];
  return validateNodeSelector(nodeAffinity.required.nodeSelectorTerms ?? [], `${field}.required.nodeSelectorTerms`);
}

/** Of several sources the first counts. */
const isLocal = (spec: VolumeSpec): boolean => SOURCE_SORTS.find((sort) => spec[sort] !== undefined) === 'local';

/** Who empties the root of a node empties the node. */
function validateRecycling({ hostPath, persistentVolumeReclaimPolicy: policy }: VolumeSpec): StatusCause[] {
  const isRoot = hostPath !== undefined && posix.resolve('/', posix.normalize(hostPath.path ?? '')) === '/';
  const isRooted = isRoot && /^\//.test(hostPath?.path ?? '');
  const text = "may not be 'recycle' for a hostPath mount of '/'";
  return isRooted && policy === 'Recycle' ? [forbidden('spec.persistentVolumeReclaimPolicy', text)] : [];
}

function validateAttributesClass({ volumeAttributesClassName: name, csi }: VolumeSpec, field: string): StatusCause[] {
  if (name === undefined) return [];
  return [
    ...(name === '' ? [required(field, 'an empty string is disallowed')] : mustBeNamed(field, name, isDnsSubdomain)),
    ...(csi ? [] : [required('spec.csi', 'has to be specified when using volumeAttributesClassName')]),
  ];
}

/** Sorts that are not mounted with options. */
const UNMOUNTED = ['hostPath', 'flocker', 'fc', 'flexVolume', 'portworxVolume', 'scaleIO', 'local', 'storageos', 'csi'];

function validateMountAnnotation(object: Unstructured): StatusCause[] {
  const spec = specOf(object);
  const isMounted = SOURCE_SORTS.some((sort) => spec[sort] !== undefined && !UNMOUNTED.includes(sort));
  if (isMounted || object.metadata.annotations?.[MOUNT_OPTIONS] === undefined) return [];
  return [forbidden(`metadata.annotations.${MOUNT_OPTIONS}`, 'may not specify mount options for this volume type')];
}

const sourceOf = (spec: VolumeSpec): object => Object.fromEntries(SOURCE_SORTS.map((sort) => [sort, spec[sort]]));

/** What a volume is kept on stays; how a driver enlarges it can still be told. */
function changedParts(next: VolumeSpec, old: VolumeSpec): StatusCause[] {
  const wasUntold = old.csi && next.csi && old.csi['controllerExpandSecretRef'] === undefined;
  const { controllerExpandSecretRef: _, ...csi } = next.csi ?? {};
  const compared = wasUntold ? { ...next, csi } : next;
  const isSame = isDeepStrictEqual(sourceOf(compared), sourceOf(old));
  const isUnset = old.volumeAttributesClassName !== undefined && next.volumeAttributesClassName === undefined;
  return [
    ...(isSame
      ? []
      : [forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation')]),
    ...(next.volumeMode === old.volumeMode ? [] : [invalid('volumeMode', next.volumeMode ?? null, IMMUTABLE)]),
    ...(staysOnNodes(next, old)
      ? []
      : [
          invalid(
            'nodeAffinity',
            shownAffinity(next.nodeAffinity),
            `${IMMUTABLE}, except for updating from beta label to GA`,
          ),
        ]),
    ...(isUnset ? [forbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden')] : []),
  ];
}

/** Labels may only get the names that they have now. */
const NEW_NAMES: ReadonlyMap<string, string> = new Map([
  ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'],
  ['beta.kubernetes.io/os', 'kubernetes.io/os'],
  ['beta.kubernetes.io/arch', 'kubernetes.io/arch'],
  ['beta.kubernetes.io/instance-type', 'node.kubernetes.io/instance-type'],
]);

function staysOnNodes({ nodeAffinity: next }: VolumeSpec, { nodeAffinity: old }: VolumeSpec): boolean {
  if (!old) return true;
  const [terms, oldTerms] = [next?.required?.nodeSelectorTerms, old.required?.nodeSelectorTerms];
  if (!terms || !oldTerms) return isDeepStrictEqual(next, old);
  const named = terms.map((term, index) => withOldNames(term, oldTerms[index] ?? {}));
  return isDeepStrictEqual(named, oldTerms);
}

/** Each requirement may have the new name or keep the old one. */
function withOldNames(term: NodeTerm, old: NodeTerm): NodeTerm {
  const renamed = (list: 'matchExpressions' | 'matchFields') => {
    const requirements = term[list]?.map((requirement, index): Requirement => {
      const { key = '' } = old[list]?.[index] ?? {};
      return NEW_NAMES.get(key) === requirement.key ? { ...requirement, key } : requirement;
    });
    return requirements ? { [list]: requirements } : {};
  };
  return { ...term, ...renamed('matchExpressions'), ...renamed('matchFields') };
}

/** As Go shows its struct. */
const shownAffinity = (affinity: VolumeSpec['nodeAffinity']): unknown =>
  affinity
    ? { Required: affinity.required ? { NodeSelectorTerms: shownTerms(affinity.required.nodeSelectorTerms) } : null }
    : null;

const IMMUTABLE = 'field is immutable';
