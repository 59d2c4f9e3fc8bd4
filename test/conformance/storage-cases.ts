/** Storage of a cluster: volumes, and the classes that they and claims are of. */

import { type Case, contentTypes, merged } from './single-changes.ts';
import type { Step } from './step.ts';

type Fields = Record<string, unknown>;

interface Kind {
  kind: string;
  apiVersion: string;
  path: string;
  /** Everything but metadata. */
  base: Fields;
}

const volumes: Kind = {
  kind: 'PersistentVolume',
  apiVersion: 'v1',
  path: '/api/v1/persistentvolumes',
  base: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } } },
};
const storageClasses: Kind = {
  kind: 'StorageClass',
  apiVersion: 'storage.k8s.io/v1',
  path: '/apis/storage.k8s.io/v1/storageclasses',
  base: { provisioner: 'example.com/p', parameters: { a: 'b' } },
};
const attributesClasses: Kind = {
  kind: 'VolumeAttributesClass',
  apiVersion: 'storage.k8s.io/v1',
  path: '/apis/storage.k8s.io/v1/volumeattributesclasses',
  base: { driverName: 'example.com', parameters: { a: 'b' } },
};

const NAME = '<<namespace>>-s';
const made = ({ kind, apiVersion, path, base }: Kind, more: Fields): Step => ({
  method: 'POST',
  path,
  body: merged({ apiVersion, kind, metadata: { name: NAME }, ...base }, more),
});

const creations = (kind: Kind, changes: readonly Fields[]): Case[] =>
  changes.map((change) => ({ name: `${kind.kind} ${JSON.stringify(change)}`, steps: [made(kind, change)] }));

const updates = (kind: Kind, changes: readonly [from: Fields, patch: Fields][]): Case[] =>
  changes.map(([from, body]) => ({
    name: `${kind.kind} ${JSON.stringify(from)} to ${JSON.stringify(body)}`,
    steps: [
      made(kind, from),
      { method: 'PATCH', path: `${kind.path}/${NAME}`, contentType: contentTypes.merge, body },
      { method: 'GET', path: `${kind.path}/${NAME}` },
    ],
  }));

/** Instead of the path of a host. */
const of = (source: Fields): Fields => ({ hostPath: null, ...source });
const zone = { key: 'zone', operator: 'In', values: ['a'] };
const onNodes = { required: { nodeSelectorTerms: [{ matchExpressions: [zone] }] } };
const csi = { driver: 'a.b', volumeHandle: 'h' };
const iscsi = { targetPortal: '1.2.3.4', iqn: 'iqn.2020-01.com.example:a', lun: 0 };
const specs: Fields[] = [
  {},
  { capacity: null },
  { capacity: { storage: null, cpu: '1' } },
  { capacity: { cpu: '1' } },
  { capacity: { storage: '0' } },
  { capacity: { storage: '-1' } },
  { capacity: { storage: 'x' } },
  { capacity: { storage: '1024Mi' } },
  { accessModes: null },
  { accessModes: ['Odd'] },
  { accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'] },
  { accessModes: ['ReadWriteMany', 'ReadOnlyMany'] },
  { persistentVolumeReclaimPolicy: 'Odd' },
  { persistentVolumeReclaimPolicy: 'Delete' },
  { persistentVolumeReclaimPolicy: 'Recycle' },
  { persistentVolumeReclaimPolicy: 'Recycle', hostPath: { path: '/x/..' } },
  { persistentVolumeReclaimPolicy: 'Recycle', hostPath: { path: '/' } },
  { storageClassName: 'A' },
  { storageClassName: '' },
  { volumeMode: 'Odd' },
  { volumeMode: '' },
  { persistentVolumeReclaimPolicy: '' },
  { volumeMode: 'Block' },
  { mountOptions: ['ro', 'a b'] },
  { volumeAttributesClassName: '' },
  { volumeAttributesClassName: 'a' },
  of({ csi, volumeAttributesClassName: 'A' }),
  of({ csi, volumeAttributesClassName: 'a' }),
  { claimRef: { name: 'c', namespace: 'default' } },
  { claimRef: {} },
  { nodeAffinity: {} },
  { nodeAffinity: onNodes },
  { nodeAffinity: { required: {} } },
  { nodeAffinity: { required: { nodeSelectorTerms: [{ matchFields: [zone] }] } } },
  { nodeAffinity: { required: { nodeSelectorTerms: [] } } },
  { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ ...zone, operator: 'Is' }] }] } } },
  { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ ...zone, values: ['a b'] }] }] } } },
  {
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ ...zone, key: 'failure-domain.beta.kubernetes.io/zone' }] }],
      },
    },
  },
];
const sources: Fields[] = [
  { hostPath: null },
  { hostPath: {} },
  { hostPath: { path: '../x' } },
  { hostPath: { type: 'Odd' } },
  { nfs: { server: 's', path: '/' } },
  { nfs: { server: 's', path: '/' }, csi },
  of({ nfs: { server: '', path: '' } }),
  of({ nfs: { server: 's', path: 'x' } }),
  of({ local: { path: '/x' } }),
  of({ local: { path: '' }, nodeAffinity: onNodes }),
  of({ local: { path: 'x/../y' }, nodeAffinity: onNodes }),
  of({ csi }),
  of({ csi: {} }),
  of({ csi: { driver: 'A_', volumeHandle: '' } }),
  of({ csi: { driver: 'a'.repeat(64), volumeHandle: 'h' } }),
  of({ csi: { ...csi, nodePublishSecretRef: {}, controllerExpandSecretRef: { name: 'A', namespace: 'a.b' } } }),
  of({ csi: { ...csi, volumeAttributes: { a: 'b' }, fsType: 'ext4', readOnly: true } }),
  of({ iscsi }),
  of({ iscsi: { targetPortal: '', iqn: '', lun: 256 } }),
  of({ iscsi: { ...iscsi, iqn: 'x' } }),
  of({ iscsi: { ...iscsi, iqn: 'iqn.x' } }),
  ...[
    'iqn of iqn.2020-01.a:b',
    'iqn.2020-01.:iqn.2020-01.a:b:',
    'iqn.2020-01.a:',
    'iqn.2020-01.a_b:c',
    'iqn.2020-01.a b:c',
    'iqn.2020-01.a:b c',
    'iqn.2020-01.a:b\u00a0\v\u2028',
    'iqn.2020-01.a:b\n',
    'iqnx|iqn.2020-01.é.iqn.2020-01.-:é',
    ' iqn.2020-01.a:b',
  ].map((iqn) => of({ iscsi: { ...iscsi, iqn } })),
  of({ iscsi: { ...iscsi, iqn: 'eui.0123456789abcdef' } }),
  of({ iscsi: { ...iscsi, chapAuthSession: true } }),
  of({ iscsi: { ...iscsi, secretRef: {}, initiatorName: 'x' } }),
  of({ iscsi: { ...iscsi, targetPortal: '1'.repeat(64), initiatorName: iscsi.iqn } }),
  of({ fc: {} }),
  of({ fc: { targetWWNs: ['a'] } }),
  of({ fc: { targetWWNs: ['a'], lun: 300 } }),
  of({ fc: { targetWWNs: ['a'], wwids: ['b'], lun: 1 } }),
  of({ fc: { wwids: ['b'] } }),
  of({ fc: { lun: 1 } }),
  of({ rbd: {} }),
  of({ iscsi: {} }),
  of({ cephfs: {} }),
  of({ rbd: { monitors: [], image: '' } }),
  of({ rbd: { monitors: ['m'], image: 'i' } }),
  of({ cephfs: { monitors: ['m'] } }),
  { cephfs: { monitors: ['m'] } },
  of({ cephfs: { monitors: [] } }),
  of({ cinder: { volumeID: '', secretRef: {} } }),
  of({ flexVolume: { driver: '' } }),
  { flexVolume: { driver: 'a/b', options: { 'x.kubernetes.io/a': 'b' } } },
  of({ azureFile: { secretName: '', shareName: '', secretNamespace: '' } }),
  of({ azureDisk: { diskName: '', diskURI: '' } }),
  of({ azureDisk: { diskName: 'd', diskURI: 'https://x', kind: 'Managed', cachingMode: 'Odd' } }),
  of({ gcePersistentDisk: { pdName: '', partition: 300 } }),
  of({ awsElasticBlockStore: { volumeID: '', partition: -1 } }),
  of({ glusterfs: { endpoints: '', path: '', endpointsNamespace: 'A' } }),
  of({ vsphereVolume: { volumePath: '' } }),
  of({ portworxVolume: { volumeID: '' } }),
  of({ photonPersistentDisk: { pdID: '' } }),
  of({ scaleIO: { gateway: '', system: '', secretRef: null } }),
  of({ storageos: { volumeName: 'A', volumeNamespace: 'B', secretRef: {} } }),
  of({ quobyte: { registry: '', volume: '' } }),
  of({ quobyte: { registry: 'a:1,b', volume: 'v' } }),
  of({ flocker: {} }),
  of({ flocker: { datasetName: 'a/b', datasetUUID: 'c' } }),
];
const asSpec = (spec: Fields): Fields => ({ spec });

const inZone = (key: string): Fields => ({
  spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ ...zone, key }] }] } } },
});
const volumeUpdates: [Fields, Fields][] = [
  [inZone('failure-domain.beta.kubernetes.io/zone'), inZone('topology.kubernetes.io/zone')],
  [inZone('topology.kubernetes.io/zone'), inZone('failure-domain.beta.kubernetes.io/zone')],
  [{}, { spec: { hostPath: { path: '/y' } } }],
  [{}, { spec: { capacity: { storage: '2Gi' } } }],
  [{}, { spec: { capacity: { storage: '1024Mi' } } }],
  [{}, { spec: { accessModes: ['ReadWriteMany'] } }],
  [{}, { spec: { volumeMode: 'Block' } }],
  [{}, { spec: { persistentVolumeReclaimPolicy: 'Delete' } }],
  [{}, { spec: { storageClassName: 'a', mountOptions: ['ro'] } }],
  [{}, { spec: { claimRef: { name: 'c', namespace: 'default' } } }],
  [{ spec: { claimRef: { name: 'c', namespace: 'default' } } }, { spec: { claimRef: null } }],
  [{}, { spec: { nodeAffinity: onNodes } }],
  [{ spec: { nodeAffinity: onNodes } }, { spec: { nodeAffinity: null } }],
  [
    { spec: { nodeAffinity: onNodes } },
    {
      spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ ...zone, values: ['b'] }] }] } } },
    },
  ],
  [{ spec: of({ csi }) }, { spec: { csi: { controllerExpandSecretRef: { name: 'a', namespace: 'b' } } } }],
  [{ spec: of({ csi }) }, { spec: { csi: { volumeHandle: 'other' } } }],
  [{ spec: of({ csi }) }, { spec: { volumeAttributesClassName: 'a' } }],
  [{ spec: of({ csi, volumeAttributesClassName: 'a' }) }, { spec: { volumeAttributesClassName: null } }],
  [{ spec: of({ csi, volumeAttributesClassName: 'a' }) }, { spec: { volumeAttributesClassName: 'b' } }],
  [{}, { status: { phase: 'Bound' } }],
];
const volumeStatus = { method: 'PATCH', path: `${volumes.path}/${NAME}/status`, contentType: contentTypes.merge };
const volumeStates: Case[] = [
  { phase: 'Bound' },
  { phase: 'Pending', message: 'x' },
  { phase: 'Odd' },
  { phase: 'Bound', lastPhaseTransitionTime: '2020-01-01T00:00:00Z' },
].map((status) => ({
  name: `the status of a volume ${JSON.stringify(status)}`,
  steps: [made(volumes, {}), { ...volumeStatus, body: { status } }],
}));
const annotated: Case[] = [
  ['volume.beta.kubernetes.io/storage-class', {}],
  ['volume.beta.kubernetes.io/mount-options', {}],
  ['volume.beta.kubernetes.io/mount-options', of({ nfs: { server: 's', path: '/' } })],
].map(([key, spec]) => ({
  name: `a volume annotated with ${key}`,
  steps: [made(volumes, { spec, metadata: { annotations: { [key as string]: 'x' } } })],
}));

const topology = (...matchLabelExpressions: Fields[]): Fields => ({ matchLabelExpressions });
const classes: Fields[] = [
  {},
  { provisioner: '' },
  { provisioner: 'A/b' },
  { provisioner: 'a b' },
  { reclaimPolicy: 'Recycle' },
  { reclaimPolicy: 'Odd' },
  { reclaimPolicy: 'Retain' },
  { volumeBindingMode: 'WaitForFirstConsumer' },
  { volumeBindingMode: 'Odd' },
  { volumeBindingMode: '' },
  { reclaimPolicy: '' },
  { parameters: { '': 'x' } },
  { parameters: { a: 'x'.repeat(270_000) } },
  { parameters: Object.fromEntries(Array.from({ length: 513 }, (_, index) => [`a${index}`, 'b'])) },
  { allowVolumeExpansion: true, mountOptions: ['ro'] },
  ...[
    [{}],
    [{}, {}],
    [topology({})],
    [topology({ key: 'a b', values: ['b', 'b'] })],
    [topology({ key: 'a', values: ['b'] }, { key: 'a', values: ['c'] })],
    [topology({ key: 'a', values: ['b'] }), topology({ key: 'a', values: ['b'] })],
    [topology({ key: 'failure-domain.beta.kubernetes.io/zone', values: ['b'] })],
  ].map((allowedTopologies) => ({ allowedTopologies })),
];
const classUpdates: [Fields, Fields][] = [
  [{}, { parameters: { a: 'c' } }],
  [{}, { parameters: null }],
  [{}, { provisioner: 'example.com/q' }],
  [{}, { reclaimPolicy: 'Retain' }],
  [{}, { reclaimPolicy: null }],
  [{}, { volumeBindingMode: 'WaitForFirstConsumer' }],
  [{}, { allowVolumeExpansion: true, mountOptions: ['ro'] }],
  [{}, { allowedTopologies: [topology({ key: 'a', values: ['b'] })] }],
];
const attributes: Fields[] = [
  {},
  { driverName: '' },
  { driverName: 'a b' },
  { parameters: null },
  { parameters: {} },
  { parameters: { '': 'x' } },
];

export const storageGroups: Readonly<Record<string, Case[]>> = {
  'specs of volumes': [...creations(volumes, specs.map(asSpec)), ...annotated],
  'sources of volumes': creations(volumes, sources.map(asSpec)),
  'changes of volumes': [...updates(volumes, volumeUpdates), ...volumeStates],
  'classes of storage': [...creations(storageClasses, classes), ...updates(storageClasses, classUpdates)],
  'classes of attributes of volumes': [
    ...creations(attributesClasses, attributes),
    ...updates(attributesClasses, [
      [{}, { parameters: { a: 'c' } }],
      [{}, { driverName: 'b' }],
      [{}, { metadata: { labels: { a: 'b' } } }],
    ]),
  ],
};
