/** Services: what becomes of what they were given when their specs change. */

import { base, type Fields, made, ownPort, path, read, samePort } from './service-steps.ts';
import { type Case, contentTypes, merged } from './single-changes.ts';
import type { Step } from './step.ts';

/** From one spec to another, by a patch, and by a PUT of one who knows nothing of what was given. */
function changes(newSpecs: () => [from: Fields, patch: Fields][]): Case[] {
  const change = (way: string, from: Fields, patch: Fields, step: Step): Case => ({
    name: `${way} ${JSON.stringify(from)} to ${JSON.stringify(patch)}`,
    steps: [made(base(from)), { ...step, path: `${path}/s` }, read],
  });
  const contentType = contentTypes.merge;
  return [
    ...newSpecs().map(([from, patch]) =>
      change('patch', from, patch, { method: 'PATCH', path, contentType, body: { spec: patch } }),
    ),
    ...newSpecs().map(([from, patch]) => {
      const body = { ...made({}).body, spec: merged(base(from), patch) };
      return change('put', from, patch, { method: 'PUT', path, body });
    }),
  ];
}

const types: Record<string, Fields> = {
  ClusterIP: {},
  NodePort: { type: 'NodePort' },
  LoadBalancer: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', loadBalancerClass: 'a/b' },
  ExternalName: { type: 'ExternalName', externalName: 'a.b' },
  headless: { clusterIP: 'None' },
};
const transitions = (): [Fields, Fields][] =>
  Object.values(types).flatMap((from) =>
    Object.values(types)
      .filter((to) => to !== from)
      .map((to): [Fields, Fields] => [from, { type: 'ClusterIP', ...to }]),
  );

const two = [
  { name: 'web', port: 80 },
  { name: 'more', port: 81 },
];
const edits = (): [Fields, Fields][] => [
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
  [{ clusterIP: 'None', selector: null }, { ipFamilyPolicy: 'SingleStack' }],
  [{ clusterIP: 'None', selector: null }, { ipFamilyPolicy: 'PreferDualStack' }],
  [{ clusterIP: 'None', selector: null }, { ipFamilies: ['IPv4'] }],
  [
    { clusterIP: 'None', selector: null },
    { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
  ],
  [
    { clusterIP: 'None', selector: null },
    { type: 'ExternalName', externalName: 'a.b' },
  ],
  [{ ipFamilyPolicy: 'PreferDualStack' }, { type: 'NodePort' }],
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
        { name: 'web', port: 80, nodePort: samePort() },
        { name: 'more', port: 81, nodePort: samePort() },
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

/** What a service gave back is not kept for it. */
const returned = (from: Fields, to: Fields): Case => {
  const patch = (spec: Fields): Step => ({
    method: 'PATCH',
    path: `${path}/s`,
    contentType: contentTypes.merge,
    body: { spec },
  });
  return {
    name: `${JSON.stringify(from)} to ${JSON.stringify(to)} and back`,
    steps: [made(base(from)), patch(to), patch({ type: 'ClusterIP', externalName: null, ...from })],
  };
};
const returns = (): Case[] => [
  returned({}, { type: 'ExternalName', externalName: 'a.b' }),
  returned({ type: 'NodePort' }, { type: 'ClusterIP', ports: [{ name: 'web', port: 80, nodePort: null }] }),
];

export const serviceChangeGroups: Readonly<Record<string, Case[]>> = {
  'Services that change their type': changes(transitions),
  'changes of Services': changes(edits),
  'Services that give back what they had': returns(),
};
