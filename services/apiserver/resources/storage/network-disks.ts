import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { invalid, required } from '../../types/field-error.ts';
import { notEmpty } from '../pod-spec/field-rules.ts';
import type { VolumeSource } from '../pod-spec/volume-source.ts';

/** Disks behind a network that say more of themselves than a name. Source: core/validation. */

const LUN_TEXT = 'must be between 0 and 255, inclusive';
const isLun = (lun: number): boolean => lun >= 0 && lun <= 255;

interface Iscsi {
  targetPortal?: string;
  iqn?: string;
  lun?: number;
  chapAuthDiscovery?: boolean;
  chapAuthSession?: boolean;
  secretRef?: { name?: string };
  initiatorName?: string;
}

/** Names of targets and initiators, by what they begin with. */
const NAMES: Readonly<Record<string, (name: string) => boolean>> = {
  iqn: endsQualified,
  eui: (name) => /^eui.[A-Za-z0-9]{16}$/.test(name),
  naa: (name) => /^naa.[A-Za-z0-9]{32}$/.test(name),
};

/**
 * Whether a text ends in a qualified name, as upstream's pattern, which is not bound to the text's beginning: `iqn\.\d{4}-\d{2}\.[[:alnum:]-.]+:[^,;*&$|\s]+$`.
 * In pieces, each of which is read once: such a pattern begins anew wherever `iqn` stands.
 */
function endsQualified(name: string): boolean {
  const allowed = name.split(/[,;*&$|\t\n\f\r ]/).at(-1) ?? '';
  const parts = allowed.split(':');
  const last = parts.at(-1) === '' ? parts.length - 2 : parts.length - 1;
  return parts.slice(0, last).some((part) => /iqn\.\d{4}-\d{2}\../.test(part.split(/[^A-Za-z0-9.-]/).at(-1) ?? ''));
}
const MAX_PORTAL = 64;

function validateIscsiName(name: string, field: string, otherwise: string): StatusCause[] {
  const rule = NAMES[name.slice(0, 3)];
  return rule?.(name) ? [] : [invalid(field, name, rule ? 'must be valid format' : otherwise)];
}

/** Of a PersistentVolume. */
export function validateVolumeIscsi(source: VolumeSource, volume: string, field: string): StatusCause[] {
  const { targetPortal: portal = '', secretRef, initiatorName } = source as Iscsi;
  const isLong = initiatorName !== undefined && `${volume}:${portal}`.length > MAX_PORTAL;
  const long =
    'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';
  return [
    ...(isLong ? [invalid(`${field}.targetportal`, portal, long)] : []),
    ...validateIscsi(source, field, 'must be valid format'),
    ...(secretRef ? notEmpty(`${field}.secretRef.name`, secretRef.name) : []),
  ];
}

/** `otherwise`: what is said of names that begin like none. */
export function validateIscsi(
  source: VolumeSource,
  field: string,
  otherwise = 'must be valid format starting with iqn, eui, or naa',
): StatusCause[] {
  const iscsi = source as Iscsi;
  const { targetPortal: portal = '', iqn = '', lun = 0, secretRef, initiatorName } = iscsi;
  const needsSecret = Boolean(iscsi.chapAuthDiscovery || iscsi.chapAuthSession) && !secretRef;
  return [
    ...notEmpty(`${field}.targetPortal`, portal),
    ...(iqn === '' ? [required(`${field}.iqn`)] : validateIscsiName(iqn, `${field}.iqn`, otherwise)),
    ...(isLun(lun) ? [] : [invalid(`${field}.lun`, lun, LUN_TEXT)]),
    ...(needsSecret ? [required(`${field}.secretRef`)] : []),
    ...(initiatorName === undefined ? [] : validateIscsiName(initiatorName, `${field}.initiatorname`, otherwise)),
  ];
}

export function validatePartition(source: VolumeSource, field: string): StatusCause[] {
  const partition = source['partition'] ?? 0;
  const isFine = typeof partition === 'number' && partition >= 0 && partition <= 255;
  return isFine ? [] : [invalid(`${field}.partition`, partition, 'must be between 1 and 255, inclusive')];
}

interface FibreChannel {
  targetWWNs?: string[];
  wwids?: string[];
  lun?: number;
}

export function validateFibreChannel(source: VolumeSource, field: string): StatusCause[] {
  const { targetWWNs: targets = [], wwids = [], lun } = source as FibreChannel;
  const place = `${field}.targetWWNs`;
  const [hasTargets, hasIds] = [targets.length > 0, wwids.length > 0];
  const either = 'must specify either targetWWNs or wwids, but not both';
  const both = 'targetWWNs and wwids can not be specified simultaneously';
  return [
    ...(hasTargets || hasIds ? [] : [required(place, either)]),
    ...(hasTargets && hasIds ? [invalid(place, targets, both)] : []),
    ...(hasTargets && lun === undefined
      ? [required(`${field}.lun`, 'lun is required if targetWWNs is specified')]
      : []),
    ...(hasTargets && lun !== undefined && !isLun(lun) ? [invalid(`${field}.lun`, lun, LUN_TEXT)] : []),
  ];
}

export function validateFlocker(source: VolumeSource, field: string): StatusCause[] {
  const { datasetName: name = '', datasetUUID: uuid = '' } = source as { datasetName?: string; datasetUUID?: string };
  const both = 'datasetName and datasetUUID can not be specified simultaneously';
  return [
    ...(name === '' && uuid === '' ? [required(field, 'one of datasetName and datasetUUID is required')] : []),
    ...(name !== '' && uuid !== '' ? [invalid(field, 'resource', both)] : []),
    ...(name.includes('/') ? [invalid(`${field}.datasetName`, name, "must not contain '/'")] : []),
  ];
}

const PAIRS_TEXT = 'must be a host:port pair or multiple pairs separated by commas';
const MAX_TENANT = 64;

export function validateQuobyte(source: VolumeSource, field: string): StatusCause[] {
  const { registry = '', tenant = '' } = source as { registry?: string; tenant?: string };
  return [...validateRegistry(registry, tenant, field), ...notEmpty(`${field}.volume`, source['volume'])];
}

function validateRegistry(registry: string, tenant: string, field: string): StatusCause[] {
  if (registry === '') return [required(`${field}.registry`, PAIRS_TEXT)];
  if (tenant.length > MAX_TENANT)
    return [required(`${field}.tenant`, 'must be a UUID and may not exceed a length of 64 characters')];
  const odd = registry.split(',').filter((pair) => !/^(\[[^\]]*\]|[^:[\]]*):[^:]*$/.test(pair));
  return odd.map(() => invalid(`${field}.registry`, registry, PAIRS_TEXT));
}
