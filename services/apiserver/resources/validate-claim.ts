import type { LabelSelector, StatusCause } from '../../../shared/apis/meta/v1.ts';
import { canonicalQuantity, compareQuantities } from '../../../shared/apis/quantity.ts';
import { isDnsLabel, isDnsSubdomain } from '../registry/object-names.ts';
import { forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { mayBeNamed, mayBeOneOf, notEmpty, POSITIVE_TEXT } from './pod-spec/field-rules.ts';
import { validateLabelSelector } from './validate-label-selector.ts';

/** A claim of storage, on its own or in a StatefulSet. Source: core/validation, ValidatePersistentVolumeClaimSpec. */

interface DataSource {
  apiGroup?: string | null;
  kind?: string;
  name?: string;
}

export interface ClaimSpec {
  accessModes?: string[];
  selector?: LabelSelector;
  resources?: { requests?: Record<string, unknown> };
  storageClassName?: string;
  volumeMode?: string;
  dataSource?: DataSource;
  dataSourceRef?: DataSource & { namespace?: string };
  volumeAttributesClassName?: string;
}

export const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const VOLUME_MODES = ['Block', 'Filesystem'];

export function validateClaimSpec(spec: ClaimSpec, field: string): StatusCause[] {
  const { selector, resources, dataSource, dataSourceRef } = spec;
  return [
    ...validateAccessModes(spec.accessModes ?? [], `${field}.accessModes`),
    ...(selector ? validateLabelSelector(selector, `${field}.selector`) : []),
    ...validateStorage(resources?.requests?.['storage'], `${field}.resources[storage]`),
    ...mayBeNamed(`${field}.storageClassName`, spec.storageClassName, isDnsSubdomain),
    ...mayBeOneOf(`${field}.volumeMode`, spec.volumeMode, VOLUME_MODES),
    ...(dataSource ? validateDataSource(dataSource, `${field}.dataSource`) : []),
    ...(dataSourceRef ? validateDataSource(dataSourceRef, `${field}.dataSourceRef`) : []),
    ...mayBeNamed(`${field}.dataSourceRef.namespace`, dataSourceRef?.namespace, isDnsLabel),
    ...contradiction(spec, field),
    ...mayBeNamed(`${field}.volumeAttributesClassName`, spec.volumeAttributesClassName, isDnsSubdomain),
  ];
}

/** Two names of one thing, unless the one is elsewhere. */
function contradiction({ dataSource, dataSourceRef }: ClaimSpec, field: string): StatusCause[] {
  if (!dataSource || !dataSourceRef) return [];
  const isSame = (['apiGroup', 'kind', 'name'] as const).every(
    (name) => (dataSource[name] ?? '') === (dataSourceRef[name] ?? ''),
  );
  const elsewhere = 'may not be specified when dataSourceRef.namespace is specified';
  if (dataSourceRef.namespace) return [invalid(field, {}, elsewhere)];
  return isSame ? [] : [invalid(field, {}, 'must match dataSourceRef')];
}

export function validateAccessModes(modes: readonly string[], field: string): StatusCause[] {
  if (modes.length === 0) return [required(field, 'at least 1 access mode is required')];
  const known = modes.filter((mode) => ACCESS_MODES.includes(mode));
  const isMixed = known.includes('ReadWriteOncePod') && known.some((mode) => mode !== 'ReadWriteOncePod');
  return [
    ...modes.filter((mode) => !known.includes(mode)).map((mode) => notSupported(field, mode, ACCESS_MODES)),
    ...(isMixed ? [forbidden(field, 'may not use ReadWriteOncePod with other access modes')] : []),
  ];
}

function validateStorage(size: unknown, field: string): StatusCause[] {
  if (size === undefined) return [required(field)];
  if (compareQuantities(size, '0') > 0) return [];
  return [invalid(field, canonicalQuantity(String(size)) ?? String(size), POSITIVE_TEXT)];
}

function validateDataSource({ apiGroup: group, kind = '', name }: DataSource, field: string): StatusCause[] {
  const apiGroup = group ?? '';
  const isOther = apiGroup === '' && kind !== 'PersistentVolumeClaim';
  const text = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
  return [
    ...notEmpty(`${field}.name`, name),
    ...notEmpty(`${field}.kind`, kind),
    ...(isOther ? [invalid(field, kind, text)] : []),
    ...mayBeNamed(`${field}.apiGroup`, apiGroup, isDnsSubdomain),
  ];
}
