/** Services: what of their specs is taken and refused, and what becomes of them when their type changes. */

import { type Case, contentTypes, merged } from './single-changes.ts';

type Fields = Record<string, unknown>;

const path = '/api/v1/namespaces/<<namespace>>/services';
const plain: Fields = { ports: [{ name: 'web', port: 80, protocol: 'TCP' }], selector: { app: 'x' } };
const base = (more: Fields): Fields => merged(plain, more);
const made = (spec: Fields, name = 's') => ({
  method: 'POST',
  path,
  body: { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec },
});
const read = { method: 'GET', path: `${path}/s` };

/** Below those that servers give on their own; each is asked for once, since sequences share a server. */
let lastPort = 30_000;
const ownPort = (): number => ++lastPort;
let lastAddress = 20;
const ownAddress = (): string => `10.96.0.${++lastAddress}`;

const ports: Fields[] = [
  { ports: [] },
  { ports: null },
  { ports: [{ port: 80 }, { port: 81 }] },
  { ports: [{ port: 0 }] },
  { ports: [{ port: 65_536, targetPort: -1 }] },
  { ports: [{ port: 80, targetPort: 'Web' }] },
  { ports: [{ port: 80, targetPort: '' }] },
  { ports: [{ port: 80, protocol: 'ICMP' }] },
  { ports: [{ port: 80, appProtocol: 'kubernetes.io/h2c' }] },
  { ports: [{ port: 80, appProtocol: 'a b' }] },
  { ports: [{ port: 80, appProtocol: '' }] },
  {
    ports: [
      { name: 'a', port: 53 },
      { name: 'b', port: 53, protocol: 'UDP' },
    ],
  },
  {
    ports: [
      { name: 'a', port: 53 },
      { name: 'a', port: 53 },
    ],
  },
  { ports: [{ name: 'A', port: 80 }] },
  { ports: [{ port: 80, nodePort: 30_000 }] },
  ...['NodePort', 'LoadBalancer'].flatMap((type) => [
    { type, ports: [{ port: 80, nodePort: 80 }] },
    { type, ports: [{ port: 80, nodePort: -1 }] },
    { type, ports: [{ port: 80, nodePort: 32_768 }] },
    { type, ports: [{ port: 80, nodePort: ownPort() }] },
    {
      type,
      ports: [
        { name: 'a', port: 53 },
        { name: 'b', port: 53, protocol: 'UDP' },
      ],
    },
    {
      type,
      ports: [
        { name: 'a', port: 53, nodePort: ownPort() },
        { name: 'b', port: 53, protocol: 'UDP', nodePort: lastPort },
      ],
    },
    {
      type,
      ports: [
        { name: 'a', port: 53, nodePort: ownPort() },
        { name: 'b', port: 54, nodePort: lastPort },
      ],
    },
    {
      type,
      ports: [
        { name: 'a', port: 53 },
        { name: 'b', port: 53, protocol: 'UDP', nodePort: ownPort() },
      ],
    },
    {
      type,
      ports: [
        { name: 'a', port: 53, nodePort: ownPort() },
        { name: 'b', port: 53, protocol: 'UDP', nodePort: ownPort() },
      ],
    },
  ]),
];

const addresses: Fields[] = [
  { clusterIP: 'None' },
  { clusterIP: 'None', selector: null },
  { clusterIP: 'None', selector: null, ipFamilyPolicy: 'SingleStack' },
  { clusterIP: 'None', selector: null, ipFamilies: ['IPv6'] },
  { clusterIP: 'None', ipFamilies: ['IPv6'] },
  { clusterIP: 'None', ports: null },
  { clusterIP: 'None', type: 'NodePort' },
  { clusterIP: 'None', type: 'LoadBalancer' },
  { clusterIP: 'None', clusterIPs: ['None', '10.96.0.9'] },
  { clusterIP: ownAddress() },
  { clusterIPs: [ownAddress()] },
  { clusterIP: ownAddress(), clusterIPs: [`10.96.0.${lastAddress}`] },
  { clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.9'] },
  { clusterIP: '10.97.0.8' },
  { clusterIP: '10.96.0.0' },
  { clusterIP: '10.96.255.255' },
  { clusterIP: '::1' },
  { clusterIP: '10.96.0.08' },
  { clusterIP: 'none' },
  { clusterIP: 'x' },
  { clusterIPs: ['10.96.0.7', '10.96.0.8'] },
  { clusterIPs: ['10.96.0.7', 'fd00::1'] },
  { clusterIPs: ['10.96.0.7', 'fd00::1', 'x'] },
  { ipFamilies: ['IPv4'] },
  { ipFamilies: ['IPv6'] },
  { ipFamilies: ['IPv5'] },
  { ipFamilies: ['IPv4', 'IPv4'] },
  { ipFamilies: ['IPv4', 'IPv6'] },
  { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' },
  { ipFamilies: ['IPv6'], clusterIP: '10.96.0.7' },
  { ipFamilyPolicy: 'SingleStack' },
  { ipFamilyPolicy: 'PreferDualStack' },
  { ipFamilyPolicy: 'RequireDualStack' },
  { ipFamilyPolicy: 'Odd' },
];

const traffic: Fields[] = [
  { sessionAffinity: 'Odd' },
  { sessionAffinity: 'ClientIP' },
  { sessionAffinity: 'ClientIP', sessionAffinityConfig: {} },
  { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: {} } },
  { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } },
  { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86_401 } } },
  { sessionAffinity: 'None', sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } },
  { sessionAffinityConfig: {} },
  { sessionAffinity: 'Odd', sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } },
  { internalTrafficPolicy: 'Local' },
  { internalTrafficPolicy: 'Odd' },
  { externalTrafficPolicy: 'Local' },
  { externalTrafficPolicy: 'Cluster', externalIPs: ['1.2.3.4'] },
  { externalIPs: ['1.2.3.4'] },
  ...[
    ['x'],
    ['0.0.0.0'],
    ['::'],
    ['127.0.0.1'],
    ['::1'],
    ['169.254.1.1'],
    ['224.0.0.1'],
    ['ff02::1'],
    ['fe80::1'],
    ['fd00::1', '1.2.3.4'],
    ['01.2.3.4'],
    ['::ffff:1.2.3.4'],
    ['2001:DB8::1'],
    ['1.2.3.4', '1.2.3.4'],
  ].map((externalIPs) => ({ externalIPs })),
  ...['PreferClose', 'PreferSameZone', 'PreferSameNode', 'Odd', ''].map((trafficDistribution) => ({
    trafficDistribution,
  })),
  { publishNotReadyAddresses: true },
  { selector: { 'a b': 'c' } },
  { selector: { a: 'b c' } },
  { type: 'Odd' },
  { type: '' },
  { type: 'ExternalName' },
  { type: 'NodePort', externalTrafficPolicy: 'Local' },
  { type: 'NodePort', externalTrafficPolicy: 'Odd' },
  { type: 'NodePort', healthCheckNodePort: ownPort() },
];

const named = (more: Fields): Fields => ({ type: 'ExternalName', externalName: 'a.example.com', ...more });
const balanced = (more: Fields): Fields => base({ type: 'LoadBalancer', ...more });
const outside: Fields[] = [
  named({}),
  named({ externalName: 'a.example.com.' }),
  named({ externalName: 'A' }),
  named({ externalName: '.' }),
  named({ externalName: '1.2.3.4' }),
  named({ ports: [{ port: 80 }] }),
  named({ ports: [{ port: 80, nodePort: 30_000 }] }),
  named({ clusterIP: 'None' }),
  named({ clusterIP: '10.96.0.7' }),
  named({ ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }),
  named({ selector: { app: 'x' }, externalIPs: ['1.2.3.4'] }),
  named({ externalTrafficPolicy: 'Local' }),
  named({ sessionAffinity: 'ClientIP' }),
  balanced({}),
  balanced({ allocateLoadBalancerNodePorts: false }),
  balanced({ allocateLoadBalancerNodePorts: false, ports: [{ port: 80, nodePort: ownPort() }] }),
  balanced({ loadBalancerClass: 'example.com/lb' }),
  balanced({ loadBalancerClass: 'a b' }),
  balanced({ loadBalancerClass: '' }),
  balanced({ loadBalancerIP: '1.2.3.4' }),
  balanced({ loadBalancerIP: 'x' }),
  ...[
    ['10.0.0.0/8'],
    [' 10.0.0.0/8 '],
    ['10.0.0.0'],
    ['10.0.0.1/8'],
    ['x', '10.0.0.0/33'],
    ['010.0.0.0/8'],
    ['::/0'],
  ].map((loadBalancerSourceRanges) => balanced({ loadBalancerSourceRanges })),
  balanced({ externalTrafficPolicy: 'Local' }),
  balanced({ externalTrafficPolicy: 'Local', healthCheckNodePort: ownPort() }),
  balanced({ externalTrafficPolicy: 'Local', healthCheckNodePort: 80 }),
  balanced({ externalTrafficPolicy: 'Local', healthCheckNodePort: 70_000 }),
  balanced({ healthCheckNodePort: 30_000 }),
  base({ loadBalancerSourceRanges: ['10.0.0.0/8'] }),
  base({ loadBalancerSourceRanges: ['x'] }),
  base({ loadBalancerClass: 'a/b' }),
  base({ allocateLoadBalancerNodePorts: true }),
];

const creations = (specs: readonly Fields[]): Case[] =>
  specs.map((spec) => ({ name: JSON.stringify(spec), steps: [made(spec), read] }));

/** From one spec to another, by a patch, and by a PUT of one who knows nothing of what was given. */
function changes(specs: readonly [from: Fields, patch: Fields][]): Case[] {
  return specs.flatMap(([from, patch]) => {
    const patched = { method: 'PATCH', path: `${path}/s`, contentType: contentTypes.merge, body: { spec: patch } };
    const put = { ...made(base(from)).body, spec: merged(base(from), patch) };
    const name = `${JSON.stringify(from)} to ${JSON.stringify(patch)}`;
    return [
      { name: `patched ${name}`, steps: [made(base(from)), patched, read] },
      { name: `put ${name}`, steps: [made(base(from)), { method: 'PUT', path: `${path}/s`, body: put }, read] },
    ];
  });
}

const types: Record<string, Fields> = {
  ClusterIP: {},
  NodePort: { type: 'NodePort' },
  LoadBalancer: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', loadBalancerClass: 'a/b' },
  ExternalName: { type: 'ExternalName', externalName: 'a.b' },
  headless: { clusterIP: 'None' },
};
const transitions = Object.values(types).flatMap((from) =>
  Object.values(types)
    .filter((to) => to !== from)
    .map((to): [Fields, Fields] => [from, { type: 'ClusterIP', ...to }]),
);

const two = [
  { name: 'web', port: 80 },
  { name: 'more', port: 81 },
];
const edits: [Fields, Fields][] = [
  [{}, { clusterIP: '10.96.0.9' }],
  [{}, { clusterIP: null }],
  [{}, { clusterIP: null, clusterIPs: null }],
  [{}, { clusterIPs: ['10.96.0.9'] }],
  [{}, { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] }],
  [{}, { clusterIP: '' }],
  [{}, { clusterIPs: [] }],
  [{}, { ipFamilies: ['IPv6'] }],
  [{}, { ipFamilies: ['IPv4', 'IPv6'] }],
  [{}, { ipFamilies: [] }],
  [{}, { ipFamilyPolicy: 'RequireDualStack' }],
  [{}, { ipFamilyPolicy: 'PreferDualStack' }],
  [{ ipFamilyPolicy: 'PreferDualStack' }, { ipFamilyPolicy: 'SingleStack' }],
  [{ ipFamilyPolicy: 'PreferDualStack' }, { ports: two }],
  [{}, { type: 'ExternalName' }],
  [{}, { type: 'ExternalName', externalName: 'a.b', clusterIP: '', clusterIPs: null }],
  [
    { type: 'ExternalName', externalName: 'a.b' },
    { type: 'ClusterIP', externalName: null },
  ],
  [
    { type: 'ExternalName', externalName: 'a.b' },
    { type: 'ClusterIP', clusterIP: 'None' },
  ],
  [{ type: 'ExternalName', externalName: 'a.b', ports: null }, { type: 'ClusterIP' }],
  [{ clusterIP: 'None' }, { clusterIP: '' }],
  [{ clusterIP: 'None', selector: null }, { selector: { app: 'y' } }],
  [{ clusterIP: 'None' }, { selector: null }],
  [{ clusterIP: 'None' }, { ipFamilies: ['IPv6'] }],
  [{ type: 'NodePort' }, { ports: two }],
  [{ type: 'NodePort' }, { ports: [{ name: 'other', port: 80 }] }],
  [
    { type: 'NodePort', ports: [{ name: 'web', port: 80, nodePort: ownPort() }] },
    { ports: [{ name: 'web', port: 81 }] },
  ],
  [
    { type: 'NodePort', ports: [{ name: 'web', port: 80, nodePort: ownPort() }] },
    { ports: [{ name: 'web', port: 80, nodePort: ownPort() }] },
  ],
  [
    { type: 'NodePort', ports: [{ name: 'web', port: 80, nodePort: ownPort() }] },
    {
      ports: [
        { name: 'web', port: 80, nodePort: lastPort },
        { name: 'more', port: 81, nodePort: lastPort },
      ],
    },
  ],
  [
    { type: 'NodePort', ports: [{ name: 'web', port: 80, nodePort: ownPort() }] },
    { type: 'ClusterIP', ports: [{ name: 'web', port: 80, nodePort: 30_000 }] },
  ],
  [{ type: 'NodePort' }, { ports: [{ name: 'web', port: 80, nodePort: 80 }] }],
  [{ type: 'NodePort', ports: [{ port: 80 }] }, { ports: [{ port: 80 }, { port: 443 }] }],
  [{ type: 'LoadBalancer' }, { allocateLoadBalancerNodePorts: false }],
  [{ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }, { allocateLoadBalancerNodePorts: true }],
  [{ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }, { ports: two }],
  [{ type: 'LoadBalancer' }, { loadBalancerClass: 'a/b' }],
  [{ type: 'LoadBalancer', loadBalancerClass: 'a/b' }, { loadBalancerClass: 'a/c' }],
  [{ type: 'LoadBalancer', loadBalancerClass: 'a/b' }, { loadBalancerClass: null }],
  [
    { type: 'LoadBalancer', loadBalancerClass: 'a/b' },
    { type: 'ClusterIP', loadBalancerClass: 'a/c' },
  ],
  [{ type: 'LoadBalancer', externalTrafficPolicy: 'Local' }, { externalTrafficPolicy: 'Cluster' }],
  [{ type: 'LoadBalancer' }, { externalTrafficPolicy: 'Local' }],
  [{ type: 'LoadBalancer' }, { externalTrafficPolicy: 'Local', healthCheckNodePort: ownPort() }],
  [{ type: 'LoadBalancer', externalTrafficPolicy: 'Local' }, { healthCheckNodePort: 30_000 }],
  [{ type: 'LoadBalancer', externalTrafficPolicy: 'Local' }, { healthCheckNodePort: null }],
  [{ type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8'] }, { type: 'NodePort' }],
  [
    { type: 'NodePort', externalTrafficPolicy: 'Local' },
    { type: 'ClusterIP', externalTrafficPolicy: 'Cluster' },
  ],
  [{ externalIPs: ['1.2.3.4'] }, { externalIPs: null }],
  [{}, { externalIPs: ['127.0.0.1'] }],
  [{}, { sessionAffinity: 'ClientIP' }],
  [{ sessionAffinity: 'ClientIP' }, { sessionAffinity: 'None' }],
  [{ sessionAffinity: 'ClientIP' }, { sessionAffinity: 'None', sessionAffinityConfig: null }],
  [{}, { internalTrafficPolicy: null }],
  [{}, { internalTrafficPolicy: 'Local' }],
  [{ trafficDistribution: 'PreferClose' }, { trafficDistribution: null }],
  [{}, { trafficDistribution: 'PreferSameNode' }],
  [{}, { type: null }],
  [{}, { ports: [] }],
];

const taken = ownPort();
const takenAddress = ownAddress();
const clashes: Case[] = [
  ...[
    { type: 'NodePort', ports: [{ port: 80, nodePort: taken }] },
    { type: 'NodePort', ports: [{ port: 80, protocol: 'UDP', nodePort: taken }] },
    { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: taken },
    { clusterIP: takenAddress },
  ].map((spec) => ({
    name: `another has it: ${JSON.stringify(spec)}`,
    steps: [{ ...made(base(spec), 'other'), query: { dryRun: 'All' } }],
  })),
];
const first = made(
  base({ type: 'NodePort', clusterIP: takenAddress, ports: [{ port: 80, nodePort: taken }] }),
  'first',
);

const annotated = (annotations: Fields, spec: Fields): Case => ({
  name: `annotated ${JSON.stringify(annotations)} ${JSON.stringify(spec)}`,
  steps: [{ ...made(base(spec)), body: { ...made(base(spec)).body, metadata: { name: 's', annotations } } }],
});
const RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const annotations: Case[] = [
  annotated({ [RANGES]: '10.0.0.0/8, 1.2.3.4/32' }, { type: 'LoadBalancer' }),
  annotated({ [RANGES]: 'x' }, { type: 'LoadBalancer' }),
  annotated({ [RANGES]: '' }, { type: 'LoadBalancer' }),
  annotated({ [RANGES]: '10.0.0.0/8' }, {}),
  annotated(
    { 'service.kubernetes.io/topology-aware-hints': 'Auto', 'service.kubernetes.io/topology-mode': 'Disabled' },
    {},
  ),
  annotated({ 'service.kubernetes.io/topology-mode': 'Auto' }, { trafficDistribution: 'PreferClose' }),
];

export const serviceGroups: Readonly<Record<string, Case[]>> = {
  'ports of Services': creations(ports.map(base)),
  'addresses of Services': creations(addresses.map(base)),
  'traffic of Services': creations(traffic.map(base)),
  'Services reached from outside': creations(outside),
  'Services that change their type': changes(transitions),
  'changes of Services': changes(edits),
  'Services that ask for what is taken': [
    { name: 'taken', steps: [first, ...clashes.flatMap(({ steps }) => steps)] },
    ...annotations,
  ],
};
