import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { notSupported } from '../../types/field-error.ts';
import { notEmpty } from '../pod-spec/field-rules.ts';
import type { VolumeSource } from '../pod-spec/volume-source.ts';

const CACHING = ['None', 'ReadOnly', 'ReadWrite'];
const DISKS = ['Dedicated', 'Managed', 'Shared'];
/** What a disk's address begins with, by whether Azure manages it, and an example. */
const DISK_ADDRESSES = {
  managed: {
    start: '/subscriptions/',
    form: '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}',
  },
  blob: { start: 'https://', form: 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd' },
};

/** A disk of Azure's, of a pod or a PersistentVolume. Source: core/validation, validateAzureDisk. */
export function validateAzureDisk(source: VolumeSource, field: string): StatusCause[] {
  const { cachingMode = 'ReadWrite', kind = 'Shared' } = source as { cachingMode?: string; kind?: string };
  const uri = typeof source['diskURI'] === 'string' ? source['diskURI'] : '';
  const { start, form } = DISK_ADDRESSES[kind === 'Managed' ? 'managed' : 'blob'];
  return [
    ...notEmpty(`${field}.diskName`, source['diskName']),
    ...notEmpty(`${field}.diskURI`, uri),
    ...(CACHING.includes(cachingMode) ? [] : [notSupported(`${field}.cachingMode`, cachingMode, CACHING)]),
    ...(DISKS.includes(kind) ? [] : [notSupported(`${field}.kind`, kind, DISKS)]),
    ...(uri.startsWith(start) ? [] : [notSupported(`${field}.diskURI`, uri, [form])]),
  ];
}
