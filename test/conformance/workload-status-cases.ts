/** What the statuses of workloads count, and values in workloads that a sweep over all fields has found. */

import { creations, type Fields, type PlainKind, updates } from './kind-steps.ts';
import type { Case } from './single-changes.ts';

const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } };
const apps = (kind: string, more: Fields = {}): PlainKind => ({
  kind,
  apiVersion: 'apps/v1',
  resource: `${kind.toLowerCase()}s`,
  namespaced: true,
  base: { spec: { selector: { matchLabels: { app: 'x' } }, template, ...more } },
});
const [deployment, replicaSet, daemonSet, statefulSet] = [
  apps('Deployment'),
  apps('ReplicaSet'),
  apps('DaemonSet'),
  apps('StatefulSet', { serviceName: 's' }),
];

const status = (...counts: Fields[]): [Fields, Fields][] => counts.map((one) => [{}, { status: one }]);
const replicas = { replicas: 3, readyReplicas: 2, availableReplicas: 1 };
const common: Fields[] = [
  replicas,
  { ...replicas, replicas: -1 },
  { ...replicas, readyReplicas: 4 },
  { ...replicas, availableReplicas: 3 },
  { ...replicas, availableReplicas: 4 },
  { observedGeneration: -1 },
  { terminatingReplicas: -1 },
];
const decremented = (kind: PlainKind): Case[] =>
  updates(kind, [[{}, { status: { collisionCount: 2 } }]], '/status').flatMap(({ name, steps }) => {
    const [made, first] = steps;
    const lower = { ...first, body: { status: { collisionCount: 1 } } } as (typeof steps)[number];
    const none = { ...first, body: { status: { collisionCount: null } } } as (typeof steps)[number];
    return made && first ? [{ name: `${name}, and less`, steps: [made, first, lower, none] }] : [];
  });

const strategies = (field: string): Fields[] =>
  ['maxSurge', 'maxUnavailable'].map((name) => ({
    spec: { [field]: { type: 'RollingUpdate', rollingUpdate: { [name]: '' } } },
  }));
const expression = { operator: 'In', values: ['A b!'], key: 'app' };
const selectors: Fields[] = [expression, { values: ['x'], operator: 'Is', key: '' }].map((one) => ({
  spec: { selector: { matchExpressions: [one] } },
}));

const claim = { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
const claims = (...list: Fields[]): Fields => ({
  spec: { volumeClaimTemplates: list.map((more) => ({ metadata: { name: 'c' }, ...claim, ...more })) },
});
const claimSpecs: Fields[] = [
  claims({ apiVersion: 'x', kind: 'Odd' }),
  claims({}, {}),
  ...[
    { volumeAttributesClassName: 'A b!' },
    {
      dataSource: { kind: 'PersistentVolumeClaim', name: 'a' },
      dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'b' },
    },
  ].map((more) => claims({ spec: { ...claim.spec, ...more } })),
];

const service: PlainKind = {
  kind: 'Service',
  apiVersion: 'v1',
  resource: 'services',
  namespaced: true,
  base: { spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } },
};
const ingress: PlainKind = {
  kind: 'Ingress',
  apiVersion: 'networking.k8s.io/v1',
  resource: 'ingresses',
  namespaced: true,
  base: { spec: { defaultBackend: { resource: { apiGroup: 'g', kind: 'K', name: 'n' } } } },
};
const reached = (...list: Fields[]): [Fields, Fields][] =>
  status(...list.map((one) => ({ loadBalancer: { ingress: [one] } })));

const binding: PlainKind = {
  kind: 'RoleBinding',
  apiVersion: 'rbac.authorization.k8s.io/v1',
  resource: 'rolebindings',
  namespaced: true,
  base: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' } },
};

const budget: PlainKind = {
  kind: 'PodDisruptionBudget',
  apiVersion: 'policy/v1',
  resource: 'poddisruptionbudgets',
  namespaced: true,
  base: { spec: { minAvailable: 1 } },
};
const condition = { type: 'A', status: 'True', reason: 'R', message: '', lastTransitionTime: '2020-01-01T00:00:00Z' };
const conditions = (...lists: Fields[][]): [Fields, Fields][] => status(...lists.map((list) => ({ conditions: list })));

const autoscaler: PlainKind = {
  kind: 'HorizontalPodAutoscaler',
  apiVersion: 'autoscaling/v2',
  resource: 'horizontalpodautoscalers',
  namespaced: true,
  base: { spec: { scaleTargetRef: { kind: 'Deployment', name: 'd' }, maxReplicas: 5 } },
};
const metricsOf = (name: string): Fields => ({
  spec: {
    metrics: [
      {
        type: 'ContainerResource',
        containerResource: { name, container: 'c', target: { type: 'Utilization', averageUtilization: 10 } },
      },
    ],
  },
});

const ownClaim: PlainKind = {
  kind: 'PersistentVolumeClaim',
  apiVersion: 'v1',
  resource: 'persistentvolumeclaims',
  namespaced: true,
  base: claim,
};
const sources: Fields[] = [
  { dataSource: {} },
  { dataSource: { kind: 'Odd', name: 'a' } },
  { dataSource: { apiGroup: 'a.b', kind: 'Odd', name: 'a' } },
  { dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'a' } },
  { dataSource: { kind: 'PersistentVolumeClaim' } },
  { dataSourceRef: { apiGroup: 'a.b', kind: 'Odd', name: 'a' } },
  { dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'a', namespace: 'other' } },
  {
    dataSource: { kind: 'PersistentVolumeClaim', name: 'a' },
    dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'b' },
  },
].map((spec) => ({ spec }));

export const workloadStatusGroups: Readonly<Record<string, Case[]>> = {
  'what statuses of workloads count': [
    ...updates(
      deployment,
      status(...common, { ...replicas, updatedReplicas: 4 }, { unavailableReplicas: -1 }),
      '/status',
    ),
    ...updates(replicaSet, status(...common, { ...replicas, fullyLabeledReplicas: 4 }), '/status'),
    ...updates(statefulSet, status(...common, { ...replicas, currentReplicas: 4, updatedReplicas: 4 }), '/status'),
    ...updates(
      daemonSet,
      status({ numberReady: -1, observedGeneration: -1 }, { numberReady: 5, currentNumberScheduled: 1 }),
      '/status',
    ),
    ...[deployment, daemonSet, statefulSet].flatMap(decremented),
  ],
  'what else statuses say': [
    ...updates(
      budget,
      conditions(
        [condition],
        [condition, condition],
        [{}],
        [{ ...condition, type: 'a b', status: 'Odd', reason: 'a b' }],
        [{ ...condition, observedGeneration: -1, lastTransitionTime: null }],
      ),
      '/status',
    ),
    ...updates(autoscaler, status({ currentReplicas: 1, desiredReplicas: 2 }, { desiredReplicas: -1 }), '/status'),
    ...creations(autoscaler, ['cpu', 'odd', 'a b', 'example.com/gpu'].map(metricsOf)),
    ...creations(ownClaim, sources),
  ],
  'odd values in workloads': [
    ...creations(deployment, [...strategies('strategy'), ...selectors]),
    ...creations(daemonSet, strategies('updateStrategy')),
    ...creations(statefulSet, [...claimSpecs, ...selectors]),
  ],
  'odd references and addresses': [
    ...creations(service, [{ spec: { ipFamilyPolicy: '' } }]),
    ...updates(service, [[{}, { spec: { ipFamilyPolicy: '' } }]]),
    ...updates(service, reached({ ip: '192.0.2.1', ipMode: '' }), '/status'),
    ...creations(ingress, [{ spec: { defaultBackend: { resource: { apiGroup: '' } } } }]),
    ...updates(
      ingress,
      reached(
        { ip: 'x' },
        { ip: '010.0.0.1' },
        { hostname: 'A b' },
        { hostname: '10.0.0.1' },
        { ip: '10.0.0.1', hostname: 'a' },
      ),
      '/status',
    ),
    ...creations(binding, [
      { roleRef: { apiGroup: 'x' } },
      { roleRef: { apiGroup: '' } },
      { roleRef: { name: 'a/b' } },
    ]),
  ],
};
