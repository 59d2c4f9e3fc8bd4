/** Single mistakes in the specs of workloads beside their pods' own. */

import { type Case, contentTypes, merged } from './single-changes.ts';

type Fields = Record<string, unknown>;

const selector = { matchLabels: { app: 'x' } };
const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } };
const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };

interface Kind {
  kind: string;
  apiVersion: string;
  path: string;
  spec: Fields;
}

const apps = (kind: string, more: Fields = {}): Kind => ({
  kind,
  apiVersion: 'apps/v1',
  path: `/apis/apps/v1/namespaces/<<namespace>>/${kind.toLowerCase()}s`,
  spec: { selector, template, ...more },
});

/** Each is laid over the kind's own spec. */
const cases = ({ kind, apiVersion, path, spec }: Kind, changes: readonly Fields[]): Case[] =>
  changes.map((change) => ({
    name: `${kind} ${JSON.stringify(change)}`,
    steps: [{ method: 'POST', path, body: { apiVersion, kind, metadata: { name: 'w' }, spec: merged(spec, change) } }],
  }));

const common: Fields[] = [
  {},
  { selector: null },
  { selector: { matchLabels: null } },
  { selector: { matchLabels: { app: 'y' } } },
  { selector: { matchLabels: { 'a b': 'c' } } },
  { selector: { matchExpressions: [{ key: 'app', operator: 'Is', values: ['x'] }] } },
  { selector: { matchExpressions: [{ key: 'app', operator: 'In' }] } },
  { template: { metadata: { labels: { 'a b': 'c' } } } },
  { template: { metadata: { annotations: { 'a b': 'c' } } } },
  { template: { spec: { restartPolicy: 'Never' } } },
  { template: { spec: { restartPolicy: 'Odd' } } },
  { template: { spec: { activeDeadlineSeconds: 5 } } },
  { template: null },
  { replicas: -1 },
  { minReadySeconds: -1 },
  { revisionHistoryLimit: -1 },
];

const deployments: Fields[] = [
  ...common,
  { progressDeadlineSeconds: -1 },
  { progressDeadlineSeconds: 5, minReadySeconds: 5 },
  ...[
    { type: 'Odd' },
    { type: 'Recreate' },
    { type: 'Recreate', rollingUpdate: {} },
    { rollingUpdate: { maxSurge: -1 } },
    { rollingUpdate: { maxSurge: '1.5%' } },
    { rollingUpdate: { maxSurge: 'x' } },
    { rollingUpdate: { maxUnavailable: '101%' } },
    { rollingUpdate: { maxUnavailable: '0%', maxSurge: 0 } },
    { rollingUpdate: { maxUnavailable: '0%', maxSurge: '0%' } },
  ].map((strategy) => ({ strategy })),
];

const daemons: Fields[] = [
  ...common,
  ...[
    { type: 'Odd' },
    { type: 'OnDelete' },
    { type: 'OnDelete', rollingUpdate: { maxUnavailable: 0 } },
    { rollingUpdate: { maxUnavailable: 0 } },
    { rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } },
    { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    { rollingUpdate: { maxUnavailable: '101%' } },
    { rollingUpdate: { maxUnavailable: 'x' } },
  ].map((updateStrategy) => ({ updateStrategy })),
];

const mounted = { spec: { containers: [{ name: 'c', image: 'i:1', volumeMounts: [{ name: 'd', mountPath: '/d' }] }] } };
const stateful: Fields[] = [
  ...common,
  { serviceName: 'A' },
  { serviceName: 'a.b' },
  { podManagementPolicy: 'Odd' },
  { ordinals: { start: -1 } },
  { template: { spec: { hostname: 'A', subdomain: 'B' } } },
  { template: mounted },
  { template: mounted, volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: claim }] },
  { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Odd', whenScaled: 'Odd' } },
  ...[
    {},
    { ...claim, accessModes: [] },
    { ...claim, accessModes: ['Odd'] },
    { ...claim, accessModes: ['ReadWriteOncePod', 'ReadWriteMany'] },
    { ...claim, resources: {} },
    { ...claim, resources: { requests: { storage: '0' } } },
    { ...claim, resources: { requests: { storage: '-1Gi' } } },
    { ...claim, storageClassName: 'A' },
    { ...claim, storageClassName: '' },
    { ...claim, volumeMode: 'Odd' },
    { ...claim, selector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } },
    { ...claim, dataSource: { kind: 'Secret', name: 's' } },
    { ...claim, dataSource: { kind: 'VolumeSnapshot', name: '', apiGroup: 'A' } },
  ].map((spec) => ({ volumeClaimTemplates: [{ metadata: { name: 'd' }, spec }] })),
  ...[
    { type: 'Odd' },
    { type: 'OnDelete' },
    { type: 'OnDelete', rollingUpdate: { partition: 1 } },
    { rollingUpdate: { partition: -1 } },
    { type: 'RollingUpdate', rollingUpdate: { partition: -1 } },
  ].map((updateStrategy) => ({ updateStrategy })),
];

const claims: Kind = {
  kind: 'PersistentVolumeClaim',
  apiVersion: 'v1',
  path: '/api/v1/namespaces/<<namespace>>/persistentvolumeclaims',
  spec: claim,
};
const claimChanges: Fields[] = [
  {},
  { accessModes: null },
  { accessModes: ['Odd', 'ReadWriteOnce'] },
  { resources: null },
  { resources: { requests: { storage: 'x' } } },
  { resources: { requests: { storage: '0' } } },
  { storageClassName: 'A' },
  { volumeMode: 'Odd' },
  { selector: { matchLabels: { 'a b': 'c' } } },
  { dataSource: { kind: 'PersistentVolumeClaim', name: 'p' } },
  { dataSourceRef: { kind: 'Odd', name: '' } },
];

const pods = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };
const jobs: Kind = {
  kind: 'Job',
  apiVersion: 'batch/v1',
  path: '/apis/batch/v1/namespaces/<<namespace>>/jobs',
  spec: { selector, manualSelector: true, template: pods },
};
const jobChanges: Fields[] = [
  {},
  { manualSelector: null },
  { selector: null },
  { selector: { matchLabels: { app: 'y' } } },
  { template: { spec: { restartPolicy: 'Always' } } },
  { template: { spec: { restartPolicy: null } } },
  { template: { spec: { restartPolicy: 'Odd' } } },
  { template: { spec: { containers: [] } } },
  { parallelism: -1 },
  { completions: -1 },
  { activeDeadlineSeconds: -1 },
  { backoffLimit: -1 },
  { ttlSecondsAfterFinished: -1 },
  { completionMode: 'Odd' },
  { completionMode: 'Indexed' },
  { completionMode: 'Indexed', completions: 3, parallelism: 200_000 },
  { completionMode: 'Indexed', completions: 3, maxFailedIndexes: 5, backoffLimitPerIndex: 1 },
  { backoffLimitPerIndex: 1 },
  { maxFailedIndexes: 1 },
  { podReplacementPolicy: 'Odd' },
  { podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }] } },
];

const crons: Kind = {
  kind: 'CronJob',
  apiVersion: 'batch/v1',
  path: '/apis/batch/v1/namespaces/<<namespace>>/cronjobs',
  spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: pods } } },
};
const cronChanges: Fields[] = [
  {},
  ...[
    '',
    'x',
    '* * * *',
    '* * * * * *',
    '61 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '5-1 * * * *',
    '*/0 * * * *',
    '1,2,x * * * *',
    '? ? ? ? ?',
    '0 0 * jan sun-mon',
    '0 0 * foo *',
    '@hourly',
    '@every 5m',
    '@every x',
    '@sometimes',
    'TZ=UTC * * * * *',
    'CRON_TZ=Nowhere/X * * * * *',
    '1-2-3 * * * *',
    '1/2/3 * * * *',
    '-1 * * * *',
  ].map((schedule) => ({ schedule })),
  { schedule: null },
  { timeZone: 'Europe/Berlin' },
  { timeZone: 'Nowhere/X' },
  { timeZone: '' },
  { timeZone: 'Local' },
  { timeZone: '../x' },
  { startingDeadlineSeconds: -1 },
  { concurrencyPolicy: 'Odd' },
  { successfulJobsHistoryLimit: -1 },
  { failedJobsHistoryLimit: -1 },
  { jobTemplate: { spec: { template: { spec: { restartPolicy: 'Always' } } } } },
  { jobTemplate: { spec: { template: { spec: { containers: [] } } } } },
  { jobTemplate: { spec: { selector } } },
  { jobTemplate: { spec: { manualSelector: true } } },
  { jobTemplate: { spec: { backoffLimit: -1 } } },
];

/** What the server itself gives and keeps, told by changes. */
function changed({ kind, apiVersion, path, spec }: Kind, patches: readonly Fields[]): Case[] {
  const merge = { method: 'PATCH', path: `${path}/w`, contentType: contentTypes.merge };
  const made = { method: 'POST', path, body: { apiVersion, kind, metadata: { name: 'w' }, spec } };
  const replaced = {
    method: 'PUT',
    path: `${path}/w`,
    live: { key: `${kind}/w`, patch: { metadata: { annotations: null } } },
  };
  return [
    ...patches.map((patch) => ({
      name: `${kind} changed ${JSON.stringify(patch)}`,
      steps: [made, { ...merge, body: { spec: patch } }, { method: 'GET', path: `${path}/w` }],
    })),
    { name: `${kind} replaced`, steps: [made, replaced] },
  ];
}

const recipe = { template: { spec: { containers: [{ name: 'c', image: 'i:2' }] } } };

const barePods = { spec: pods.spec };

/** By kind. */
export const workloadGroups: Readonly<Record<string, Case[]>> = {
  'specs of Deployments': cases(apps('Deployment'), deployments),
  'specs of ReplicaSets': cases(apps('ReplicaSet'), common),
  'specs of DaemonSets': cases(apps('DaemonSet'), daemons),
  'specs of StatefulSets': cases(apps('StatefulSet', { serviceName: 's' }), stateful),
  'specs of claims': cases(claims, claimChanges),
  'specs of Jobs': cases(jobs, jobChanges),
  'specs of CronJobs': cases(crons, cronChanges),
  'changes of DaemonSets and StatefulSets': [
    ...changed(apps('DaemonSet'), [recipe, { minReadySeconds: 5 }]),
    ...changed(apps('StatefulSet', { serviceName: 's' }), [
      recipe,
      { serviceName: 't' },
      { podManagementPolicy: 'Parallel' },
    ]),
  ],
  'labels of Jobs': [
    ...cases({ ...jobs, spec: {} }, [
      { template: pods },
      { template: barePods },
      { template: { ...pods, metadata: {} } },
    ]),
    {
      name: 'a Job with labels of its own, which are those of its pods',
      steps: [
        {
          method: 'POST',
          path: jobs.path,
          body: {
            apiVersion: 'batch/v1',
            kind: 'Job',
            metadata: { name: 'w', labels: { app: 'x' } },
            spec: { template: pods },
          },
        },
      ],
    },
  ],
  'changes of Jobs': changed({ ...jobs, spec: { template: pods } }, [
    { parallelism: 3 },
    { suspend: true },
    { completions: 3 },
  ]),
};
