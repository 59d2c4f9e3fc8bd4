/** Single mistakes in a pod's spec, each in a Deployment's template: what upstream refuses is refused in the same words, and what it takes is taken. */

import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

type Fields = Record<string, unknown>;

const base = { name: 'c', image: 'i:1' };
const container = (...fields: Fields[]): Fields => ({
  containers: fields.map((own, index) => ({ ...base, ...(index > 0 ? { name: `c${index}` } : {}), ...own })),
});
const mounted = (mount: Fields, more: Fields = {}): Fields => ({
  volumes: [{ name: 'v', emptyDir: {} }],
  ...container({ volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }], ...more }),
});

const containers: Fields[] = [
  {},
  { containers: [] },
  { containers: null },
  container({ name: 'C' }),
  container({ name: '' }),
  container({ image: '' }),
  container({ image: ' i ' }),
  container({}, { name: 'c' }),
  container({ imagePullPolicy: 'Sometimes' }),
  container({ terminationMessagePolicy: 'Loud' }),
  container({ terminationMessagePolicy: 'FallbackToLogsOnError' }),
  container({ restartPolicy: 'Always' }),
  container({ restartPolicy: 'Often' }),
  container({ restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }] }),
  container({ restartPolicy: 'Never', restartPolicyRules: [{ action: 'Stop', exitCodes: { operator: 'Is' } }] }),
  container({ restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart' }] }),
  container({ resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }] }),
  container({ resizePolicy: [{ resourceName: 'disk', restartPolicy: 'Perhaps' }] }),
  container({ stdin: true, tty: true, workingDir: '/x', command: ['a'], args: ['b'] }),
  { initContainers: [{ name: 'c', image: 'i' }], ...container({}) },
  { initContainers: [{ name: 'i', image: '' }], ...container({}) },
  { initContainers: [{ name: 'i', image: 'i', readinessProbe: { exec: { command: ['x'] } } }], ...container({}) },
  { initContainers: [{ name: 'i', image: 'i', restartPolicy: 'Always', lifecycle: {} }], ...container({}) },
  { initContainers: [{ name: 'i', image: 'i', restartPolicy: 'Often' }], ...container({}) },
  {
    initContainers: [
      { name: 'i', image: 'i' },
      { name: 'i', image: 'i' },
    ],
    ...container({}),
  },
  { ephemeralContainers: [{ name: 'e', image: 'i' }], ...container({}) },
];

const ports = [
  [{ containerPort: 80 }],
  [{}],
  [{ containerPort: 0 }],
  [{ containerPort: 65_536 }],
  [{ containerPort: -1 }],
  [{ containerPort: 80, hostPort: 70_000 }],
  [{ containerPort: 80, protocol: 'ICMP' }],
  [
    { containerPort: 80, name: 'web' },
    { containerPort: 81, name: 'web' },
  ],
  [{ containerPort: 80, name: 'Web' }],
  [{ containerPort: 80, name: 'a-name-that-is-too-long' }],
  [{ containerPort: 80, name: '80' }],
  [{ containerPort: 80, name: 'a--b' }],
  [
    { containerPort: 80, hostPort: 8080 },
    { containerPort: 81, hostPort: 8080 },
  ],
  [
    { containerPort: 80, hostPort: 8080 },
    { containerPort: 81, hostPort: 8080, hostIP: '127.0.0.1' },
  ],
].map((own) => container({ ports: own }));

const env = [
  { name: 'A', value: 'b' },
  { value: 'b' },
  { name: 'a=b' },
  { name: '1 a' },
  { name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  { name: 'A', valueFrom: {} },
  { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' }, secretKeyRef: { name: 's', key: 'k' } } },
  { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.labels' } } },
  { name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a']" } } },
  { name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a b']" } } },
  { name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['A']" } } },
  { name: 'A', valueFrom: { fieldRef: { fieldPath: "spec.nodeName['A']" } } },
  { name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nonsense' } } },
  { name: 'A', valueFrom: { fieldRef: { fieldPath: '' } } },
  { name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.phase' } } },
  { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name', apiVersion: 'v2' } } },
  { name: 'A', valueFrom: { configMapKeyRef: { name: 'c' } } },
  { name: 'A', valueFrom: { configMapKeyRef: { key: 'k' } } },
  { name: 'A', valueFrom: { configMapKeyRef: { name: 'C', key: 'a b' } } },
  { name: 'A', valueFrom: { secretKeyRef: { name: 's', key: '..' } } },
  { name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
  { name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '2' } } },
  { name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
  { name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '3' } } },
  { name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.disk' } } },
  { name: 'A', valueFrom: { resourceFieldRef: { resource: '' } } },
  { name: 'A', valueFrom: { fileKeyRef: { key: 'k', path: 'p', volumeName: 'v' } } },
].map((own) => container({ env: [own] }));

const envFrom = [
  {},
  { configMapRef: { name: 'c' } },
  { configMapRef: {} },
  { configMapRef: { name: 'C' } },
  { secretRef: { name: 's' }, configMapRef: { name: 'c' } },
  { secretRef: { name: '' } },
  { prefix: 'a=', secretRef: { name: 's' } },
].map((own) => container({ envFrom: [own] }));

const mounts: Fields[] = [
  mounted({}),
  mounted({ name: 'w' }),
  mounted({ name: '' }),
  mounted({ mountPath: '' }),
  mounted({ mountPath: 'relative' }),
  mounted({ subPath: '/a' }),
  mounted({ subPath: 'a/../b' }),
  mounted({ subPathExpr: '../a' }),
  mounted({ subPath: 'a', subPathExpr: 'b' }),
  mounted({ mountPropagation: 'Bidirectional' }),
  mounted({ mountPropagation: 'Sideways' }),
  mounted({ recursiveReadOnly: 'Enabled' }),
  mounted({ recursiveReadOnly: 'Enabled', readOnly: true }),
  mounted({ recursiveReadOnly: 'Enabled', readOnly: true, mountPropagation: 'HostToContainer' }),
  mounted({ recursiveReadOnly: 'Often' }),
  mounted({}, { volumeDevices: [{ name: 'v', devicePath: '/d' }] }),
  mounted({}, { volumeDevices: [{ name: 'w', devicePath: '/v' }] }),
  mounted({}, { volumeDevices: [{}] }),
  mounted({}, { volumeDevices: [{ name: 'x', devicePath: '/../d' }] }),
  {
    volumes: [{ name: 'v', emptyDir: {} }],
    ...container({
      volumeMounts: [
        { name: 'v', mountPath: '/v' },
        { name: 'v', mountPath: '/v' },
      ],
    }),
  },
  {
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }],
    ...container({
      volumeDevices: [
        { name: 'v', devicePath: '/v' },
        { name: 'v', devicePath: '/v' },
      ],
    }),
  },
];

const handler = { exec: { command: ['x'] } };
const probes = [
  handler,
  {},
  { exec: {} },
  { ...handler, httpGet: { port: 80 } },
  { httpGet: { port: 80 } },
  { httpGet: { port: 0 } },
  { httpGet: { port: 'web' } },
  { httpGet: { port: '' } },
  { httpGet: { port: 'W_' } },
  { httpGet: {} },
  { httpGet: { port: 80, scheme: 'FTP' } },
  { httpGet: { port: 80, httpHeaders: [{ name: 'a b', value: 'x' }] } },
  { tcpSocket: { port: 70_000 } },
  { tcpSocket: { port: 'a--b' } },
  { grpc: { port: 0 } },
  { ...handler, periodSeconds: -1 },
  { ...handler, initialDelaySeconds: -1, timeoutSeconds: -1, failureThreshold: -1 },
  { ...handler, successThreshold: 2 },
  { ...handler, successThreshold: -1 },
  { ...handler, terminationGracePeriodSeconds: 0 },
  { ...handler, terminationGracePeriodSeconds: 5 },
].flatMap((probe) => ['livenessProbe', 'readinessProbe', 'startupProbe'].map((name) => container({ [name]: probe })));

const hooks = [
  { preStop: handler },
  { preStop: {} },
  { postStart: { ...handler, tcpSocket: { port: 1 } } },
  { preStop: { sleep: { seconds: 5 } } },
  { preStop: { sleep: { seconds: 31 } } },
  { preStop: { sleep: { seconds: -1 } } },
].map((lifecycle) => container({ lifecycle }));

const resources = [
  { limits: { cpu: '1' } },
  { limits: { cpu: '1' }, requests: { cpu: '2' } },
  { requests: { cpu: '-1' } },
  { limits: { memory: '-1Mi' } },
  { limits: { cpu: 'many' } },
  { limits: { gpu: '1' } },
  { limits: { 'requests.cpu': '1' } },
  { limits: { pods: '1' } },
  { limits: { 'example.com/gpu': '1' } },
  { limits: { 'example.com/gpu': '1500m' } },
  { requests: { 'example.com/gpu': '1' } },
  { requests: { 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '2' } },
  { limits: { 'kubernetes.io/gpu': '1' } },
  { limits: { 'a b': '1' } },
  { limits: { 'hugepages-2Mi': '2Mi' } },
  { limits: { 'hugepages-2Mi': '2Mi', memory: '1Gi' } },
  { requests: { memory: '1Gi' }, limits: { memory: '1000Mi' } },
  { claims: [{ name: 'c' }] },
  { claims: [{}] },
].map((own) => container({ resources: own }));

const volumes: Fields[] = [
  [{ name: 'v' }],
  [{ emptyDir: {} }],
  [{ name: 'V', emptyDir: {} }],
  [
    { name: 'v', emptyDir: {} },
    { name: 'v', emptyDir: {} },
  ],
  [{ name: 'v', emptyDir: {}, configMap: { name: 'c' } }],
  [{ name: 'v', emptyDir: { sizeLimit: '-1' } }],
  [{ name: 'v', hostPath: { path: '/x' } }],
  [{ name: 'v', hostPath: { path: '' } }],
  [{ name: 'v', hostPath: { path: '/x/../y' } }],
  [{ name: 'v', hostPath: { path: '/x', type: 'Nothing' } }],
  [{ name: 'v', configMap: {} }],
  [{ name: 'v', configMap: { name: 'c', defaultMode: 512 } }],
  [{ name: 'v', configMap: { name: 'c', items: [{}] } }],
  [{ name: 'v', configMap: { name: 'c', items: [{ key: 'k', path: '../x' }] } }],
  [{ name: 'v', configMap: { name: 'c', items: [{ key: 'k', path: '..x', mode: -1 }] } }],
  [{ name: 'v', configMap: { name: 'c', items: [{ key: 'k', path: '/x' }] } }],
  [{ name: 'v', secret: {} }],
  [{ name: 'v', secret: { secretName: 's', defaultMode: 1000 } }],
  [{ name: 'v', persistentVolumeClaim: {} }],
  [{ name: 'v', nfs: { server: 's', path: 'x' } }],
  [{ name: 'v', nfs: {} }],
  [{ name: 'v', csi: {} }],
  [{ name: 'v', csi: { driver: 'a.b', nodePublishSecretRef: {} } }],
  [{ name: 'v', image: { reference: 'i', pullPolicy: 'X' } }],
  [{ name: 'v', image: {} }],
  [{ name: 'v', gitRepo: { repository: '' } }],
  [{ name: 'v', ephemeral: {} }],
  [{ name: 'v', downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.labels' } }] } }],
  [{ name: 'v', downwardAPI: { items: [{ path: 'a' }] } }],
  [{ name: 'v', downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'spec.nodeName' } }] } }],
  [{ name: 'v', downwardAPI: { items: [{ path: 'a', resourceFieldRef: { resource: 'limits.cpu' } }] } }],
  [{ name: 'v', projected: { sources: [] } }],
  [{ name: 'v', projected: { sources: [{ secret: {}, configMap: { name: 'c' } }] } }],
  [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: '', expirationSeconds: 5 } }] } }],
  [
    {
      name: 'v',
      projected: {
        sources: [
          { secret: { name: 's', items: [{ key: 'k', path: 'x' }] } },
          { configMap: { name: 'c', items: [{ key: 'k', path: 'x' }] } },
        ],
      },
    },
  ],
].map((own) => ({ volumes: own, ...container({}) }));

const securities = [
  { privileged: false },
  { runAsUser: -1 },
  { runAsGroup: 4_000_000_000 },
  { procMount: 'Odd' },
  { procMount: 'Unmasked' },
  { seccompProfile: {} },
  { seccompProfile: { type: 'Odd' } },
  { seccompProfile: { type: 'Localhost' } },
  { seccompProfile: { type: 'Localhost', localhostProfile: '/x' } },
  { seccompProfile: { type: 'Unconfined', localhostProfile: 'x' } },
  { appArmorProfile: { type: 'Localhost', localhostProfile: ' x' } },
  { appArmorProfile: { type: 'Localhost' } },
  { appArmorProfile: { type: 'RuntimeDefault', localhostProfile: 'x' } },
  { appArmorProfile: { type: 'Odd' } },
];
const contexts: Fields[] = [
  ...securities.map((securityContext) => container({ securityContext })),
  container({ securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ['CAP_SYS_ADMIN'] } } }),
  ...[
    ...securities.filter((own) => !('privileged' in own) && !('procMount' in own)),
    { fsGroup: -1 },
    { supplementalGroups: [1, -1] },
    { supplementalGroupsPolicy: 'Odd' },
    { fsGroupChangePolicy: 'Odd' },
    { seLinuxChangePolicy: 'Odd' },
    { sysctls: [{ name: '', value: 'x' }] },
    { sysctls: [{ name: 'A', value: 'x' }] },
    {
      sysctls: [
        { name: 'a.b', value: 'x' },
        { name: 'a.b', value: 'x' },
      ],
    },
  ].map((securityContext) => ({ securityContext, ...container({}) })),
  { hostNetwork: true, securityContext: { sysctls: [{ name: 'net.core.x', value: '1' }] }, ...container({}) },
  { hostPID: true, shareProcessNamespace: true, ...container({}) },
  { hostUsers: false, hostPID: true, hostIPC: true, ...container({}) },
  { hostNetwork: true, ...container({ ports: [{ containerPort: 80, hostPort: 81 }] }) },
];

const term = { topologyKey: 'zone', labelSelector: { matchLabels: { a: 'b' } } };
const nodeTerms = [
  [],
  [{}],
  [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
  [{ matchExpressions: [{ key: 'a', operator: 'In' }] }],
  [{ matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] }],
  [{ matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1', '2'] }] }],
  [{ matchExpressions: [{ key: 'a', operator: 'Is', values: ['b'] }] }],
  [{ matchExpressions: [{ key: 'a b', operator: 'In', values: ['b c'] }] }],
  [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a', 'b'] }] }],
  [{ matchFields: [{ key: 'metadata.uid', operator: 'Exists' }] }],
];
const podTerms = [
  term,
  { ...term, topologyKey: '' },
  { ...term, topologyKey: 'a b' },
  { ...term, labelSelector: { matchLabels: { 'a b': 'c' } } },
  { ...term, labelSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } },
  { ...term, namespaces: ['A'] },
  { ...term, matchLabelKeys: ['x'], mismatchLabelKeys: ['x'] },
  { topologyKey: 'zone', matchLabelKeys: ['x'] },
];
const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
const affinities: Fields[] = [
  ...nodeTerms.map((nodeSelectorTerms) => ({ nodeAffinity: { [required]: { nodeSelectorTerms } } })),
  { nodeAffinity: { [preferred]: [{ weight: 0, preference: {} }] } },
  { nodeAffinity: { [preferred]: [{ weight: 101, preference: { matchExpressions: [{ key: '', operator: 'Is' }] } }] } },
  ...podTerms.map((own) => ({ podAffinity: { [required]: [own] } })),
  { podAntiAffinity: { [required]: [{}] } },
  { podAntiAffinity: { [preferred]: [{ weight: 0, podAffinityTerm: { ...term, topologyKey: '' } }] } },
].map((affinity) => ({ affinity, ...container({}) }));

const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' };
const placements: Fields[] = [
  ...[
    [{ key: 'a', operator: 'Exists' }],
    [{ operator: 'Exists' }],
    [{ operator: 'Equal' }],
    [{ key: 'a b' }],
    [{ key: 'a', operator: 'Exists', value: 'x' }],
    [{ key: 'a', operator: 'Equal', value: 'x y' }],
    [{ key: 'a', operator: 'Is' }],
    [{ key: 'a', operator: 'Gt', value: '1' }],
    [{ key: 'a', effect: 'Never' }],
    [{ key: 'a', tolerationSeconds: 5 }],
    [{ key: 'a', effect: 'NoExecute', tolerationSeconds: 5 }],
  ].map((tolerations) => ({ tolerations })),
  ...[
    [spread],
    [{}],
    [{ ...spread, maxSkew: 0 }],
    [{ ...spread, whenUnsatisfiable: 'Never' }],
    [spread, spread],
    [{ ...spread, minDomains: 0 }],
    [{ ...spread, whenUnsatisfiable: 'ScheduleAnyway', minDomains: 1 }],
    [{ ...spread, nodeTaintsPolicy: 'Odd', nodeAffinityPolicy: 'Odd' }],
    [{ ...spread, matchLabelKeys: ['a'] }],
    [{ ...spread, labelSelector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } }],
  ].map((topologySpreadConstraints) => ({ topologySpreadConstraints })),
  { nodeSelector: { 'a b': 'c' } },
  { nodeSelector: { a: 'b c' } },
  { readinessGates: [{ conditionType: 'a b' }] },
  { schedulingGates: [{ name: 'a' }, { name: 'a' }] },
].map((own) => ({ ...own, ...container({}) }));

const names: Fields[] = [
  { restartPolicy: 'Never' },
  { restartPolicy: 'Sometimes' },
  { dnsPolicy: 'Odd' },
  { dnsPolicy: 'None' },
  { dnsPolicy: 'None', dnsConfig: {} },
  { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'] } },
  { dnsConfig: { nameservers: ['x', '1.1.1.1', '2.2.2.2', '3.3.3.3'] } },
  { dnsConfig: { searches: ['A'], options: [{}] } },
  { dnsConfig: { searches: ['_a.b.', '.'] } },
  { hostAliases: [{ ip: 'x', hostnames: ['A'] }] },
  { hostname: 'A.b' },
  { subdomain: 'a.b' },
  { serviceAccountName: 'A' },
  { nodeName: 'A' },
  { priorityClassName: 'A' },
  { runtimeClassName: 'A' },
  { runtimeClassName: '' },
  { preemptionPolicy: 'Odd' },
  { activeDeadlineSeconds: 0 },
  { activeDeadlineSeconds: 5 },
  { terminationGracePeriodSeconds: -1 },
  { os: {} },
  { os: { name: 'plan9' } },
  { overhead: { cpu: '-1' } },
  { imagePullSecrets: [{}] },
  { setHostnameAsFQDN: true },
].map((own) => ({ ...own, ...container({}) }));

const templates = '/apis/apps/v1/namespaces/<<namespace>>/deployments';
const deployed = (spec: Fields): Step => ({
  method: 'POST',
  path: templates,
  body: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: {
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec },
    },
  },
});

const cases = (specs: readonly Fields[]): Case[] =>
  specs.map((spec) => ({ name: JSON.stringify(spec), steps: [deployed(spec)] }));

/** By what they are about. */
export const podSpecGroups: Readonly<Record<string, Case[]>> = {
  'containers of a template': cases([...containers, ...ports]),
  'environment of a template': cases([...env, ...envFrom]),
  'mounts and volumes of a template': cases([...mounts, ...volumes]),
  'probes and hooks of a template': cases([...probes, ...hooks]),
  'resources and security of a template': cases([...resources, ...contexts]),
  'placement of a template': cases([...affinities, ...placements]),
  'names in a template': cases(names),
};
