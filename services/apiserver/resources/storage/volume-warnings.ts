import type { Unstructured } from '../../../../shared/apis/meta/v1.ts';
import type { NodeTerm } from '../pod-spec/affinity.ts';
import { OLD_LABELS } from '../pod-spec/old-labels.ts';
import type { Sources } from './volume-sources.ts';
import { MOUNT_OPTIONS, volumeSpecOf as specOf } from './volume-spec.ts';

/** What is valid in a PersistentVolume and not long for this world. Source: kubernetes, api/persistentvolume/util.go. */

const OLD_ANNOTATIONS: Readonly<Record<string, string>> = {
  'volume.beta.kubernetes.io/storage-class': 'deprecated since v1.8; use "storageClassName" attribute instead',
  [MOUNT_OPTIONS]: 'deprecated since v1.31; use "mountOptions" attribute instead',
};
const OLD_SORTS: readonly (readonly [sort: keyof Sources, text: string])[] = [
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];
const RECYCLE_TEXT =
  'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';

export function volumeWarnings(object: Unstructured): string[] {
  const spec = specOf(object);
  const annotations = Object.entries(OLD_ANNOTATIONS).filter(
    ([key]) => object.metadata.annotations?.[key] !== undefined,
  );
  const isRecycled = spec.persistentVolumeReclaimPolicy === 'Recycle';
  return [
    ...annotations.map(([key, text]) => `metadata.annotations[${key}]: ${text}`),
    ...(isRecycled ? [`spec.persistentVolumeReclaimPolicy: ${RECYCLE_TEXT}`] : []),
    ...labelWarnings(spec.nodeAffinity?.required?.nodeSelectorTerms ?? []),
    ...OLD_SORTS.filter(([sort]) => spec[sort] !== undefined).map(
      ([sort, text]) => `spec.${sort === 'storageos' ? 'storageOS' : sort}: ${text}`,
    ),
  ];
}

function labelWarnings(terms: readonly NodeTerm[]): string[] {
  const field = 'spec.nodeAffinity.required.nodeSelectorTerms';
  return terms.flatMap(({ matchExpressions = [] }, index) =>
    matchExpressions.flatMap(({ key = '' }, at) =>
      OLD_LABELS.has(key) ? [`${field}[${index}].matchExpressions[${at}].key: ${key} is ${OLD_LABELS.get(key)}`] : [],
    ),
  );
}
