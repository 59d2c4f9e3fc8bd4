/** Values of single fields that have rules of their own: addresses, taints, labels with a meaning, lists that are empty. */

import { resourceSlice } from './device-slice-cases.ts';
import { bodyOf, creations, type Fields, made, type PlainKind, patched, updates } from './kind-steps.ts';
import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

const node: PlainKind = { kind: 'Node', apiVersion: 'v1', resource: 'nodes', base: {} };
const taint = { key: 'a', value: 'b', effect: 'NoSchedule' };
const nodes: Fields[] = [
  {},
  ...[
    { taints: [{}] },
    { taints: [{ ...taint, key: 'a b', value: 'c d' }] },
    { taints: [taint, { ...taint, value: 'c' }] },
    { taints: [taint, { ...taint, effect: 'NoExecute' }] },
    { externalID: 'x' },
    { configSource: { configMap: { name: 'c' } } },
    { podCIDR: '10.0.0.1/8' },
    { podCIDRs: ['10.0.0.0/8', '2001:DB8::/64'] },
    { podCIDRs: ['10.0.0.0/8', '10.1.0.0/16'] },
    { podCIDRs: ['10.0.0.0/8', '2001:db8::/64', '2001:db9::/64'] },
  ].map((spec) => ({ spec })),
  ...[
    { capacity: { pods: '1.5', cpu: '1.5' } },
    { capacity: { 'example.com/gpu': '500m' }, allocatable: { pods: '-1' } },
    { config: { error: 'x' } },
  ].map((status) => ({ status })),
];
const nodeChanges: [Fields, Fields][] = [
  [{}, { spec: { externalID: 'x' } }],
  [{ spec: { externalID: 'x' } }, { spec: { externalID: null } }],
  [{ spec: { externalID: 'x' } }, { spec: { unschedulable: true } }],
  [{}, { spec: { configSource: { configMap: { name: 'c' } } } }],
  [{}, { spec: { taints: [taint, taint] } }],
];
const address = { type: 'InternalIP', address: '192.0.2.1' };
const nodeStates: [Fields, Fields][] = [
  [{}, { status: { addresses: [address, address] } }],
  [{}, { status: { capacity: { pods: '1.5' } } }],
  [{}, { status: { config: { error: 'x' } } }],
];

const space: PlainKind = { kind: 'Namespace', apiVersion: 'v1', resource: 'namespaces', base: {} };
const security = (mode: string, value: string): Fields => ({
  metadata: { labels: { [`pod-security.kubernetes.io/${mode}`]: value } },
});
const labels = [
  security('enforce', 'baseline'),
  security('enforce', 'Odd'),
  security('warn', ''),
  security('audit', 'restricted'),
  security('audit-version', 'latest'),
  security('warn-version', 'v1.30'),
  security('enforce-version', 'v1.030'),
  security('enforce-version', 'v2.0'),
];

const ipAddress: PlainKind = {
  kind: 'IPAddress',
  apiVersion: 'networking.k8s.io/v1',
  resource: 'ipaddresses',
  base: { spec: { parentRef: { resource: 'services', name: 's', namespace: 'n' } } },
};
const addressNames = ['a', '192.000.2.1', '2001:DB8::1', '::ffff:1.2.3.4', '0:0::1'];
/** All are refused: their names are not the sequence's own. */
const addresses: Fields[] = [
  ...addressNames.map((name) => ({ metadata: { name } })),
  ...[
    null,
    { parentRef: null },
    { parentRef: { resource: null, name: null } },
    { parentRef: { group: 'A', resource: 'a/b', name: 'c%d', namespace: '..' } },
    { parentRef: { resource: '' } },
  ].map((spec) => ({ metadata: { name: '192.0.2.77' }, spec })),
];

const range: PlainKind = {
  kind: 'ServiceCIDR',
  apiVersion: 'networking.k8s.io/v1',
  resource: 'servicecidrs',
  base: {},
};
const cidrs = [
  [],
  ['x'],
  ['10.0.0.1/8'],
  ['2001:DB8::/64'],
  ['10.70.0.0/24', '10.71.0.0/24'],
  ['10.70.0.0/24', '2001:db8::/64', '10.71.0.0/24'],
].map((list) => ({ spec: { cidrs: list } }));

const slice: PlainKind = {
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  resource: 'endpointslices',
  namespaced: true,
  base: { addressType: 'IPv6', endpoints: [{ addresses: ['2001:db8::1'] }] },
};
const slices: Fields[] = [
  {},
  ...['2001:DB8::1', '0:0::1:1', '::ffff:1.2.3.4', '1.2.3.4', '::1', 'x'].map((one) => ({
    endpoints: [{ addresses: [one] }],
  })),
];

const drivers: PlainKind = {
  kind: 'CSIDriver',
  apiVersion: 'storage.k8s.io/v1',
  resource: 'csidrivers',
  base: { spec: {} },
};
const priority: PlainKind = {
  kind: 'PriorityClass',
  apiVersion: 'scheduling.k8s.io/v1',
  resource: 'priorityclasses',
  base: { value: 1 },
};
const ingressClass: PlainKind = {
  kind: 'IngressClass',
  apiVersion: 'networking.k8s.io/v1',
  resource: 'ingressclasses',
  base: { spec: { controller: 'example.com/c' } },
};

const pod: PlainKind = {
  kind: 'Pod',
  apiVersion: 'v1',
  resource: 'pods',
  namespaced: true,
  base: { spec: { containers: [{ name: 'c', image: 'i:1' }] } },
};
const TOLERATIONS = 'scheduler.alpha.kubernetes.io/tolerations';
const annotated = (text: string): Fields => ({ metadata: { annotations: { [TOLERATIONS]: text } } });
const pods: Fields[] = [
  { spec: { hostAliases: [{ ip: '010.0.0.1', hostnames: ['a'] }, { ip: '::ffff:1.2.3.4' }, { ip: 'x' }] } },
  { spec: { dnsConfig: { nameservers: ['010.0.0.1', '::ffff:1.2.3.4'] } } },
  annotated(''),
  annotated('x'),
  annotated('{}'),
  annotated('5'),
  annotated('[{"key":"a","operator":"Odd"}]'),
  annotated('[{"key":"a","operator":"Exists"}]'),
  { spec: { overhead: {} } },
  { spec: { resources: { claims: [], limits: { cpu: '1' } } } },
  { spec: { containers: [{ name: 'c', image: 'i:1', resources: { claims: [] } }] } },
  { spec: { securityContext: { supplementalGroups: [] } } },
  { spec: { os: { name: 'windows' }, securityContext: { supplementalGroups: [] } } },
];

const autoscaler: PlainKind = {
  kind: 'HorizontalPodAutoscaler',
  apiVersion: 'autoscaling/v2',
  resource: 'horizontalpodautoscalers',
  namespaced: true,
  base: { spec: { scaleTargetRef: { kind: 'Deployment', name: 'd' }, maxReplicas: 5 } },
};
const behaviors: Fields[] = [
  { scaleUp: { policies: [] } },
  { scaleDown: { policies: [] } },
  { scaleUp: { selectPolicy: '' } },
].map((behavior) => ({ spec: { behavior } }));

const template: PlainKind = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  resource: 'deployments',
  namespaced: true,
  base: {
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
    },
  },
};

const deviceClass: PlainKind = {
  kind: 'DeviceClass',
  apiVersion: 'resource.k8s.io/v1',
  resource: 'deviceclasses',
  base: { spec: { selectors: [{ cel: { expression: 'true' } }] } },
};

const systemClasses: Step[] = ['system-node-critical', 'system-cluster-critical'].flatMap((name): Step[] => {
  const path = `/apis/scheduling.k8s.io/v1/priorityclasses/${name}`;
  return [
    { method: 'GET', path, until: { status: 200 }, isUncompared: true },
    // Without who made it, which is told by the name of the server's own program.
    {
      method: 'PATCH',
      path,
      query: { dryRun: 'All' },
      contentType: 'application/merge-patch+json',
      body: { metadata: { managedFields: [{}] } },
    },
    made(priority, { metadata: { name } }),
    { method: 'DELETE', path },
  ];
});

/** Both are told of, and a policy denies. */
const policy = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolic';
const warned: Step[] = [
  made(node),
  {
    method: 'POST',
    path: `${policy}ies`,
    body: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'warned-<<namespace>>' },
      spec: {
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              operations: ['UPDATE'],
              resources: ['nodes'],
              resourceNames: ['<<namespace>>-x'],
            },
          ],
        },
        validations: [{ expression: 'false', message: 'no' }],
      },
    },
  },
  {
    method: 'POST',
    path: `${policy}ybindings`,
    isUncompared: true,
    body: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'warned-<<namespace>>' },
      spec: { policyName: 'warned-<<namespace>>', validationActions: ['Deny'] },
    },
  },
  { ...patched(node, { metadata: { labels: { a: 'b' } } }), query: { dryRun: 'All' }, until: { status: 422 } },
  patched(node, { spec: { podCIDRs: ['2001:DB8::/64'] } }),
];

export const valueGroups: Readonly<Record<string, Case[]>> = {
  'values of nodes': [
    ...creations(node, nodes),
    ...updates(node, nodeChanges),
    ...updates(node, nodeStates, '/status'),
    { name: 'a warning before a denial', steps: warned },
  ],
  'labels about the safety of pods': [
    ...creations(space, labels),
    ...updates(
      space,
      labels.map((label): [Fields, Fields] => [{}, label]),
    ),
  ],
  'addresses and ranges': [
    ...creations(ipAddress, addresses),
    ...creations(range, cidrs),
    ...creations(slice, slices),
    ...updates(slice, [[{}, { endpoints: [{ addresses: ['2001:DB8::1'] }] }]]),
  ],
  'empty texts': [
    ...creations(drivers, [{ spec: { fsGroupPolicy: '' } }]),
    ...creations(priority, [{ preemptionPolicy: '' }]),
    ...creations(ingressClass, [{ spec: { parameters: { kind: 'K', name: 'n', scope: '' } } }]),
    ...updates(drivers, [[{}, { spec: { fsGroupPolicy: '' } }]]),
    ...updates(priority, [[{}, { preemptionPolicy: '' }]]),
  ],
  'values and empty lists in pods': [
    ...creations(pod, pods),
    ...creations(
      template,
      pods.slice(2).map((one) => ({ spec: { template: one } })),
    ),
    ...creations(autoscaler, behaviors),
    ...updates(
      autoscaler,
      behaviors.map((behavior): [Fields, Fields] => [{}, behavior]),
    ),
  ],
  'generations of devices': [
    ...updates(deviceClass, [
      [{}, { spec: { selectors: null } }],
      [{}, { metadata: { labels: { a: 'b' } } }],
    ]),
    ...updates(resourceSlice, [[{}, { metadata: { labels: { a: 'b' } } }]]),
  ],
  'classes of the system': [{ name: 'they are there and stay', steps: systemClasses }],
};

/** How a class becomes the one of who names none, and how it ends. Each server learns of it a moment later. */
function defaulted(kind: PlainKind, mark: Fields, dependent: PlainKind, field: string): Step[] {
  const asked = (until: object): Step => ({
    method: 'POST',
    path: made(dependent).path,
    query: { dryRun: 'All' },
    body: bodyOf(dependent, { metadata: { name: null, generateName: 'y-' } }),
    until: { status: 201, ...until },
  });
  const path = `${made(kind).path}/<<namespace>>-x`;
  return [
    made(kind, mark),
    asked({ text: `"${field}":"<<namespace>>-x"` }),
    made(dependent),
    { method: 'DELETE', path },
    asked({ lacks: `"${field}":` }),
  ];
}

const storageClass: PlainKind = {
  kind: 'StorageClass',
  apiVersion: 'storage.k8s.io/v1',
  resource: 'storageclasses',
  base: { provisioner: 'example.com/p' },
};
const claim: PlainKind = {
  kind: 'PersistentVolumeClaim',
  apiVersion: 'v1',
  resource: 'persistentvolumeclaims',
  namespaced: true,
  base: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
};
const ingress: PlainKind = {
  kind: 'Ingress',
  apiVersion: 'networking.k8s.io/v1',
  resource: 'ingresses',
  namespaced: true,
  base: { spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } } },
};
const marked = (key: string): Fields => ({ metadata: { annotations: { [key]: 'true' } } });

/** One after the other, and beside nothing else: each changes what everybody gets. */
export const defaultClassCase: Case = {
  name: 'classes for who names none',
  steps: [
    ...defaulted(storageClass, marked('storageclass.kubernetes.io/is-default-class'), claim, 'storageClassName'),
    ...defaulted(ingressClass, marked('ingressclass.kubernetes.io/is-default-class'), ingress, 'ingressClassName'),
    ...defaulted(priority, { globalDefault: true }, pod, 'priorityClassName'),
  ],
};
