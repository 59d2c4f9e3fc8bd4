/** Single fields of many kinds that a sweep over all of them has found to differ: one object of each, changed. */

import { creations, type Fields, type PlainKind, updates } from './kind-steps.ts';
import type { Case } from './single-changes.ts';

const containers = [{ name: 'c', image: 'i:1' }];
const pod: PlainKind = {
  kind: 'Pod',
  apiVersion: 'v1',
  resource: 'pods',
  namespaced: true,
  base: { spec: { containers } },
};
const volume = (source: Fields): Fields => ({ spec: { volumes: [{ name: 'v', ...source }] } });
const used = (...claims: Fields[]): Fields => ({
  spec: {
    resourceClaims: [{ name: 'a', resourceClaimName: 'x' }],
    containers: [{ ...containers[0], resources: { claims } }],
  },
});
const pods: Fields[] = [
  volume({ emptyDir: {}, cephfs: { monitors: ['m'] }, downwardAPI: {} }),
  { spec: { resourceClaims: [{}] } },
  { spec: { resourceClaims: [{ name: 'A b', resourceClaimName: 'A b', resourceClaimTemplateName: 'A b' }] } },
  {
    spec: {
      resourceClaims: [
        { name: 'a', resourceClaimName: 'x' },
        { name: 'a', resourceClaimTemplateName: 'x' },
      ],
    },
  },
  used({ name: 'a', request: 'r' }, { name: 'a', request: 'r' }),
  used({ name: 'a', request: 'r' }, { name: 'a' }),
  used({ name: 'a' }, { name: 'a', request: 'r' }),
  used({ name: 'a', request: 'A b' }),
  { spec: { containers: [{ ...containers[0], resources: { limits: { cpu: '0.5m', memory: '1.0001Ki' } } }] } },
];

const node: PlainKind = { kind: 'Node', apiVersion: 'v1', resource: 'nodes', base: {} };
const declared = (...declaredFeatures: string[]): Fields => ({ status: { declaredFeatures } });

const slice: PlainKind = {
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  resource: 'endpointslices',
  namespaced: true,
  base: { addressType: 'IPv4', endpoints: [] },
};

const claim: PlainKind = {
  kind: 'PersistentVolumeClaim',
  apiVersion: 'v1',
  resource: 'persistentvolumeclaims',
  namespaced: true,
  base: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
};
const source = { kind: 'PersistentVolumeClaim', name: 'c' };
const claimChanges: [Fields, Fields][] = [
  [{ spec: { dataSource: source } }, { spec: { dataSource: null } }],
  [{}, { spec: { dataSource: { kind: 'Odd', name: 'c' } } }],
];

const deviceClaim: PlainKind = {
  kind: 'ResourceClaim',
  apiVersion: 'resource.k8s.io/v1',
  resource: 'resourceclaims',
  namespaced: true,
  base: { spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } } },
};
const devices = (more: Fields): Fields => ({ spec: { devices: more } });
const exactly = (more: Fields): Fields =>
  devices({ requests: [{ name: 'r', exactly: { deviceClassName: 'c', ...more } }] });
const deviceClaims: Fields[] = [
  {},
  { spec: null },
  devices({ requests: [{}] }),
  devices({ requests: [{ name: 'A b', exactly: {}, firstAvailable: [{}] }] }),
  devices({ requests: [{ name: 'r', firstAvailable: [{ name: 'x', deviceClassName: 'A b' }] }] }),
  exactly({ allocationMode: 'Odd' }),
  exactly({ allocationMode: 'All', count: 2 }),
  exactly({ count: -1 }),
  exactly({ selectors: [{}] }),
  exactly({
    tolerations: [
      { key: 'a b', operator: 'Odd', effect: 'Odd' },
      { operator: 'Exists', value: 'x' },
    ],
  }),
  devices({
    constraints: [{}, { matchAttribute: 'x' }, { requests: ['x', 'r/x', 'a/b/c'], matchAttribute: 'a.b/c-d' }],
  }),
  devices({ config: [{}, { opaque: {} }, { opaque: { driver: 'A_', parameters: [] } }] }),
];

export const sweptGroups: Readonly<Record<string, Case[]>> = {
  'volumes, claims and amounts of pods': creations(pod, pods),
  'features that nodes declare': updates(
    node,
    [
      [{}, declared('')],
      [{}, declared('B', 'A', 'A')],
      [{}, declared('Fine', 'Fine/part')],
    ],
    '/status',
  ),
  'what claims are filled with': updates(claim, claimChanges),
  'ports of slices': creations(slice, [{ ports: [{ protocol: '' }] }, { ports: [{ protocol: 'Odd' }] }]),
  'claims of devices': [
    ...creations(deviceClaim, deviceClaims),
    ...updates(deviceClaim, [[{}, exactly({ count: 2 })]]),
  ],
};
