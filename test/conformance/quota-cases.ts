/** Quotas, limits of ranges, storage capacities, and ranges of addresses: kinds that are judged and that nothing here acts on. */

import { creations, type Fields, type PlainKind, updates } from './kind-steps.ts';
import type { Case } from './single-changes.ts';

const quota: PlainKind = {
  kind: 'ResourceQuota',
  apiVersion: 'v1',
  resource: 'resourcequotas',
  namespaced: true,
  base: { spec: { hard: { pods: '5' } } },
};
const inClass = { scopeName: 'PriorityClass', operator: 'In', values: ['a'] };
const selecting = (...matchExpressions: Fields[]): Fields => ({ scopeSelector: { matchExpressions } });
const quotas: Fields[] = [
  {},
  { spec: null },
  ...[
    { hard: { pods: '-1' } },
    { hard: { pods: '1.5' } },
    { hard: { 'a b': '1' } },
    { hard: { storage: '1', odd: '1' } },
    { hard: { 'requests.hugepages-2Mi': '1', 'hugepages-2Mi': '1' } },
    { hard: { 'count/deployments.apps': '1.5' } },
    { hard: { 'example.com/gpu': '1500m', 'requests.example.com/gpu': '1500m' } },
    { hard: { cpu: '2', 'limits.cpu': '1' } },
    { hard: { 'requests.cpu': '2', cpu: '3', 'limits.cpu': '1' } },
    { hard: { 'requests.memory': '2Gi', 'limits.memory': '1Gi' } },
    { hard: { 'requests.storage': '2Gi', 'limits.ephemeral-storage': '1Gi', 'requests.ephemeral-storage': '2Gi' } },
    { scopes: ['Odd'] },
    { scopes: ['BestEffort'] },
    { hard: { cpu: '1' }, scopes: ['BestEffort'] },
    { hard: { services: '1' }, scopes: ['Terminating'] },
    { scopes: ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort'] },
    { hard: { persistentvolumeclaims: '1' }, scopes: ['VolumeAttributesClass'] },
    { scopes: ['VolumeAttributesClass'] },
    selecting(inClass),
    selecting({}),
    selecting({ ...inClass, scopeName: 'Odd' }),
    selecting({ ...inClass, scopeName: 'BestEffort' }),
    selecting({ ...inClass, operator: 'Is' }),
    selecting({ ...inClass, values: null }),
    selecting({ ...inClass, operator: 'Exists' }),
    selecting({ scopeName: 'Terminating', operator: 'Exists' }, { scopeName: 'NotTerminating', operator: 'Exists' }),
    { hard: { services: '1' }, ...selecting({ scopeName: 'CrossNamespacePodAffinity', operator: 'Exists' }) },
  ].map((spec) => ({ spec: { hard: null, ...spec } })),
];
const scoped = { spec: { scopes: ['NotBestEffort'] } };
const quotaChanges: [Fields, Fields][] = [
  [{}, { spec: { hard: { pods: '6' } } }],
  [{}, { spec: { hard: { odd: '6' } } }],
  [{}, { spec: { hard: null } }],
  [{}, { spec: { hard: { cpu: '2', 'limits.cpu': '1' } } }],
  [{}, scoped],
  [scoped, { spec: { scopes: null } }],
  [scoped, { spec: { scopes: ['NotBestEffort', 'NotBestEffort'] } }],
];
const quotaStates: [Fields, Fields][] = [
  [{}, { status: { hard: { pods: '5' }, used: { pods: '1' } } }],
  [{}, { status: { hard: { pods: '1.5', odd: '1' }, used: { pods: '-1' } } }],
];

const limits: PlainKind = { kind: 'LimitRange', apiVersion: 'v1', resource: 'limitranges', namespaced: true, base: {} };
const ranges: Fields[] = [
  {},
  ...[
    [],
    [{}],
    [{ type: 'Odd' }],
    [{ type: 'a b' }],
    [{ type: 'example.com/odd', max: { odd: '1' } }],
    [
      { type: 'Pod', max: { cpu: '1' } },
      { type: 'Pod', max: { cpu: '1' } },
    ],
    [{ type: 'Pod', default: { cpu: '1' }, defaultRequest: { cpu: '1' } }],
    [{ type: 'Container', max: { odd: '1', 'a b': '1' }, min: { storage: '1' } }],
    [{ type: 'Container', max: { cpu: '1' }, min: { cpu: '2' } }],
    [{ type: 'Container', max: { cpu: '2' }, min: { cpu: '1' }, default: { cpu: '3' }, defaultRequest: { cpu: '4' } }],
    [{ type: 'Container', max: { cpu: '4' }, min: { cpu: '2' }, default: { cpu: '1' }, defaultRequest: { cpu: '1' } }],
    [{ type: 'Container', maxLimitRequestRatio: { cpu: '500m' } }],
    [{ type: 'Container', max: { cpu: '4' }, min: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } }],
    [{ type: 'Container', max: { memory: '1Gi' }, min: { memory: '1Mi' }, maxLimitRequestRatio: { memory: '2000' } }],
    [{ type: 'Container', default: { 'example.com/gpu': '2' }, defaultRequest: { 'example.com/gpu': '1' } }],
    [{ type: 'PersistentVolumeClaim' }],
    [{ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }],
    [{ type: 'PersistentVolumeClaim', max: { storage: 'x' } }],
  ].map((list) => ({ spec: { limits: list } })),
];
const rangeChanges: [Fields, Fields][] = [
  [{}, { spec: { limits: [{ type: 'Pod', max: { cpu: '1' } }] } }],
  [{}, { spec: { limits: [{ type: 'Odd' }] } }],
  [{ spec: { limits: [{ type: 'Pod', max: { cpu: '1' } }] } }, { spec: null }],
];

const capacity: PlainKind = {
  kind: 'CSIStorageCapacity',
  apiVersion: 'storage.k8s.io/v1',
  resource: 'csistoragecapacities',
  namespaced: true,
  base: { storageClassName: 'c' },
};
const zone = 'failure-domain.beta.kubernetes.io/zone';
const capacities: Fields[] = [
  {},
  { storageClassName: 'A' },
  { storageClassName: '' },
  { capacity: '-1' },
  { maximumVolumeSize: '-1' },
  { nodeTopology: { matchLabels: { 'a b': 'c' } } },
  { nodeTopology: { matchLabels: { 'beta.kubernetes.io/os': 'linux' } } },
  { nodeTopology: { matchExpressions: [{ key: zone, operator: 'Exists' }] } },
];
const capacityChanges: [Fields, Fields][] = [
  [{}, { capacity: '2Gi' }],
  [{}, { storageClassName: 'd' }],
  [{}, { nodeTopology: { matchLabels: { a: 'b' } } }],
  [{ nodeTopology: { matchExpressions: [{ key: zone, operator: 'Exists' }] } }, { capacity: '1' }],
];

export const quotaGroups: Readonly<Record<string, Case[]>> = {
  ResourceQuotas: [
    ...creations(quota, quotas),
    ...updates(quota, quotaChanges),
    ...updates(quota, quotaStates, '/status'),
  ],
  LimitRanges: [...creations(limits, ranges), ...updates(limits, rangeChanges)],
  CSIStorageCapacities: [...creations(capacity, capacities), ...updates(capacity, capacityChanges)],
};
