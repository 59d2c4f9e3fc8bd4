/** Writes that change nothing, of every sort and for many kinds: the object stays as it is, its resourceVersion too, and no watch hears of it. Of upstream's claims the first such write is told. */

import { clusterRole, role, roleBinding } from './access-kinds.ts';
import { lease, node } from './cluster-kinds.ts';
import {
  type Body,
  configMap,
  deployment,
  type Kind,
  namespace,
  objectOf,
  pod,
  secret,
  service,
  serviceAccount,
  widget,
} from './objects.ts';
import { at, pathOf, read } from './requests.ts';
import { type Case, contentTypes, create, nameIn } from './single-changes.ts';
import type { Step } from './step.ts';

const template = (more: Body = {}): Body => ({
  metadata: { labels: { app: 'x' } },
  spec: { containers: [{ name: 'app', image: 'i:1' }], ...more },
});
const selector = { matchLabels: { app: 'x' } };
const namespaced = (apiVersion: string, kind: string, resource: string, base: Body): Kind => ({
  apiVersion,
  kind,
  resource,
  namespaced: true,
  base,
  edits: [],
});

const job = namespaced('batch/v1', 'Job', 'jobs', { spec: { template: template({ restartPolicy: 'Never' }) } });
const others: readonly Kind[] = [
  job,
  namespaced('batch/v1', 'CronJob', 'cronjobs', {
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template: template({ restartPolicy: 'Never' }) } } },
  }),
  namespaced('apps/v1', 'StatefulSet', 'statefulsets', { spec: { selector, serviceName: 's', template: template() } }),
  namespaced('apps/v1', 'DaemonSet', 'daemonsets', { spec: { selector, template: template() } }),
  namespaced('apps/v1', 'ReplicaSet', 'replicasets', { spec: { selector, template: template() } }),
  namespaced('v1', 'ReplicationController', 'replicationcontrollers', {
    spec: { selector: { app: 'x' }, template: template() },
  }),
  namespaced('v1', 'Endpoints', 'endpoints', {
    subsets: [{ addresses: [{ ip: '192.0.2.2' }, { ip: '192.0.2.1' }], ports: [{ port: 80 }] }],
  }),
  namespaced('v1', 'ResourceQuota', 'resourcequotas', { spec: { hard: { pods: '10' } } }),
  namespaced('v1', 'LimitRange', 'limitranges', { spec: { limits: [{ type: 'Container', max: { cpu: '2' } }] } }),
  namespaced('networking.k8s.io/v1', 'Ingress', 'ingresses', {
    spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
  }),
  namespaced('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', { spec: { podSelector: {} } }),
  namespaced('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', { spec: { minAvailable: 1, selector } }),
  namespaced('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, maxReplicas: 3 },
  }),
  namespaced('autoscaling/v1', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, maxReplicas: 3 },
  }),
  namespaced('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices', {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['192.0.2.1'] }],
    ports: [{ port: 80 }],
  }),
  {
    ...namespaced('v1', 'PersistentVolume', 'persistentvolumes', {
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
    }),
    namespaced: false,
  },
  {
    ...namespaced('storage.k8s.io/v1', 'StorageClass', 'storageclasses', { provisioner: 'p.example.com/p' }),
    namespaced: false,
  },
  { ...namespaced('scheduling.k8s.io/v1', 'PriorityClass', 'priorityclasses', { value: 5 }), namespaced: false },
];

const kinds: readonly Kind[] = [
  configMap,
  secret,
  service,
  deployment,
  lease,
  serviceAccount,
  role,
  roleBinding,
  clusterRole,
  namespace,
  node,
  pod,
  widget,
  ...others,
];

/** What a patch of an object's own fields says without changing them. */
const metadata = { labels: { end: null, app: 'x' } };

function writes(kind: Kind): Step[] {
  const path = at(kind, 'a');
  const own = objectOf(kind, nameIn(kind, 'a'), { metadata: { labels: { app: 'x' } } });
  const patch = (type: keyof typeof contentTypes, body: unknown, query: Step['query'] = {}): Step => ({
    method: 'PATCH',
    path,
    contentType: contentTypes[type],
    body,
    query,
  });
  const put = (more: Partial<Step> = {}): Step => ({ method: 'PUT', path, live: { key: `${kind.kind}/a` }, ...more });
  const owned = (managedFields: unknown): NonNullable<Step['live']> => ({
    key: `${kind.kind}/a`,
    patch: { metadata: { managedFields } },
  });
  const labelled = [{ op: 'replace', path: '/metadata/labels/app', value: 'x' }];
  const other = { fieldManager: 'other' };
  const strategic = [patch('strategic', {}), patch('strategic', { metadata }), patch('strategic', own)];
  return [
    ...[put(), put({ query: other }), { method: 'PUT', path, body: own }, put({ live: owned(null) })],
    ...[patch('merge', {}), patch('merge', { metadata }), patch('merge', own, other)],
    ...[patch('json', []), patch('json', labelled), patch('json', labelled, other)],
    ...(kind === widget ? [] : strategic),
    ...[patch('merge', { metadata: { labels: { app: 'y' } } }, { dryRun: 'All' }), put({ query: { dryRun: 'All' } })],
    ...[patch('apply', own, { fieldManager: 'm' }), patch('apply', own, { fieldManager: 'm' })],
    ...[patch('apply', own, { fieldManager: 'm', force: true }), put()],
    ...[put({ live: owned([]) }), put(), patch('merge', {})],
  ];
}

/** The last change closes the watch. */
const ended = (kind: Kind): Step => ({
  method: 'PATCH',
  path: at(kind, 'a'),
  contentType: contentTypes.merge,
  body: { metadata: { labels: { end: 'end' } } },
});

const caseOf = (kind: Kind): Case => ({
  name: `${kind.apiVersion} ${kind.kind}`,
  steps: [
    create(kind, 'a', { metadata: { labels: { app: 'x' } } }),
    read(
      pathOf(kind),
      { watch: 1, fieldSelector: `metadata.name=${nameIn(kind, 'a')}`, resourceVersion: `<<rv ${kind.kind}/a>>` },
      { opens: 'end' },
    ),
    ...writes(kind),
    read(at(kind, 'a')),
    ended(kind),
    read(pathOf(kind), {}, { closes: 'end' }),
  ],
});

export const unchangedCases: Case[] = kinds.map(caseOf);
