import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { invalid } from '../../types/field-error.ts';
import { mayBeOneOf, notEmpty } from '../pod-spec/field-rules.ts';
import { validateNoBacksteps } from '../pod-spec/paths.ts';
import type { VolumeSource } from '../pod-spec/volume-source.ts';
import { validateAzureDisk } from './azure-disk.ts';
import { validateFibreChannel, validateFlocker, validatePartition, validateQuobyte } from './network-disks.ts';

/** What volumes of pods and PersistentVolumes are alike in, sort by sort. Source: core/validation. */

type Rule = (source: VolumeSource, field: string) => StatusCause[];

/** Nothing but what must not be empty. */
const needing =
  (...names: string[]): Rule =>
  (source, field) =>
    names.flatMap((name) => notEmpty(`${field}.${name}`, source[name]));

/** A disk of a cloud, by what names it, with its partition. */
const partitioned =
  (name: string): Rule =>
  (source, field) => [...notEmpty(`${field}.${name}`, source[name]), ...validatePartition(source, field)];

const RULES: Readonly<Record<string, Rule>> = {
  awsElasticBlockStore: partitioned('volumeID'),
  azureDisk: validateAzureDisk,
  cephfs: needing('monitors'),
  fc: validateFibreChannel,
  flocker: validateFlocker,
  gcePersistentDisk: partitioned('pdName'),
  hostPath: validateHostPath,
  nfs: validateNfs,
  photonPersistentDisk: needing('pdID'),
  portworxVolume: needing('volumeID'),
  quobyte: validateQuobyte,
  rbd: needing('monitors', 'image'),
  scaleIO: needing('gateway', 'system', 'volumeName'),
  vsphereVolume: needing('volumePath'),
};

export function validateCommonSource(sort: string, source: VolumeSource, field: string): StatusCause[] {
  return RULES[sort]?.(source, field) ?? [];
}

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

function validateHostPath({ path = '', type }: VolumeSource, field: string): StatusCause[] {
  if (path === '') return notEmpty(`${field}.path`, path);
  return [...validateNoBacksteps(`${field}.path`, path), ...mayBeOneOf(`${field}.type`, type, HOST_PATH_TYPES)];
}

function validateNfs({ server, path = '' }: VolumeSource, field: string): StatusCause[] {
  return [
    ...notEmpty(`${field}.server`, server),
    ...notEmpty(`${field}.path`, path),
    ...(path.startsWith('/') ? [] : [invalid(`${field}.path`, path, 'must be an absolute path')]),
  ];
}
