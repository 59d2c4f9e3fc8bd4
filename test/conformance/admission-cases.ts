/** What admission makes of pods: their priority, what they tolerate, what their runtime needs; and what is shown of what is deleted. */

import type { Fields } from './pod-container.ts';
import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

const pods = '/api/v1/namespaces/<<namespace>>/pods';
const own = '<<namespace>>-c';
const c = { name: 'c', image: 'i:1' };
const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
const post = (path: string, body: Fields, more: Partial<Step> = {}): Step => ({ method: 'POST', path, body, ...more });
const pod = (spec: Fields, more: Partial<Step> = {}): Step =>
  post(pods, { metadata: { name: 'p' }, spec: { containers: [c], ...spec } }, more);
const priorityClass = (body: Fields): Step =>
  post('/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name: own }, ...body });
const runtimeClass = (body: Fields): Step =>
  post('/apis/node.k8s.io/v1/runtimeclasses', { metadata: { name: own }, handler: 'h', ...body });
const admitted: Case[] = [
  one('none', pod({})),
  one('unknown class', pod({ priorityClassName: 'x' })),
  one('system', pod({ priorityClassName: 'system-node-critical' })),
  one('system cluster', pod({ priorityClassName: 'system-cluster-critical' })),
  one('own', priorityClass({ value: 7 }), pod({ priorityClassName: own }, { until: { status: 201 } })),
  one(
    'own never',
    priorityClass({ value: -7, preemptionPolicy: 'Never' }),
    pod({ priorityClassName: own }, { until: { status: 201 } }),
  ),
  one(
    'own with its value',
    priorityClass({ value: 7 }),
    pod({ priorityClassName: own, priority: 7 }, { until: { status: 201 } }),
  ),
  one(
    'own with other value',
    priorityClass({ value: 7 }),
    pod({ priorityClassName: own, priority: 8 }, { until: { status: 403, text: 'computed' } }),
  ),
  one(
    'own with other policy',
    priorityClass({ value: 7 }),
    pod({ priorityClassName: own, preemptionPolicy: 'Never' }, { until: { status: 403, text: 'computed' } }),
  ),
  one('policy', pod({ preemptionPolicy: 'Never' })),
  one('priority', pod({ priority: 7 })),
  one('update without', pod({}), {
    method: 'PUT',
    path: `${pods}/p`,
    live: { key: 'Pod/p', patch: { spec: { priority: null, preemptionPolicy: null, activeDeadlineSeconds: 5 } } },
  }),
  one('update other', pod({}), {
    method: 'PUT',
    path: `${pods}/p`,
    live: { key: 'Pod/p', patch: { spec: { priority: 5 } } },
  }),
  one('rc unknown', pod({ runtimeClassName: 'x' })),
  one('rc', runtimeClass({}), pod({ runtimeClassName: own })),
  one(
    'rc overhead',
    runtimeClass({ overhead: { podFixed: { cpu: '100m' } } }),
    pod({ runtimeClassName: own }, { until: { status: 201 } }),
  ),
  one(
    'rc overhead same',
    runtimeClass({ overhead: { podFixed: { cpu: '100m' } } }),
    pod({ runtimeClassName: own, overhead: { cpu: '0.1' } }, { until: { status: 201 } }),
  ),
  one(
    'rc overhead other',
    runtimeClass({ overhead: { podFixed: { cpu: '100m' } } }),
    pod({ runtimeClassName: own, overhead: { cpu: '1' } }, { until: { status: 403 } }),
  ),
  one('overhead', pod({ overhead: { cpu: '1' } })),
  one(
    'rc no overhead',
    runtimeClass({}),
    pod({ runtimeClassName: own, overhead: { cpu: '1' } }, { until: { status: 403 } }),
  ),
  one(
    'rc scheduling',
    runtimeClass({ scheduling: { nodeSelector: { a: 'b' }, tolerations: [{ key: 'k', operator: 'Exists' }] } }),
    pod({ runtimeClassName: own, nodeSelector: { c: 'd' } }, { until: { status: 201 } }),
  ),
  one(
    'rc scheduling all',
    runtimeClass({ scheduling: { nodeSelector: { a: 'b' }, tolerations: [{ operator: 'Exists' }] } }),
    pod(
      { runtimeClassName: own, tolerations: [{ key: 'k', operator: 'Equal', value: 'x' }] },
      { until: { status: 201 } },
    ),
  ),
  one(
    'rc scheduling conflict',
    runtimeClass({ scheduling: { nodeSelector: { a: 'b' } } }),
    pod({ runtimeClassName: own, nodeSelector: { a: 'd' } }, { until: { status: 403 } }),
  ),
  one(
    'pv',
    post('/api/v1/persistentvolumes', {
      metadata: { name: '<<namespace>>-x' },
      spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/x' } },
    }),
  ),
  one('node', post('/api/v1/nodes', { metadata: { name: '<<namespace>>-x' } })),
  one(
    'node tainted',
    post('/api/v1/nodes', {
      metadata: { name: '<<namespace>>-x' },
      spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
    }),
  ),
  one(
    'tolerations',
    pod({ tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoSchedule' }] }),
  ),
  one(
    'tolerations effect',
    pod({ tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }] }),
  ),
  one('tolerations all', pod({ tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }] })),
  one('tolerations all execute', pod({ tolerations: [{ operator: 'Exists', effect: 'NoExecute' }] })),
  one('tolerations none effect', pod({ tolerations: [{ operator: 'Exists' }] })),
];
const removed = (path: string, body: Fields): Case =>
  one(
    `deleted ${path}`,
    { method: 'POST', path, body: { metadata: { name: '<<namespace>>-x' }, ...body } },
    { method: 'DELETE', path: `${path}/<<namespace>>-x` },
  );
const dynamic = '/apis/resource.k8s.io/v1';
const removals: Case[] = [
  removed('/apis/storage.k8s.io/v1/storageclasses', { provisioner: 'a' }),
  removed('/apis/storage.k8s.io/v1/csidrivers', { spec: {} }),
  removed('/apis/storage.k8s.io/v1/csinodes', { spec: { drivers: [] } }),
  removed('/apis/storage.k8s.io/v1/volumeattachments', {
    spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'v' } },
  }),
  removed('/apis/storage.k8s.io/v1/volumeattributesclasses', { driverName: 'a', parameters: { a: 'b' } }),
  removed(`${dynamic}/namespaces/<<namespace>>/resourceclaims`, { spec: {} }),
  removed(`${dynamic}/namespaces/<<namespace>>/resourceclaimtemplates`, { spec: { spec: {} } }),
  removed('/apis/scheduling.k8s.io/v1/priorityclasses', { value: 1 }),
  removed('/apis/node.k8s.io/v1/runtimeclasses', { handler: 'a' }),
  removed('/apis/networking.k8s.io/v1/ingressclasses', { spec: { controller: 'a/b' } }),
  removed('/api/v1/nodes', {}),
  removed('/api/v1/persistentvolumes', {
    spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/x' } },
  }),
  ...['configmaps', 'secrets', 'serviceaccounts'].map((kind) =>
    removed(`/api/v1/namespaces/<<namespace>>/${kind}`, {}),
  ),
  removed('/apis/storage.k8s.io/v1/namespaces/<<namespace>>/csistoragecapacities', { storageClassName: 'a' }),
];

export const admissionGroups: Readonly<Record<string, Case[]>> = {
  'pods are admitted': admitted,
  'what is deleted is shown': removals,
};
