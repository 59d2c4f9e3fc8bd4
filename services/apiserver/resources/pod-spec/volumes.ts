import type { ObjectMeta, StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { compareQuantities } from '../../../../shared/apis/quantity.ts';
import { causesOf, isDnsLabel, isDnsSubdomain } from '../../registry/object-names.ts';
import { duplicate, forbidden, invalid } from '../../types/field-error.ts';
import { validateCommonSource } from '../storage/common-sources.ts';
import { validateDriverName } from '../storage/drivers.ts';
import { validateIscsi } from '../storage/network-disks.ts';
import { validateClaimMetadata } from '../template-metadata.ts';
import { type ClaimSpec, validateClaimSpec } from '../validate-claim.ts';
import { mayBeNamed, mustBeNamed, mustBeOneOf, notEmpty, validateFileMode } from './field-rules.ts';
import { validateDescendingPath } from './paths.ts';
import { validateDownwardFiles, validateKeys, validateProjections } from './volume-files.ts';
import type { VolumeSource } from './volume-source.ts';

/** The volumes of a pod: each of one sort, with what that needs. */

/** The sorts, in the order in which upstream looks for them: of several the first counts. */
const SORTS = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
  'photonPersistentDisk',
  'projected',
  'portworxVolume',
  'scaleIO',
  'storageos',
  'csi',
  'ephemeral',
  'image',
] as const;
type Sort = (typeof SORTS)[number];

export type Volume = { name?: string } & Partial<Record<Sort, VolumeSource>>;

/** `isPod`: not a template, of which a part may be missing; `podName` is after what claims are named that are made for the pod. */
export function validateVolumes(
  volumes: readonly Volume[],
  field: string,
  { isPod, podName = '' }: { isPod: boolean; podName?: string },
): { causes: StatusCause[]; valid: Map<string, Volume> } {
  const valid = new Map<string, Volume>();
  const made = podName === '' ? [] : volumes.filter(({ ephemeral }) => ephemeral);
  const madeClaims = new Set(made.map(({ name }) => `${podName}-${name}`));
  const causes = volumes.flatMap((volume, index) => {
    const at = `${field}[${index}]`;
    const { name = '' } = volume;
    const own = [
      ...validateSorts(volume, at, { isPod, podName }),
      ...mustBeNamed(`${at}.name`, name),
      ...(valid.has(name) ? [duplicate(`${at}.name`, name)] : []),
    ];
    if (own.length === 0) valid.set(name, volume);
    const claim = claimNameOf(volume);
    const isMade = claim !== undefined && madeClaims.has(claim);
    return isMade ? [...own, invalid(`${at}.persistentVolumeClaim.claimName`, claim, MADE_TEXT)] : own;
  });
  return { causes, valid };
}

const MADE_TEXT = 'must not reference a PVC that gets created for an ephemeral volume';

function claimNameOf({ persistentVolumeClaim: claim }: Volume): string | undefined {
  return claim && ((claim as { claimName?: string }).claimName ?? '');
}

interface Place {
  isPod: boolean;
  podName: string;
}

function validateSorts(volume: Volume, field: string, { isPod, podName }: Place): StatusCause[] {
  const [first, ...others] = SORTS.filter((sort) => volume[sort] !== undefined);
  const source = first && volume[first];
  return [
    ...(first && source ? validateSource(first, source, { field, isPod }) : []),
    ...(first === 'ephemeral' ? validateClaimName(podName, volume.name ?? '', `${field}.name`) : []),
    ...others.map((sort) => forbidden(`${field}.${TOLD_AS[sort] ?? sort}`, 'may not specify more than 1 volume type')),
  ];
}

/** What upstream calls some where there are too many. */
const TOLD_AS: Partial<Record<Sort, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };

/** Where the fields of a sort are said to be, if not under its name. */
const PLACES: Partial<Record<Sort, string>> = { gcePersistentDisk: 'persistentDisk' };

/** What pods ask otherwise than PersistentVolumes of sorts that name nothing but what must not be empty. */
const NEEDED: Partial<Record<Sort, readonly string[]>> = {
  azureFile: ['secretName', 'shareName'],
  flexVolume: ['driver'],
  glusterfs: ['endpoints', 'path'],
  persistentVolumeClaim: ['claimName'],
};

function validateSource(sort: Sort, source: VolumeSource, { field: at, isPod }: { field: string; isPod: boolean }) {
  const field = `${at}.${PLACES[sort] ?? sort}`;
  switch (sort) {
    case 'emptyDir':
      return validateSizeLimit(source, field);
    case 'gitRepo':
      return [
        ...notEmpty(`${field}.repository`, source.repository),
        ...validateDescendingPath(`${field}.directory`, source.directory ?? ''),
      ];
    case 'cinder':
      return [...notEmpty(`${field}.volumeID`, source['volumeID']), ...validateSecretRef(source, field)];
    case 'iscsi':
      return validateIscsi(source, field);
    case 'storageos':
      return validateStorageOs(source, field);
    case 'secret':
      return [...notEmpty(`${field}.secretName`, source.secretName), ...validateKeyed(source, field)];
    case 'configMap':
      return [...notEmpty(`${field}.name`, source.name), ...validateKeyed(source, field)];
    case 'downwardAPI':
      return [
        ...validateFileMode(`${field}.defaultMode`, source.defaultMode),
        ...validateDownwardFiles(source.items ?? [], field),
      ];
    case 'projected':
      return [
        ...validateFileMode(`${field}.defaultMode`, source.defaultMode),
        ...validateProjections(source.sources ?? [], field),
      ];
    case 'csi':
      return validateCsi(source, field);
    case 'ephemeral':
      return validateEphemeral(source, `${field}.volumeClaimTemplate`);
    case 'image':
      return [
        ...(isPod ? notEmpty(`${field}.reference`, source.reference) : []),
        ...mustBeOneOf(`${field}.pullPolicy`, source.pullPolicy, ['Always', 'IfNotPresent', 'Never']),
      ];
    default:
      return (
        NEEDED[sort]?.flatMap((name) => notEmpty(`${field}.${name}`, source[name])) ??
        validateCommonSource(sort, source, field)
      );
  }
}

function validateSizeLimit({ sizeLimit }: VolumeSource, field: string): StatusCause[] {
  const isNegative = sizeLimit !== undefined && compareQuantities(sizeLimit, '0') < 0;
  return isNegative ? [forbidden(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')] : [];
}

function validateKeyed({ defaultMode, items = [] }: VolumeSource, field: string): StatusCause[] {
  return [...validateFileMode(`${field}.defaultMode`, defaultMode), ...validateKeys(items, `${field}.items`)];
}

function validateCsi({ driver, nodePublishSecretRef }: VolumeSource, field: string): StatusCause[] {
  const { name = '' } = (nodePublishSecretRef as { name?: string } | undefined) ?? {};
  const causesOfName = name === '' ? [] : causesOf(`${field}.name`, name, isDnsSubdomain(name));
  return [
    ...validateDriverName(driver, `${field}.driver`),
    ...(nodePublishSecretRef ? notEmpty(`${field}.nodePublishSecretRef.name`, name) : []),
    ...causesOfName,
  ];
}

function validateSecretRef({ secretRef }: VolumeSource, field: string): StatusCause[] {
  return secretRef ? notEmpty(`${field}.secretRef.name`, (secretRef as { name?: string }).name) : [];
}

function validateStorageOs(source: VolumeSource, field: string): StatusCause[] {
  const { volumeName, volumeNamespace } = source as { volumeName?: string; volumeNamespace?: string };
  return [
    ...mustBeNamed(`${field}.volumeName`, volumeName),
    ...mayBeNamed(`${field}.volumeNamespace`, volumeNamespace, isDnsLabel),
    ...validateSecretRef(source, field),
  ];
}

export interface ClaimTemplate {
  metadata?: ObjectMeta;
  spec?: ClaimSpec;
}

function validateEphemeral({ volumeClaimTemplate }: VolumeSource, field: string): StatusCause[] {
  if (!volumeClaimTemplate) return notEmpty(field, undefined);
  const { metadata = {}, spec = {} } = volumeClaimTemplate as ClaimTemplate;
  return [...validateClaimMetadata(metadata, `${field}.metadata`), ...validateClaimSpec(spec, `${field}.spec`)];
}

/** The claim that is made for a pod has the names of both. */
function validateClaimName(pod: string, volume: string, field: string): StatusCause[] {
  if (pod === '' || volume === '') return [];
  const name = `${pod}-${volume}`;
  return isDnsSubdomain(name).map((why) => invalid(field, volume, `PVC name ${JSON.stringify(name)}: ${why}`));
}
