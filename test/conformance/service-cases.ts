/** Services: what of their specs is taken and what is refused. */

import { base, type Fields, made, ownAddress, ownPort, path, read, sameAddress, samePort } from './service-steps.ts';
import { type Case, contentTypes } from './single-changes.ts';
import type { Step } from './step.ts';

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
        { name: 'b', port: 53, protocol: 'UDP', nodePort: samePort() },
      ],
    },
    {
      type,
      ports: [
        { name: 'a', port: 53, nodePort: ownPort() },
        { name: 'b', port: 54, nodePort: samePort() },
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
  { clusterIP: ownAddress(), clusterIPs: [sameAddress()] },
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
  { internalTrafficPolicy: '' },
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

const taken = ownPort();
const takenAddress = ownAddress();
const clashing: Fields[] = [
  { type: 'NodePort', clusterIP: takenAddress, ports: [{ port: 80, nodePort: taken }] },
  { type: 'NodePort', ports: [{ port: 80, nodePort: taken }] },
  { type: 'NodePort', ports: [{ port: 80, protocol: 'UDP', nodePort: taken }] },
  { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: taken },
  { clusterIP: takenAddress },
  { clusterIP: ownAddress() },
];
const clashes = clashing.flatMap((spec, index): Step[] => {
  const step = made(base(spec), `s${index}`);
  return index === 0 ? [step] : [{ ...step, query: { dryRun: 'All' } }, step];
});
const ingress: Case[] = [
  { ip: '1.2.3.4' },
  { ip: '1.2.3.4', ipMode: 'Odd' },
  { ip: '01.2.3.4' },
  { ip: 'x' },
  { ipMode: 'VIP' },
  { hostname: 'a.b' },
  { hostname: 'A' },
  { hostname: '1.2.3.4' },
].map((one) => ({
  name: `a balancer at ${JSON.stringify(one)}`,
  steps: [
    made(balanced({})),
    {
      method: 'PATCH',
      path: `${path}/s/status`,
      contentType: contentTypes.merge,
      body: { status: { loadBalancer: { ingress: [one] } } },
    },
  ],
}));

const annotated = (given: Fields, spec: Fields): Case => ({
  name: `annotated ${JSON.stringify(given)} ${JSON.stringify(spec)}`,
  steps: [{ ...made(base(spec)), body: { ...made(base(spec)).body, metadata: { name: 's', annotations: given } } }],
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
  'Services reached from outside': [...creations(outside), ...annotations],
  'Services that ask for what is taken': [{ name: 'another has it', steps: clashes }, ...ingress],
};
