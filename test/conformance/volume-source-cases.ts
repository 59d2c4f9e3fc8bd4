/** The sources of volumes of pods, each with every single mistake: a field that is gone, empty, odd or beyond its bounds. One pod has all of a source's, a volume each. */

import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

type Json = string | number | boolean | readonly Json[] | { readonly [field: string]: Json };

const secretRef = { name: 's' };
const sources: Readonly<Record<string, { readonly [field: string]: Json }>> = {
  gcePersistentDisk: { pdName: 'd', fsType: 'ext4', partition: 1, readOnly: true },
  awsElasticBlockStore: { volumeID: 'v', fsType: 'ext4', partition: 1, readOnly: true },
  nfs: { server: 's', path: '/p', readOnly: true },
  hostPath: { path: '/a/b', type: 'Directory' },
  iscsi: {
    targetPortal: '1.2.3.4:3260',
    iqn: 'iqn.2015-02.example.com:test',
    lun: 1,
    iscsiInterface: 'default',
    portals: ['1.2.3.5'],
    chapAuthDiscovery: true,
    chapAuthSession: true,
    secretRef,
    initiatorName: 'iqn.2015-02.example.com:init',
  },
  glusterfs: { endpoints: 'e', path: 'p', readOnly: true },
  rbd: { monitors: ['a', 'b'], image: 'i', pool: 'p', user: 'u', keyring: '/k', secretRef },
  cinder: { volumeID: 'v', fsType: 'ext4', secretRef },
  cephfs: { monitors: ['a', 'b'], path: '/p', user: 'u', secretFile: '/f', secretRef },
  fc: { targetWWNs: ['w'], lun: 1, fsType: 'ext4' },
  flocker: { datasetName: 'd' },
  flexVolume: { driver: 'd/x', secretRef, options: { a: 'b' } },
  azureFile: { secretName: 's', shareName: 's' },
  azureDisk: { diskName: 'd', diskURI: 'https://blob/d.vhd', cachingMode: 'None', kind: 'Shared' },
  vsphereVolume: { volumePath: '/p', storagePolicyName: 'n', storagePolicyID: 'i' },
  quobyte: { registry: 'r:1', volume: 'v', user: 'u', group: 'g', tenant: 't' },
  portworxVolume: { volumeID: 'v', fsType: 'ext4' },
  scaleIO: {
    gateway: 'https://g',
    system: 's',
    secretRef,
    storageMode: 'ThinProvisioned',
    volumeName: 'v',
    fsType: 'xfs',
  },
  storageos: { volumeName: 'v', volumeNamespace: 'n', secretRef },
  photonPersistentDisk: { pdID: 'p', fsType: 'ext4' },
  gitRepo: { repository: 'https://g', revision: 'r', directory: 'd' },
  image: { reference: 'i:1', pullPolicy: 'Always' },
  emptyDir: { medium: 'Memory', sizeLimit: '1Gi' },
  secret: { secretName: 's', defaultMode: 420, items: [{ key: 'k', path: 'p', mode: 420 }] },
  configMap: { name: 's', defaultMode: 420, items: [{ key: 'k', path: 'p/q', mode: 420 }] },
  downwardAPI: {
    defaultMode: 420,
    items: [
      { path: 'a', mode: 420, fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } },
      { path: 'b', resourceFieldRef: { containerName: 'c', resource: 'limits.cpu' } },
    ],
  },
  persistentVolumeClaim: { claimName: 'c', readOnly: true },
  csi: { driver: 'd.example.com', volumeAttributes: { a: 'b' }, nodePublishSecretRef: secretRef },
  ephemeral: {
    volumeClaimTemplate: {
      metadata: { labels: { a: 'b' }, annotations: { c: 'd' } },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        storageClassName: 'c',
        volumeMode: 'Filesystem',
        selector: { matchLabels: { a: 'b' } },
        volumeAttributesClassName: 'v',
        dataSource: { kind: 'PersistentVolumeClaim', name: 'x' },
      },
    },
  },
  projected: {
    defaultMode: 420,
    sources: [
      { secret: { name: 's', items: [{ key: 'k', path: 'p', mode: 420 }] } },
      { configMap: { name: 's', items: [{ key: 'k', path: 'q' }] } },
      { downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      { serviceAccountToken: { audience: 'a', expirationSeconds: 3600, path: 't' } },
    ],
  },
};

const ODD: Readonly<Record<string, readonly Json[]>> = {
  string: ['', 'A b/../é', '../x', 'other'],
  number: [-1, 0, 256, 1_000_000],
};

/** What may stand instead of a value, `undefined` for nothing. */
function mistakes(value: Json): (Json | undefined)[] {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    const within = items.flatMap((item, index) =>
      mistakes(item).map((other) => (other === undefined ? items.toSpliced(index, 1) : items.with(index, other))),
    );
    return [undefined, [], ...within];
  }
  if (typeof value !== 'object') return [undefined, ...(ODD[typeof value] ?? [])];
  return [undefined, {}, ...mistakenFields(value as { readonly [field: string]: Json })];
}

function mistakenFields(value: { readonly [field: string]: Json }): Json[] {
  return Object.keys(value).flatMap((name) => {
    const { [name]: field = '', ...others } = value;
    return mistakes(field).map((other) => (other === undefined ? others : { ...others, [name]: other }));
  });
}

const pod = (volumes: readonly object[]): Step => ({
  method: 'POST',
  path: '/api/v1/namespaces/<<namespace>>/pods',
  body: { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }], volumes } },
});

/** Quantities that are none end the reading of the whole pod. */
const isReadable = (volume: object): boolean =>
  !/"(storage|sizeLimit)":"(|A b.*|\.\.\/x|other)"/.test(JSON.stringify(volume));

const cases: Case[] = Object.entries(sources).map(([sort, source]) => ({
  name: sort,
  steps: [
    pod([{ name: 'v', [sort]: source }]),
    pod(
      [{}, ...mistakenFields(source)]
        .map((mistaken, index) => ({ name: `v-${index}`, [sort]: mistaken }))
        .filter(isReadable),
    ),
  ],
}));

const file = (secretNamespace: object): Step => ({
  method: 'POST',
  path: '/api/v1/persistentvolumes',
  body: {
    metadata: { name: '<<namespace>>-f' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      azureFile: { secretName: 's', shareName: 's', ...secretNamespace },
    },
  },
});
const files: Case[] = [{}, { secretNamespace: '' }, { secretNamespace: null }, { secretNamespace: 'n' }].map(
  (given) => ({
    name: `an azureFile with ${JSON.stringify(given)}`,
    steps: [file(given)],
  }),
);
const others: Case[] = [
  {
    name: 'the name of a claim that is made for a pod',
    steps: [pod([{ name: 'V', ephemeral: sources['ephemeral'] }])],
  },
  {
    name: 'a claim that is made for the same pod',
    steps: [
      pod([
        { name: 'v', ephemeral: sources['ephemeral'] },
        { name: 'w', persistentVolumeClaim: { claimName: 'p-v' } },
      ]),
    ],
  },
  {
    name: 'metadata of a claim that is made for a pod',
    steps: [
      pod([
        {
          name: 'v',
          ephemeral: {
            volumeClaimTemplate: {
              ...(sources['ephemeral']?.['volumeClaimTemplate'] as object),
              metadata: {
                name: 'n',
                namespace: 'n',
                uid: 'u',
                finalizers: ['a/b'],
                generation: 1,
              },
            },
          },
        },
      ]),
    ],
  },
];

export const volumeSourceGroups: Readonly<Record<string, Case[]>> = {
  'sources of volumes': [...cases, ...files, ...others],
};
