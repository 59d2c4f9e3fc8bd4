/** Single mistakes in kinds that say how pods are reached, scaled and spared. */

import { type Case, merged } from './single-changes.ts';

type Fields = Record<string, unknown>;

interface Kind {
  kind: string;
  apiVersion: string;
  resource: string;
  spec: Fields;
}

const cases = ({ kind, apiVersion, resource, spec }: Kind, changes: readonly Fields[]): Case[] =>
  changes.map((change) => ({
    name: `${kind} ${JSON.stringify(change)}`,
    steps: [
      {
        method: 'POST',
        path: `/apis/${apiVersion}/namespaces/<<namespace>>/${resource}`,
        body: { apiVersion, kind, metadata: { name: 'x' }, spec: merged(spec, change) },
      },
    ],
  }));

const service = { name: 's', port: { number: 80 } };
const ingress: Kind = {
  kind: 'Ingress',
  apiVersion: 'networking.k8s.io/v1',
  resource: 'ingresses',
  spec: { defaultBackend: { service } },
};
const withPath = (path: Fields): Fields => ({ rules: [{ http: { paths: [{ backend: { service }, ...path }] } }] });
const ingresses: Fields[] = [
  {},
  { defaultBackend: null },
  { defaultBackend: { service: null } },
  { defaultBackend: { service: { name: '' } } },
  { defaultBackend: { service: { name: 'A.b' } } },
  { defaultBackend: { service: { port: { number: null } } } },
  { defaultBackend: { service: { port: { number: 70_000 } } } },
  { defaultBackend: { service: { port: { name: 'web' } } } },
  { defaultBackend: { service: { port: { name: 'a--b', number: null } } } },
  { defaultBackend: { resource: { kind: 'K', name: 'n' } } },
  { defaultBackend: { service: null, resource: { kind: '', name: 'a/b', apiGroup: 'A' } } },
  { rules: [{ host: 'a.example.com' }] },
  { rules: [{ host: '10.0.0.1' }] },
  { rules: [{ host: 'A' }] },
  { rules: [{ host: '*.example.com' }] },
  { rules: [{ host: 'a.*.com' }] },
  { rules: [{ http: { paths: [] } }] },
  withPath({}),
  withPath({ pathType: 'Odd', path: '/' }),
  withPath({ pathType: 'Prefix' }),
  withPath({ pathType: 'Prefix', path: 'a' }),
  withPath({ pathType: 'Exact', path: '/a//b/../c%2f/.' }),
  withPath({ pathType: 'ImplementationSpecific', path: 'a' }),
  withPath({ pathType: 'ImplementationSpecific' }),
  withPath({ pathType: 'Prefix', path: '/', backend: {} }),
  { tls: [{ hosts: ['a.b', 'A', '*.c', 'd.*'], secretName: 'S' }] },
  { ingressClassName: 'A' },
  { ingressClassName: '' },
];

const policy: Kind = {
  kind: 'NetworkPolicy',
  apiVersion: 'networking.k8s.io/v1',
  resource: 'networkpolicies',
  spec: { podSelector: {} },
};
const policies: Fields[] = [
  {},
  { podSelector: { matchLabels: { 'a b': 'c' } } },
  { policyTypes: ['Odd'] },
  { policyTypes: ['Ingress', 'Egress', 'Ingress'] },
  { ingress: [{}] },
  ...[
    {},
    { podSelector: {} },
    { podSelector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } },
    { podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } },
    { ipBlock: {} },
    { ipBlock: { cidr: 'x' } },
    { ipBlock: { cidr: '10.0.0.0/33' } },
    { ipBlock: { cidr: '10.0.0.1/8' } },
    { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.1/16', '010.2.0.0/16'] } },
    { ipBlock: { cidr: '2001:DB8::/32', except: ['2001:db8:1::/48'] } },
    { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
    { ipBlock: { cidr: '10.0.0.0/8', except: ['11.1.0.0/16', '10.0.0.0/8', 'x'] } },
  ].map((peer) => ({ ingress: [{ from: [peer] }] })),
  ...[
    { port: 80 },
    { port: 0 },
    { port: 'web' },
    { port: 'a--b' },
    { protocol: 'ICMP' },
    { endPort: 90 },
    { port: 'web', endPort: 90 },
    { port: 80, endPort: 79 },
    { port: 80, endPort: 70_000 },
  ].map((port) => ({ egress: [{ ports: [port] }] })),
];

const budget: Kind = {
  kind: 'PodDisruptionBudget',
  apiVersion: 'policy/v1',
  resource: 'poddisruptionbudgets',
  spec: { selector: { matchLabels: { app: 'x' } } },
};
const budgets: Fields[] = [
  {},
  { minAvailable: 1 },
  { minAvailable: -1 },
  { minAvailable: '101%' },
  { minAvailable: 'x' },
  { maxUnavailable: -1 },
  { maxUnavailable: '-1%' },
  { minAvailable: 1, maxUnavailable: '1%' },
  { unhealthyPodEvictionPolicy: 'Odd' },
  { selector: { matchLabels: { app: 'a b' } } },
];

const target = { type: 'Utilization', averageUtilization: 50 };
const autoscaler: Kind = {
  kind: 'HorizontalPodAutoscaler',
  apiVersion: 'autoscaling/v2',
  resource: 'horizontalpodautoscalers',
  spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } },
};
const rules = { policies: [{ type: 'Pods', value: 1, periodSeconds: 5 }] };
const autoscalers: Fields[] = [
  {},
  { maxReplicas: null },
  { maxReplicas: -1 },
  { minReplicas: 0 },
  { minReplicas: 5 },
  { scaleTargetRef: { kind: '', name: '' } },
  { scaleTargetRef: { kind: 'a/b', name: 'c%d' } },
  ...[
    {},
    { type: 'Odd' },
    { type: 'Resource' },
    { type: 'Resource', resource: { name: 'cpu', target } },
    { type: 'Resource', resource: { name: '', target: {} } },
    { type: 'Resource', resource: { name: 'cpu', target: { ...target, averageUtilization: 0 } } },
    { type: 'Resource', resource: { name: 'cpu', target: { ...target, averageValue: '1' } } },
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '0' } } },
    { type: 'Resource', resource: { name: 'cpu', target: { ...target, type: 'Odd' } } },
    { type: 'Pods', resource: { name: 'cpu', target } },
    { type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '5' } } },
    { type: 'Pods', pods: { metric: { name: '' }, target: { type: 'Value', value: '5' } } },
    { type: 'External', external: { metric: { name: 'a/b' }, target: { type: 'Value' } } },
    { type: 'External', external: {} },
    {
      type: 'External',
      external: {
        metric: { name: 'm', selector: { matchLabels: { 'a b': 'c' } } },
        target: { type: 'Value', value: '1' },
      },
    },
    { type: 'Pods', pods: {} },
    { type: 'Object', object: {} },
    { type: 'Resource', resource: {} },
    { type: 'ContainerResource' },
    { type: 'ContainerResource', containerResource: {} },
    { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'A', target } },
    { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'a', target } },
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } },
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Value', value: '5' } } },
    { type: '', resource: { name: 'cpu', target } },
    {
      type: 'External',
      external: { metric: { name: 'm' }, target: { type: 'Value', value: '1', averageValue: '1' } },
    },
    {
      type: 'Object',
      object: {
        describedObject: { kind: '', name: 'n' },
        metric: { name: 'm' },
        target: { type: 'Value', value: '-1' },
      },
    },
  ].map((metric) => ({ metrics: [metric] })),
  ...[
    rules,
    { ...rules, selectPolicy: 'Odd' },
    { ...rules, stabilizationWindowSeconds: -1 },
    { ...rules, stabilizationWindowSeconds: 4000 },
    { policies: [{ type: 'Odd', value: 0, periodSeconds: 0 }] },
    {},
    { policies: null },
    { ...rules, tolerance: '0.1' },
    { ...rules, tolerance: '-1' },
    { ...rules, selectPolicy: '' },
    { ...rules, selectPolicy: 'Disabled' },
    { policies: [{ type: 'Percent', value: 1, periodSeconds: 2000 }] },
  ].map((scaleUp) => ({ behavior: { scaleUp } })),
];
const olderAutoscalers: Fields[] = [{}, { targetCPUUtilizationPercentage: 0 }, { minReplicas: 0 }, { maxReplicas: 0 }];

/** By kind. */
export const networkGroups: Readonly<Record<string, Case[]>> = {
  'specs of Ingresses': cases(ingress, ingresses),
  'specs of NetworkPolicies': cases(policy, policies),
  'specs of PodDisruptionBudgets': cases(budget, budgets),
  'specs of HorizontalPodAutoscalers': [
    ...cases(autoscaler, autoscalers),
    ...cases({ ...autoscaler, apiVersion: 'autoscaling/v1' }, olderAutoscalers),
  ],
};
