/** Jobs: policies about pods that fail or succeed, and what can still be changed. */

import { type Case, contentTypes, merged } from './single-changes.ts';

type Fields = Record<string, unknown>;

const path = '/apis/batch/v1/namespaces/<<namespace>>/jobs';
const template = {
  metadata: { labels: { app: 'x' } },
  spec: { containers: [{ name: 'c', image: 'i:1' }], restartPolicy: 'Never' },
};
const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 3 };
const made = (spec: Fields) => ({
  method: 'POST',
  path,
  body: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'w' }, spec: merged({ template }, spec) },
});
const creations = (specs: readonly Fields[]): Case[] =>
  specs.map((spec) => ({ name: JSON.stringify(spec), steps: [made(spec)] }));

const onExit = { operator: 'In', values: [1, 2] };
const rules: Fields[] = [
  {},
  { action: 'FailJob', onExitCodes: onExit },
  { action: 'Odd', onExitCodes: onExit },
  { action: 'FailIndex', onExitCodes: onExit },
  { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
  { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'Odd' }] },
  { action: 'Ignore', onPodConditions: [{ type: 'a b', status: '' }] },
  { action: 'Ignore', onPodConditions: Array.from({ length: 21 }, () => ({ type: 'a', status: 'True' })) },
  { action: 'Ignore', onPodConditions: [] },
  { action: 'Count', onExitCodes: onExit, onPodConditions: [{ type: 'a', status: 'Unknown' }] },
  ...[
    {},
    { operator: 'Odd', values: [1] },
    { operator: 'In', values: [] },
    { operator: 'In', values: [0, 1] },
    { operator: 'NotIn', values: [0, 1] },
    { operator: 'NotIn', values: [2, 1] },
    { operator: 'In', values: [1, 1, 2] },
    { operator: 'In', values: [2, 1, 1] },
    { operator: 'In', values: Array.from({ length: 256 }, (_, index) => index + 1) },
    { ...onExit, containerName: 'c' },
    { ...onExit, containerName: 'other' },
    { ...onExit, containerName: '' },
  ].map((onExitCodes) => ({ action: 'FailJob', onExitCodes })),
];
const failures: Fields[] = [
  ...rules.map((rule) => ({ podFailurePolicy: { rules: [rule] } })),
  { podFailurePolicy: {} },
  { podFailurePolicy: { rules: [] } },
  { podFailurePolicy: { rules: Array.from({ length: 21 }, () => ({ action: 'Count', onExitCodes: onExit })) } },
  { podFailurePolicy: { rules: [] }, podReplacementPolicy: 'TerminatingOrFailed' },
  { podFailurePolicy: { rules: [] }, template: { spec: { restartPolicy: 'OnFailure' } } },
  {
    ...indexed,
    backoffLimitPerIndex: 1,
    podFailurePolicy: { rules: [{ action: 'FailIndex', onExitCodes: onExit }] },
  },
];
const successes: Fields[] = [
  { successPolicy: { rules: [{ succeededCount: 1 }] } },
  ...[
    {},
    { rules: [] },
    { rules: [{}] },
    ...[
      { succeededCount: 1 },
      { succeededCount: -1 },
      { succeededCount: 4 },
      { succeededIndexes: '0-2' },
      { succeededIndexes: '0,2' },
      { succeededIndexes: '0,1-2', succeededCount: 3 },
      { succeededIndexes: '0', succeededCount: 2 },
      ...['', 'x', '0-', '0-1-2', '2-0', '3', '0-3', '1,1', '1,0', '-1', '0,', '01', '0, 1', '1-1', 'x-2', '0-1,1'].map(
        (succeededIndexes) => ({ succeededIndexes }),
      ),
    ].map((rule) => ({ rules: [rule] })),
    { rules: Array.from({ length: 21 }, () => ({ succeededCount: 1 })) },
  ].map((successPolicy) => ({ ...indexed, successPolicy })),
];
const limits: Fields[] = [
  { ...indexed, backoffLimitPerIndex: 1 },
  { ...indexed, backoffLimitPerIndex: -1, maxFailedIndexes: -1 },
  { ...indexed, backoffLimitPerIndex: 1, maxFailedIndexes: 4 },
  { ...indexed, completions: 200_000, backoffLimitPerIndex: 1 },
  { ...indexed, completions: 200_000, backoffLimitPerIndex: 1, maxFailedIndexes: 20_000, parallelism: 20_000 },
  { ...indexed, completions: 200_000, backoffLimitPerIndex: 1, maxFailedIndexes: 150_000 },
  { backoffLimitPerIndex: 1, maxFailedIndexes: 1 },
  ...['kubernetes.io/job-controller', 'example.com/a', 'a', '', 'a/b c', '/x', 'A/b', `a.b/${'x'.repeat(70)}`].map(
    (managedBy) => ({ managedBy }),
  ),
  { podReplacementPolicy: 'Failed' },
  { podReplacementPolicy: '' },
  { completionMode: '' },
  { suspend: true },
  { template: { metadata: { labels: { 'job-name': 'other' } } } },
  { template: { metadata: { labels: { 'controller-uid': 'other' } } } },
  { completions: 0 },
  { ...indexed, completions: 200_000, parallelism: 20_000 },
  { parallelism: 0, completions: 2 },
];

const suspended = { suspend: true };
const patches: [Fields, Fields][] = [
  [{}, { parallelism: 5 }],
  [{}, { backoffLimit: 3, activeDeadlineSeconds: 7, ttlSecondsAfterFinished: 9 }],
  [{}, { managedBy: 'a.b/c' }],
  [{}, { completionMode: 'Indexed' }],
  [{}, { podReplacementPolicy: 'Failed' }],
  [{}, { selector: { matchLabels: { a: 'b' } } }],
  [{}, { podFailurePolicy: { rules: [] } }],
  [{}, { template: { spec: { nodeSelector: { a: 'b' } } } }],
  [{}, { template: { metadata: { annotations: { a: 'b' } } } }],
  [indexed, { completions: 4 }],
  [indexed, { completions: 4, parallelism: 4 }],
  [indexed, { completions: null }],
  [indexed, { backoffLimitPerIndex: 1 }],
  [indexed, { successPolicy: { rules: [{ succeededCount: 1 }] } }],
  [suspended, { suspend: false }],
  ...[
    { metadata: { annotations: { a: 'b' } } },
    { metadata: { labels: { a: 'b' } } },
    { spec: { nodeSelector: { a: 'b' } } },
    { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } },
    { spec: { schedulingGates: [{ name: 'a' }] } },
    {
      spec: {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
            },
          },
        },
      },
    },
    {
      spec: {
        affinity: {
          podAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'z', labelSelector: { matchLabels: { a: 'b' } } },
            ],
          },
        },
      },
    },
    { spec: { containers: [{ name: 'c', image: 'i:2' }] } },
    { spec: { containers: [{ name: 'c', image: 'i:1', resources: { limits: { cpu: '1' } } }] } },
    { spec: { terminationGracePeriodSeconds: 5 } },
    { spec: { serviceAccountName: 'a' } },
  ].map((template): [Fields, Fields] => [suspended, { template }]),
  [suspended, { suspend: false, template: { spec: { nodeSelector: { a: 'b' } } } }],
];
const changes: Case[] = patches.map(([from, spec]) => ({
  name: `${JSON.stringify(from)} to ${JSON.stringify(spec)}`,
  steps: [
    made(from),
    { method: 'PATCH', path: `${path}/w`, contentType: contentTypes.merge, body: { spec } },
    { method: 'GET', path: `${path}/w` },
  ],
}));

export const jobGroups: Readonly<Record<string, Case[]>> = {
  'Jobs whose pods fail': creations(failures),
  'Jobs that have succeeded early': creations(successes),
  'limits of Jobs': creations(limits),
  'what can be changed of a Job': changes,
};
