/** What is valid and warned of: in pods, in what pods are made of, and in names. */

import type { Fields } from './pod-container.ts';
import { type Case, contentTypes } from './single-changes.ts';
import type { Step } from './step.ts';

const pods = '/api/v1/namespaces/<<namespace>>/pods';
const deps = '/apis/apps/v1/namespaces/<<namespace>>/deployments';
const c = { name: 'c', image: 'i:1' };
const specs: Fields[] = [
  { nodeSelector: { 'beta.kubernetes.io/arch': 'x' } },
  {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                { key: 'beta.kubernetes.io/os', operator: 'Exists' },
                { key: 'a', operator: 'In', values: ['b'] },
              ],
            },
          ],
        },
      },
    },
  },
  {
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 1,
            preference: {
              matchExpressions: [{ key: 'node-role.kubernetes.io/master', operator: 'In', values: ['a b', 'c'] }],
            },
          },
        ],
      },
    },
  },
  {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'failure-domain.beta.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
    ],
  },
  ...[
    'photonPersistentDisk',
    'gitRepo',
    'scaleIO',
    'flocker',
    'storageos',
    'quobyte',
    'glusterfs',
    'cephfs',
    'rbd',
  ].map((sort) => ({
    volumes: [
      {
        name: 'v',
        [sort]: {
          pdID: 'x',
          repository: 'r',
          gateway: 'g',
          system: 's',
          secretRef: { name: 'x' },
          volumeName: 'v',
          datasetName: 'd',
          registry: 'a:1',
          volume: 'v',
          endpoints: 'e',
          path: 'p',
          monitors: ['m'],
          image: 'i',
        },
      },
    ],
  })),
  {
    volumes: [
      {
        name: 'v',
        ephemeral: {
          volumeClaimTemplate: {
            spec: {
              accessModes: ['ReadWriteOnce'],
              resources: { requests: { storage: '100m' }, limits: { storage: '200m' } },
            },
          },
        },
      },
    ],
  },
  {
    volumes: [
      {
        name: 'v',
        configMap: {
          name: 'cm',
          items: [
            { key: 'a', path: 'x' },
            { key: 'b', path: 'x/y' },
            { key: 'c', path: 'x' },
          ],
        },
      },
    ],
  },
  {
    volumes: [
      {
        name: 'v',
        secret: {
          secretName: 'cm',
          items: [
            { key: 'a', path: 'x/' },
            { key: 'b', path: 'x' },
          ],
        },
      },
      {
        name: 'w',
        downwardAPI: {
          items: [
            { path: 'a', fieldRef: { fieldPath: 'metadata.name' } },
            { path: 'a/b', fieldRef: { fieldPath: 'metadata.name' } },
          ],
        },
      },
    ],
  },
  {
    volumes: [
      {
        name: 'v',
        projected: {
          sources: [
            { configMap: { name: 'a', items: [{ key: 'k', path: 'x' }] } },
            { secret: { name: 's', items: [{ key: 'k', path: 'x/y' }] } },
            { downwardAPI: { items: [{ path: 'x/z', fieldRef: { fieldPath: 'metadata.name' } }] } },
          ],
        },
      },
    ],
  },
  {
    hostAliases: [
      { ip: '1.1.1.1', hostnames: ['a'] },
      { ip: '1.1.1.1', hostnames: ['b'] },
    ],
  },
  { hostAliases: [{ ip: '2001:DB8::1', hostnames: ['a'] }] },
  { dnsPolicy: 'None', dnsConfig: { nameservers: ['2001:DB8::1', '1.1.1.1'] } },
  { imagePullSecrets: [{ name: 'a' }, { name: 'a' }, {}, { name: '' }] },
  {
    containers: [
      { ...c, resources: { limits: { memory: '100m', 'ephemeral-storage': '0.5' }, requests: { memory: '50m' } } },
    ],
  },
  {
    containers: [
      {
        ...c,
        env: [
          { name: 'a', value: '1' },
          { name: 'a', value: '2' },
          { name: 'a', value: '$(a)3' },
          { name: 'a', value: '$(a)' },
          { name: 'a', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
      },
    ],
  },
  {
    containers: [
      {
        ...c,
        ports: [
          { containerPort: 80, hostIP: '1.2.3.4' },
          { containerPort: 80, name: 'a' },
        ],
      },
    ],
  },
  {
    containers: [
      {
        ...c,
        ports: [
          { containerPort: 80, hostIP: '1.2.3.4', hostPort: 80 },
          { containerPort: 80, hostPort: 80 },
        ],
      },
    ],
  },
  {
    containers: [
      { ...c, ports: [{ containerPort: 80, name: 'a' }] },
      { ...c, name: 'd', ports: [{ containerPort: 81, name: 'a' }] },
    ],
  },
  {
    initContainers: [{ name: 'i', image: 'i', ports: [{ containerPort: 80, name: 'a' }] }],
    containers: [{ ...c, ports: [{ containerPort: 80, name: 'a' }] }],
  },
  { terminationGracePeriodSeconds: -1 },
  {
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a' }],
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'a' } }],
      },
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a' }] },
    },
  },
  { serviceAccount: 'x' },
  { nodeName: 'A.b' },
];
const kindsOf = (spec: Fields): [string, string, Fields][] => {
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [c], ...spec } };
  const never = { metadata: { labels: { a: 'b' } }, spec: { restartPolicy: 'Never', containers: [c], ...spec } };
  const selector = { matchLabels: { a: 'b' } };
  return [
    ['Pod', pods, { spec: { containers: [c], ...spec } }],
    ['Deployment', deps, { spec: { selector, template } }],
    [
      'CronJob',
      '/apis/batch/v1/namespaces/<<namespace>>/cronjobs',
      { spec: { schedule: '@hourly', jobTemplate: { spec: { template: never } } } },
    ],
  ];
};
const warned: Case[] = specs.flatMap((spec) =>
  kindsOf(spec).map(([kind, path, body]) => ({
    name: `${kind} ${JSON.stringify(spec)}`,
    steps: [{ method: 'POST', path, body: { metadata: { name: 'x' }, ...body } }],
  })),
);
const bad = { containers: [{ ...c, ports: [{ containerPort: 80 }, { containerPort: 80 }] }] };
const template = (spec: Fields) => ({ metadata: { labels: { a: 'b' } }, spec });
const selector = { matchLabels: { a: 'b' } };
const kinds: [string, string, Fields, Fields][] = [
  ['Deployment', deps, { spec: { selector, template: template(bad) } }, { spec: { replicas: 3 } }],
  [
    'ReplicaSet',
    '/apis/apps/v1/namespaces/<<namespace>>/replicasets',
    { spec: { selector, template: template(bad) } },
    { spec: { replicas: 3 } },
  ],
  [
    'DaemonSet',
    '/apis/apps/v1/namespaces/<<namespace>>/daemonsets',
    { spec: { selector, template: template(bad) } },
    { spec: { minReadySeconds: 3 } },
  ],
  [
    'StatefulSet',
    '/apis/apps/v1/namespaces/<<namespace>>/statefulsets',
    {
      spec: {
        selector,
        serviceName: 's',
        revisionHistoryLimit: -1,
        template: template(bad),
        volumeClaimTemplates: [
          {
            metadata: { name: 'v' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '100m' } } },
          },
        ],
      },
    },
    { spec: { replicas: 3 } },
  ],
  [
    'Job',
    '/apis/batch/v1/namespaces/<<namespace>>/jobs',
    { spec: { template: template({ ...bad, restartPolicy: 'Never' }) } },
    { spec: { parallelism: 3 } },
  ],
  [
    'CronJob',
    '/apis/batch/v1/namespaces/<<namespace>>/cronjobs',
    {
      spec: { schedule: '@hourly', jobTemplate: { spec: { template: template({ ...bad, restartPolicy: 'Never' }) } } },
    },
    { spec: { suspend: true } },
  ],
  [
    'ReplicationController',
    '/api/v1/namespaces/<<namespace>>/replicationcontrollers',
    { spec: { selector: { a: 'b' }, template: template(bad) } },
    { spec: { replicas: 3, template: { spec: { containers: [c] } } } },
  ],
  [
    'PodTemplate',
    '/api/v1/namespaces/<<namespace>>/podtemplates',
    { template: template(bad) },
    { template: { spec: { dnsPolicy: 'Default' } } },
  ],
  ['Pod', pods, { spec: bad }, { spec: { activeDeadlineSeconds: 5 } }],
  [
    'PVC',
    '/api/v1/namespaces/<<namespace>>/persistentvolumeclaims',
    {
      metadata: { annotations: { 'volume.beta.kubernetes.io/storage-class': 'x' } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '100m' } } },
    },
    { metadata: { labels: { b: 'c' } } },
  ],
  [
    'Service',
    '/api/v1/namespaces/<<namespace>>/services',
    { spec: { type: 'ExternalName', externalName: 'a.b', externalIPs: ['2001:DB8::1'], sessionAffinity: 'ClientIP' } },
    { metadata: { labels: { b: 'c' } } },
  ],
  [
    'ServiceLB',
    '/api/v1/namespaces/<<namespace>>/services',
    {
      spec: {
        type: 'LoadBalancer',
        ports: [{ port: 1 }],
        externalIPs: ['1.1.1.1'],
        loadBalancerIP: '2001:DB8::1',
        loadBalancerSourceRanges: ['2001:DB8::/32'],
      },
    },
    { spec: { externalIPs: ['2001:DB8::1'] } },
  ],
  [
    'ServiceHeadless',
    '/api/v1/namespaces/<<namespace>>/services',
    {
      metadata: { annotations: { 'service.kubernetes.io/topology-aware-hints': 'auto' } },
      spec: { clusterIP: 'None', ports: [{ port: 1 }], publishNotReadyAddresses: true, sessionAffinity: 'ClientIP' },
    },
    { spec: { sessionAffinity: 'None' } },
  ],
  [
    'Ingress',
    '/apis/networking.k8s.io/v1/namespaces/<<namespace>>/ingresses',
    {
      metadata: { annotations: { 'kubernetes.io/ingress.class': 'x' } },
      spec: { defaultBackend: { service: { name: 's', port: { number: 1 } } } },
    },
    { metadata: { labels: { b: 'c' } } },
  ],
  [
    'PDB',
    '/apis/policy/v1/namespaces/<<namespace>>/poddisruptionbudgets',
    { spec: { minAvailable: 1 } },
    { spec: { minAvailable: 2 } },
  ],
  [
    'HPA',
    '/apis/autoscaling/v2/namespaces/<<namespace>>/horizontalpodautoscalers',
    { spec: { maxReplicas: 2, scaleTargetRef: { kind: 'a', name: 'b' } } },
    { spec: { maxReplicas: 3 } },
  ],
  [
    'Endpoints',
    '/api/v1/namespaces/<<namespace>>/endpoints',
    { subsets: [{ addresses: [{ ip: '2001:DB8::1' }], ports: [{ port: 1 }] }] },
    { metadata: { labels: { b: 'c' } } },
  ],
  ['Namespace', '/api/v1/namespaces', {}, { metadata: { labels: { b: 'c' } } }],
  [
    'Secret',
    '/api/v1/namespaces/<<namespace>>/secrets',
    {
      type: 'kubernetes.io/service-account-token',
      metadata: { annotations: { 'kubernetes.io/service-account.name': 'x' } },
    },
    { metadata: { labels: { b: 'c' } } },
  ],
];
const renamed: Case[] = kinds.flatMap(([kind, path, body, next]) =>
  ['x', 'x.y', 'a-very-long-name-that-is-longer-than-sixty-three-characters-as-labels-are'].map((own) => {
    const name = kind === 'Namespace' ? `<<namespace>>-${own}` : own;
    const metadata = { ...(body['metadata'] as Fields | undefined), name };
    const patch = (change: Fields): Step => ({
      method: 'PATCH',
      path: `${path}/${name}`,
      contentType: contentTypes.merge,
      body: change,
      isWarned: true,
    });
    const made: Step = { method: 'POST', path, body: { ...body, metadata } };
    const labelled = kind === 'StatefulSet' ? [] : [patch({ metadata: { labels: { z: 'z' } } })];
    return { name: `${kind} ${name}`, steps: [made, patch(next), ...labelled] };
  }),
);

export const warningGroups: Readonly<Record<string, Case[]>> = {
  'pods are warned of': warned,
  'kinds are warned of': renamed,
};
