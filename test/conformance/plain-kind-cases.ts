/** Single mistakes in kinds that no other table is about: each is laid over an object that is right. */

import { quotaGroups } from './quota-cases.ts';
import { type Case, contentTypes, merged } from './single-changes.ts';
import type { Step } from './step.ts';
import { defaultClassCase, valueGroups } from './value-cases.ts';
import { webhookGroups } from './webhook-cases.ts';
import { workloadStatusGroups } from './workload-status-cases.ts';

type Fields = Record<string, unknown>;

interface Kind {
  kind: string;
  apiVersion: string;
  resource: string;
  namespaced?: boolean;
  /** Everything but metadata. */
  base: Fields;
}

const NAME = '<<namespace>>-x';
const pathOf = ({ apiVersion, resource, namespaced }: Kind): string =>
  `${apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`}${namespaced ? '/namespaces/<<namespace>>' : ''}/${resource}`;
const made = (kind: Kind, more: Fields): Step => ({
  method: 'POST',
  path: pathOf(kind),
  body: merged({ apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: NAME }, ...kind.base }, more),
});
const creations = (kind: Kind, changes: readonly Fields[]): Case[] =>
  changes.map((change) => ({ name: `${kind.kind} ${JSON.stringify(change)}`, steps: [made(kind, change)] }));
const patched = (kind: Kind, body: Fields, part = ''): Step => ({
  method: 'PATCH',
  path: `${pathOf(kind)}/${NAME}${part}`,
  contentType: contentTypes.merge,
  body,
});
const updates = (kind: Kind, changes: readonly [from: Fields, patch: Fields][], part = ''): Case[] =>
  changes.map(([from, body]) => ({
    name: `${kind.kind}${part} ${JSON.stringify(from)} to ${JSON.stringify(body)}`,
    steps: [made(kind, from), patched(kind, body, part), { method: 'GET', path: `${pathOf(kind)}/${NAME}` }],
  }));

const attachment: Kind = {
  kind: 'VolumeAttachment',
  apiVersion: 'storage.k8s.io/v1',
  resource: 'volumeattachments',
  base: { spec: { attacher: 'example.com', nodeName: 'n', source: { persistentVolumeName: 'v' } } },
};
const inline = {
  accessModes: ['ReadWriteOnce'],
  capacity: { storage: '1Gi' },
  csi: { driver: 'a.b', volumeHandle: 'h' },
};
const attachments: Fields[] = [
  {},
  { spec: null },
  { spec: { attacher: '' } },
  { spec: { attacher: 'A b' } },
  { spec: { attacher: 'a'.repeat(64) } },
  { spec: { nodeName: '' } },
  { spec: { nodeName: 'A b' } },
  { spec: { source: {} } },
  { spec: { source: { persistentVolumeName: '' } } },
  { spec: { source: { persistentVolumeName: 'A b' } } },
  { spec: { source: { persistentVolumeName: null, inlineVolumeSpec: inline } } },
  { spec: { source: { inlineVolumeSpec: inline } } },
  { spec: { source: { persistentVolumeName: null, inlineVolumeSpec: { hostPath: { path: '/x' } } } } },
  { status: { attached: true } },
];
const attachmentStates: [Fields, Fields][] = [
  [{}, { status: { attached: true } }],
  [{}, { status: { attached: true, attachmentMetadata: { a: 'b' } } }],
  [{}, { status: { attached: false, attachError: { message: 'x', time: '2020-01-01T00:00:00Z', errorCode: 3 } } }],
  [{}, { status: { attached: false, detachError: { message: 'x'.repeat(3000) } } }],
  [{}, { spec: { nodeName: 'm' }, status: { attached: true } }],
];

const driver: Kind = { kind: 'CSIDriver', apiVersion: 'storage.k8s.io/v1', resource: 'csidrivers', base: { spec: {} } };
const drivers: Fields[] = [
  {},
  { spec: null },
  ...[
    { attachRequired: false, podInfoOnMount: true },
    { storageCapacity: true, requiresRepublish: true, seLinuxMount: true },
    { fsGroupPolicy: 'Odd' },
    { fsGroupPolicy: 'File' },
    { volumeLifecycleModes: ['Odd'] },
    { volumeLifecycleModes: ['Ephemeral', 'Persistent', 'Ephemeral'] },
    { volumeLifecycleModes: [] },
    { tokenRequests: [{ audience: 'a' }, { audience: 'a' }] },
    { tokenRequests: [{ audience: '', expirationSeconds: 5 }] },
    { tokenRequests: [{ audience: 'a', expirationSeconds: 5_000_000_000 }] },
    { nodeAllocatableUpdatePeriodSeconds: 5 },
    { nodeAllocatableUpdatePeriodSeconds: 10 },
    { serviceAccountTokenInSecrets: true },
  ].map((spec) => ({ spec })),
  { metadata: { name: `<<namespace>>-${'a'.repeat(64)}` } },
];
const driverChanges: [Fields, Fields][] = [
  [{}, { spec: { attachRequired: false } }],
  [{}, { spec: { podInfoOnMount: true } }],
  [{}, { spec: { storageCapacity: true } }],
  [{}, { spec: { fsGroupPolicy: 'File' } }],
  [{}, { spec: { volumeLifecycleModes: ['Ephemeral'] } }],
  [{}, { spec: { tokenRequests: [{ audience: 'a' }] } }],
  [{}, { spec: { requiresRepublish: true, seLinuxMount: true } }],
];

const csiNode: Kind = {
  kind: 'CSINode',
  apiVersion: 'storage.k8s.io/v1',
  resource: 'csinodes',
  base: { spec: { drivers: [{ name: 'a.b', nodeID: 'n', topologyKeys: ['k'] }] } },
};
const csiNodes: Fields[] = [
  {},
  { spec: null },
  ...[
    [],
    [{ name: '', nodeID: '' }],
    [{ name: 'A b', nodeID: 'x'.repeat(200) }],
    [
      { name: 'a', nodeID: 'n' },
      { name: 'a', nodeID: 'n' },
    ],
    [{ name: 'a', nodeID: 'n', topologyKeys: ['k', 'k', ''] }],
    [{ name: 'a', nodeID: 'n', topologyKeys: ['a b'] }],
    [{ name: 'a', nodeID: 'n', allocatable: { count: -1 } }],
    [{ name: 'a', nodeID: 'n', allocatable: { count: 3 } }],
  ].map((list) => ({ spec: { drivers: list } })),
];
const csiNodeChanges: [Fields, Fields][] = [
  [{}, { spec: { drivers: [{ name: 'a.b', nodeID: 'other' }] } }],
  [{}, { spec: { drivers: [] } }],
  [{}, { spec: { drivers: [{ name: 'a.b', nodeID: 'n', topologyKeys: ['k'], allocatable: { count: 3 } }] } }],
];

const priority: Kind = {
  kind: 'PriorityClass',
  apiVersion: 'scheduling.k8s.io/v1',
  resource: 'priorityclasses',
  base: { value: 10 },
};
const priorities: Fields[] = [
  {},
  { value: 2_000_000_000 },
  { value: -5 },
  { value: null },
  { preemptionPolicy: 'Odd' },
  { preemptionPolicy: 'Never' },
  { metadata: { name: 'system-<<namespace>>' } },
];
const priorityChanges: [Fields, Fields][] = [
  [{}, { value: 11 }],
  [{}, { preemptionPolicy: 'Never' }],
  [{}, { description: 'x' }],
];

const runtime: Kind = {
  kind: 'RuntimeClass',
  apiVersion: 'node.k8s.io/v1',
  resource: 'runtimeclasses',
  base: { handler: 'h' },
};
const runtimes: Fields[] = [
  {},
  { handler: '' },
  { handler: 'A b' },
  { overhead: { podFixed: { cpu: '1' } } },
  { overhead: { podFixed: { cpu: '-1', odd: '1' } } },
  { scheduling: { nodeSelector: { 'a b': 'c' } } },
  { scheduling: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } } },
  { scheduling: { tolerations: [{ key: 'a', operator: 'Odd' }] } },
  { scheduling: { tolerations: [{ key: 'a' }, { key: 'a' }] } },
];
const runtimeChanges: [Fields, Fields][] = [
  [{}, { handler: 'other' }],
  [{}, { scheduling: { nodeSelector: { a: 'b' } } }],
];

const ingressClass: Kind = {
  kind: 'IngressClass',
  apiVersion: 'networking.k8s.io/v1',
  resource: 'ingressclasses',
  base: { spec: { controller: 'example.com/c' } },
};
const ingressClasses: Fields[] = [
  {},
  { spec: { controller: '' } },
  { spec: { controller: 'a' } },
  { spec: { controller: 'A b/c' } },
  { spec: { controller: `a.b/${'x'.repeat(300)}` } },
  { spec: { parameters: {} } },
  { spec: { parameters: { kind: 'K', name: 'n' } } },
  { spec: { parameters: { kind: 'a/b', name: 'c%d', apiGroup: 'A' } } },
  { spec: { parameters: { kind: 'K', name: 'n', scope: 'Odd' } } },
  { spec: { parameters: { kind: 'K', name: 'n', scope: 'Namespace' } } },
  { spec: { parameters: { kind: 'K', name: 'n', scope: 'Namespace', namespace: 'A' } } },
  { spec: { parameters: { kind: 'K', name: 'n', scope: 'Cluster', namespace: 'a' } } },
  { spec: { parameters: { kind: 'K', name: 'n', scope: 'Namespace', namespace: 'a' } } },
];
const ingressClassChanges: [Fields, Fields][] = [
  [{}, { spec: { controller: 'example.com/d' } }],
  [{}, { spec: { parameters: { kind: 'K', name: 'n' } } }],
];

const endpoints: Kind = { kind: 'Endpoints', apiVersion: 'v1', resource: 'endpoints', namespaced: true, base: {} };
const addresses = [{ ip: '10.0.0.1' }];
const subsets: Fields[] = [
  {},
  ...[
    {},
    { addresses },
    { addresses, ports: [{ port: 80 }] },
    { addresses, ports: [{ port: 0 }, { port: 70_000, name: 'A' }] },
    { addresses, ports: [{ port: 80 }, { port: 81 }] },
    { addresses, ports: [{ port: 80, protocol: 'ICMP', name: 'a' }] },
    { addresses, ports: [{ port: 80, appProtocol: 'a b' }] },
    { addresses: [{ ip: 'x' }] },
    { addresses: [{ ip: '127.0.0.1' }, { ip: '0.0.0.0' }, { ip: '010.0.0.1' }, { ip: '::ffff:1.2.3.4' }] },
    { addresses: [{ ip: '2001:DB8::1', hostname: 'A', nodeName: 'B c' }] },
    { notReadyAddresses: [{ ip: '169.254.1.1' }], ports: [{ port: 1 }] },
  ].map((subset) => ({ subsets: [subset] })),
];

const slice: Kind = {
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  resource: 'endpointslices',
  namespaced: true,
  base: { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ name: 'a', port: 80 }] },
};
const slices: Fields[] = [
  {},
  { addressType: null },
  { addressType: 'Odd' },
  { addressType: 'IPv6' },
  { addressType: 'FQDN' },
  { addressType: 'FQDN', endpoints: [{ addresses: ['a.example.com', 'A b'] }] },
  { endpoints: [{ addresses: [] }] },
  { endpoints: [{ addresses: ['x', '127.0.0.1', '010.0.0.1'] }] },
  { endpoints: [{ addresses: ['10.0.0.1'], hostname: 'A', nodeName: 'B c' }] },
  { endpoints: [{ addresses: ['10.0.0.1'], hints: { forZones: [{ name: '' }, { name: 'a' }, { name: 'a' }] } }] },
  { endpoints: [{ addresses: ['10.0.0.1'], deprecatedTopology: { 'a b': 'c' } }] },
  { endpoints: Array.from({ length: 1001 }, () => ({ addresses: ['10.0.0.1'] })) },
  { ports: [{ name: 'A', port: 0 }] },
  { ports: [{ port: 80 }, { port: 81 }] },
  { ports: [{ name: 'a', protocol: 'ICMP' }] },
  { ports: [{ name: 'a', appProtocol: 'a b' }] },
];
const sliceChanges: [Fields, Fields][] = [
  [{}, { addressType: 'IPv6' }],
  [{}, { endpoints: [{ addresses: ['10.0.0.2'] }] }],
  [{}, { metadata: { labels: { a: 'b' } } }],
];

const account: Kind = {
  kind: 'ServiceAccount',
  apiVersion: 'v1',
  resource: 'serviceaccounts',
  namespaced: true,
  base: {},
};
const accounts: Fields[] = [
  {},
  { secrets: [{ name: 'a' }, { name: 'a' }] },
  { secrets: [{ name: 'a', kind: 'Secret', namespace: 'n' }, { kind: 'K' }] },
  { imagePullSecrets: [{ name: '' }] },
  { automountServiceAccountToken: false },
  { metadata: { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } } },
];

const containers = [{ name: 'c', image: 'i:1' }];
const podTemplate: Kind = {
  kind: 'PodTemplate',
  apiVersion: 'v1',
  resource: 'podtemplates',
  namespaced: true,
  base: { template: { spec: { containers } } },
};
const podTemplates: Fields[] = [
  {},
  { template: null },
  { template: { spec: { containers: [] } } },
  { template: { metadata: { labels: { 'a b': 'c' } } } },
  { template: { spec: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } } } },
];

const revision: Kind = {
  kind: 'ControllerRevision',
  apiVersion: 'apps/v1',
  resource: 'controllerrevisions',
  namespaced: true,
  base: { revision: 1, data: { a: 1 } },
};
const revisions: Fields[] = [{}, { revision: -1 }, { data: null }, { data: 'x' }, { revision: null }];
const revisionChanges: [Fields, Fields][] = [
  [{}, { revision: 2 }],
  [{}, { data: { a: 2 } }],
  [{}, { revision: -2 }],
];

const controller: Kind = {
  kind: 'ReplicationController',
  apiVersion: 'v1',
  resource: 'replicationcontrollers',
  namespaced: true,
  base: { spec: { selector: { app: 'x' }, template: { metadata: { labels: { app: 'x' } }, spec: { containers } } } },
};
const controllers: Fields[] = [
  {},
  { spec: null },
  ...[
    { selector: null },
    { selector: { app: 'y' } },
    { replicas: -1 },
    { minReadySeconds: -1 },
    { template: null },
    { template: { spec: { restartPolicy: 'Never', activeDeadlineSeconds: 5 } } },
    { template: { metadata: { labels: { 'a b': 'c' } } } },
    { template: { spec: { containers: [] } } },
  ].map((spec) => ({ spec })),
];
const controllerStates: [Fields, Fields][] = [
  [{}, { status: { replicas: -1 } }],
  [{}, { status: { replicas: 1, fullyLabeledReplicas: 2, readyReplicas: 2, availableReplicas: 3 } }],
  [{}, { status: { replicas: 3, readyReplicas: 1, availableReplicas: 2 } }],
];

export const plainKindGroups: Readonly<Record<string, Case[]>> = {
  VolumeAttachments: [
    ...creations(attachment, attachments),
    ...updates(attachment, [
      [{}, { spec: { nodeName: 'm' } }],
      [{}, { status: { attached: true } }],
    ]),
    ...updates(attachment, attachmentStates, '/status'),
  ],
  CSIDrivers: [...creations(driver, drivers), ...updates(driver, driverChanges)],
  CSINodes: [...creations(csiNode, csiNodes), ...updates(csiNode, csiNodeChanges)],
  PriorityClasses: [...creations(priority, priorities), ...updates(priority, priorityChanges)],
  RuntimeClasses: [...creations(runtime, runtimes), ...updates(runtime, runtimeChanges)],
  IngressClasses: [...creations(ingressClass, ingressClasses), ...updates(ingressClass, ingressClassChanges)],
  Endpoints: creations(endpoints, subsets),
  EndpointSlices: [...creations(slice, slices), ...updates(slice, sliceChanges)],
  ServiceAccounts: creations(account, accounts),
  PodTemplates: creations(podTemplate, podTemplates),
  ControllerRevisions: [...creations(revision, revisions), ...updates(revision, revisionChanges)],
  ReplicationControllers: [
    ...creations(controller, controllers),
    ...updates(controller, [[{}, { spec: { replicas: 3, selector: { app: 'y' } } }]]),
    ...updates(controller, controllerStates, '/status'),
  ],
  ...quotaGroups,
  ...webhookGroups,
  ...valueGroups,
  ...workloadStatusGroups,
  'classes for who names none': [defaultClassCase],
};
