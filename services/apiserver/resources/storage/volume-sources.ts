import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { isDnsLabel, isDnsSubdomain } from '../../registry/object-names.ts';
import { forbidden, invalid, required } from '../../types/field-error.ts';
import { mayBeNamed, mustBeNamed, notEmpty } from '../pod-spec/field-rules.ts';
import { validateNoBacksteps } from '../pod-spec/paths.ts';
import type { VolumeSource } from '../pod-spec/volume-source.ts';
import { validateCommonSource } from './common-sources.ts';
import { validateDriverName } from './drivers.ts';
import { validateVolumeIscsi } from './network-disks.ts';

/** What a PersistentVolume is kept on: one of many sorts, each with its own needs. Source: core/validation, ValidatePersistentVolumeSpec. */

/** In the order in which upstream looks for them: of several the first counts. Where it differs: what a second one is called, and where its fields are said to be. */
const SORTS = {
  hostPath: {},
  gcePersistentDisk: { place: 'persistentDisk' },
  awsElasticBlockStore: {},
  glusterfs: {},
  flocker: {},
  nfs: {},
  rbd: {},
  quobyte: {},
  cephfs: { second: 'cephFS' },
  iscsi: {},
  cinder: {},
  fc: {},
  flexVolume: {},
  azureFile: {},
  vsphereVolume: {},
  photonPersistentDisk: {},
  portworxVolume: {},
  azureDisk: {},
  scaleIO: {},
  local: {},
  storageos: {},
  csi: {},
} as const;
export type SourceSort = keyof typeof SORTS;
export const SOURCE_SORTS = Object.keys(SORTS) as SourceSort[];

export type Sources = Partial<Record<SourceSort, VolumeSource>>;

/** `name`: of the volume. */
export function validateSources(sources: Sources, name: string, field: string): StatusCause[] {
  const present = SOURCE_SORTS.filter((sort) => sources[sort] !== undefined);
  if (present.length === 0) return [required(field, 'must specify a volume type')];
  return present.flatMap((sort, index) => {
    const { place = sort, second = sort }: { place?: string; second?: string } = SORTS[sort];
    // Of this sort alone upstream does not ask whether it is the first.
    if (index > 0 && sort !== 'flexVolume')
      return [forbidden(`${field}.${second}`, 'may not specify more than 1 volume type')];
    return validateSource(sort, sources[sort] ?? {}, { field: `${field}.${place}`, name });
  });
}

function validateSource(sort: SourceSort, source: VolumeSource, { field, name }: { field: string; name: string }) {
  switch (sort) {
    case 'local':
      return source.path ? validateNoBacksteps(`${field}.path`, source.path) : notEmpty(`${field}.path`, source.path);
    case 'csi':
      return validateCsi(source, field);
    case 'iscsi':
      return validateVolumeIscsi(source, name, field);
    case 'glusterfs':
      return validateGlusterfs(source, field);
    case 'cinder':
      return [...notEmpty(`${field}.volumeID`, source['volumeID']), ...validateLogin(source, field)];
    case 'flexVolume':
      return validateFlex(source, field);
    case 'azureFile':
      return validateAzureFile(source, field);
    case 'storageos':
      return [
        ...mustBeNamed(`${field}.volumeName`, textOf(source['volumeName'])),
        ...mayBeNamed(`${field}.volumeNamespace`, textOf(source['volumeNamespace']), isDnsLabel),
        ...validateLogin(source, field),
      ];
    default:
      return validateCommonSource(sort, source, field);
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

interface SecretReference {
  name?: string;
  namespace?: string;
}

/** A Secret that must be named, by any name. */
function validateLogin(source: VolumeSource, field: string): StatusCause[] {
  const secret = source['secretRef'] as SecretReference | undefined;
  if (!secret) return [];
  return (['name', 'namespace'] as const).flatMap((part) => notEmpty(`${field}.secretRef.${part}`, secret[part]));
}

const CSI_SECRETS = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
];

function validateCsi(source: VolumeSource, field: string): StatusCause[] {
  return [
    ...validateDriverName(source.driver, `${field}.driver`),
    ...notEmpty(`${field}.volumeHandle`, source['volumeHandle']),
    ...CSI_SECRETS.flatMap((name) => {
      const secret = source[name] as SecretReference | undefined;
      if (!secret) return [];
      return [
        ...mustBeNamed(`${field}.${name}.name`, secret.name, isDnsSubdomain),
        ...mustBeNamed(`${field}.${name}.namespace`, secret.namespace),
      ];
    }),
  ];
}

function validateGlusterfs(source: VolumeSource, field: string): StatusCause[] {
  const namespace = source['endpointsNamespace'];
  const place = `${field}.endpointsNamespace`;
  const empty = 'if the endpointnamespace is set, it must be a valid namespace name';
  return [
    ...notEmpty(`${field}.endpoints`, source['endpoints']),
    ...notEmpty(`${field}.path`, source.path),
    ...(namespace === '' ? [invalid(place, namespace, empty)] : mayBeNamed(place, textOf(namespace), isDnsLabel)),
  ];
}

function validateFlex(source: VolumeSource, field: string): StatusCause[] {
  const keys = Object.keys((source['options'] as object | undefined) ?? {});
  const reserved = keys.filter((key) => /(^|\.)(kubernetes\.io|k8s\.io)(\/|$)/i.test(key));
  const text = 'kubernetes.io and k8s.io namespaces are reserved';
  return [
    ...notEmpty(`${field}.driver`, source.driver),
    ...reserved.map((key) => invalid(`${field}.options[${key}]`, key, text)),
  ];
}

function validateAzureFile(source: VolumeSource, field: string): StatusCause[] {
  const { secretNamespace } = source;
  return [
    ...notEmpty(`${field}.secretName`, source.secretName),
    ...notEmpty(`${field}.shareName`, source['shareName']),
    // Go writes it as null where it is absent.
    ...(secretNamespace === '' ? [required(`${field}.secretNamespace`)] : []),
  ];
}
