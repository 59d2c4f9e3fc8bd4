import { container, type Fields } from './pod-container.ts';

/** Single mistakes in a pod's spec outside of its containers' own fields. */

export const volumes: Fields[] = [
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
export const contexts: Fields[] = [
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
export const affinities: Fields[] = [
  ...nodeTerms.map((nodeSelectorTerms) => ({ nodeAffinity: { [required]: { nodeSelectorTerms } } })),
  { nodeAffinity: { [preferred]: [{ weight: 0, preference: {} }] } },
  { nodeAffinity: { [preferred]: [{ weight: 101, preference: { matchExpressions: [{ key: '', operator: 'Is' }] } }] } },
  ...podTerms.map((own) => ({ podAffinity: { [required]: [own] } })),
  { podAntiAffinity: { [required]: [{}] } },
  { podAntiAffinity: { [preferred]: [{ weight: 0, podAffinityTerm: { ...term, topologyKey: '' } }] } },
].map((affinity) => ({ affinity, ...container({}) }));

const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' };
export const placements: Fields[] = [
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

export const names: Fields[] = [
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
