/** Pods of one operating system, and what a pod has as a whole: in a template, and in a pod, which is given what it leaves out. */

import type { Case } from './single-changes.ts';

type Fields = Record<string, unknown>;

const container = (...fields: Fields[]): Fields => ({
  containers: fields.map((own, index) => ({ name: `c${index}`, image: 'i:1', ...own })),
});
const windows = { os: { name: 'windows' } };
const linux = { os: { name: 'linux' } };
const inContext = (securityContext: Fields): Fields[] => [
  { securityContext, ...container({}) },
  container({ securityContext }),
];

const onWindows: Fields[] = [
  ...[
    {},
    { hostPID: true },
    { hostIPC: true },
    { hostPID: false },
    { hostUsers: true },
    { shareProcessNamespace: false },
    ...[
      { fsGroup: 1 },
      { fsGroupChangePolicy: 'Always' },
      { sysctls: [] },
      { sysctls: [{ name: 'a.b', value: 'c' }] },
      { supplementalGroups: [1] },
      { supplementalGroupsPolicy: 'Merge' },
      { seLinuxChangePolicy: 'Recursive' },
    ].map((securityContext) => ({ securityContext })),
  ].map((spec) => ({ ...spec, ...container({}) })),
  ...[
    { runAsUser: 1, runAsGroup: 1 },
    { runAsNonRoot: true },
    { seLinuxOptions: { level: 'a' } },
    { seccompProfile: { type: 'RuntimeDefault' } },
    { appArmorProfile: { type: 'RuntimeDefault' } },
    { windowsOptions: { runAsUserName: 'u' } },
  ].flatMap(inContext),
  ...[
    { capabilities: { add: ['A'] } },
    { readOnlyRootFilesystem: false },
    { privileged: false },
    { allowPrivilegeEscalation: true },
    { procMount: 'Default' },
  ].map((securityContext) => container({ securityContext })),
].map((spec) => ({ ...windows, ...spec }));

const users = [
  '',
  'u',
  'a\\b',
  'a\\b\\c',
  '\\b',
  'a\\',
  '. .',
  'a/b',
  'x\t',
  'a?\\b',
  `${'d'.repeat(300)}\\u`,
  'u'.repeat(105),
];
const options: Fields[] = [
  ...users.map((runAsUserName) => ({ runAsUserName })),
  { gmsaCredentialSpecName: 'A' },
  { gmsaCredentialSpecName: 'a' },
  { gmsaCredentialSpec: '' },
  { gmsaCredentialSpec: '{}' },
].flatMap((windowsOptions) => inContext({ windowsOptions }));

const host = (hostProcess: boolean): Fields => ({ securityContext: { windowsOptions: { hostProcess } } });
const processes: Fields[] = [
  { ...host(true), hostNetwork: true, ...container({}) },
  { ...host(true), ...container({}) },
  { ...host(true), hostNetwork: true, ...container(host(false)) },
  { ...host(false), ...container(host(true)) },
  { hostNetwork: true, ...container(host(true), {}) },
  { hostNetwork: true, ...container(host(true), host(true)) },
  { hostNetwork: true, initContainers: [{ name: 'i', image: 'i' }], ...container(host(true)) },
  ...inContext({ windowsOptions: {} }).map((spec) => ({ ...linux, ...spec })),
];

const asking = (cpu: string): Fields => ({ resources: { requests: { cpu } } });
const limited = (cpu: string): Fields => ({ resources: { limits: { cpu } } });
const huge = { resources: { limits: { 'hugepages-2Mi': '4Mi', memory: '1Gi' } } };
const whole: Fields[] = [
  ...[
    {},
    { limits: { cpu: '1' } },
    { requests: { cpu: '1', memory: '1Gi' } },
    { requests: { cpu: '2' }, limits: { cpu: '1' } },
    { limits: { cpu: '-1' } },
    { limits: { 'ephemeral-storage': '1Gi' } },
    { limits: { 'example.com/a': '1' } },
    { limits: { odd: '1' } },
    { limits: { 'a b': '1' } },
    { limits: { pods: '1' } },
    { limits: { 'hugepages-2Mi': '2Mi' } },
    { limits: { 'hugepages-2Mi': '2Mi', cpu: '1' } },
    { requests: { 'hugepages-2Mi': '2Mi', cpu: '1' } },
    { claims: [{ name: 'c' }] },
  ].map((resources) => ({ resources, ...container({}) })),
  { ...asking('1'), ...container(asking('600m'), asking('600m')) },
  { ...asking('2'), ...container(asking('600m'), asking('600m')) },
  { ...limited('2'), ...container(asking('600m'), asking('600m')) },
  { ...limited('1'), ...container(limited('2')) },
  { ...limited('2'), ...container(limited('1500m'), limited('1500m')) },
  { ...limited('3'), initContainers: [{ name: 'i', image: 'i', ...asking('2') }], ...container(asking('1')) },
  {
    ...asking('3'),
    initContainers: [
      { name: 's', image: 'i', restartPolicy: 'Always', ...asking('1') },
      { name: 'i', image: 'i', ...asking('3') },
    ],
    ...container(asking('1')),
  },
  { ...limited('1'), ...container(huge) },
  { resources: { limits: { 'hugepages-2Mi': '2Mi', memory: '1Gi' } }, ...container(huge) },
  { ...windows, ...limited('1'), ...container({}) },
];

const inTemplate = (spec: Fields): Case => ({
  name: `in a template ${JSON.stringify(spec)}`,
  steps: [
    {
      method: 'POST',
      path: '/apis/apps/v1/namespaces/<<namespace>>/deployments',
      body: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { selector: { matchLabels: { app: 'x' } }, template: { metadata: { labels: { app: 'x' } }, spec } },
      },
    },
  ],
});
const inPod = (spec: Fields): Case => ({
  name: `in a pod ${JSON.stringify(spec)}`,
  steps: [
    {
      method: 'POST',
      path: '/api/v1/namespaces/<<namespace>>/pods',
      body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec },
    },
  ],
});

export const podPlatformGroups: Readonly<Record<string, Case[]>> = {
  'templates for Windows': [...onWindows, ...options, ...processes].map(inTemplate),
  'resources of whole pods': [...whole.map(inTemplate), ...whole.map(inPod)],
};
