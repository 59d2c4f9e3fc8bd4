/** What may be told of pods, what of them can change, and annotations that mean something. */

import type { Fields } from './pod-container.ts';
import { type Case, contentTypes } from './single-changes.ts';
import type { Step } from './step.ts';

const pods = '/api/v1/namespaces/<<namespace>>/pods';
const { merge } = contentTypes;
const spec0 = { containers: [{ name: 'c', image: 'i:1' }] };
const make = (spec: Fields = {}, metadata: Fields = {}): Step => ({
  method: 'POST',
  path: pods,
  body: { metadata: { name: 'p', ...metadata }, spec: { ...spec0, ...spec } },
});
const told = (status: Fields): Step => ({
  method: 'PATCH',
  path: `${pods}/p/status`,
  contentType: merge,
  body: { status },
});
const patch = (body: Fields): Step => ({ method: 'PATCH', path: `${pods}/p`, contentType: merge, body });
const get: Step = { method: 'GET', path: `${pods}/p` };
const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
const container = (state: Fields, name = 'c') => ({
  name,
  image: 'i',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
});
const done = (exitCode: number, name = 'c') => container({ terminated: { exitCode } }, name);
const runs = container({ running: { startedAt: '2020-01-01T00:00:00Z' } });
const allocated = (allocatedResourcesStatus: Fields[], name = 'c') => ({
  containerStatuses: [{ ...runs, name, allocatedResourcesStatus }],
});
const imaged = (volumeStatus: Fields) => {
  const status = { ...runs, volumeMounts: [{ name: 'v', mountPath: '/v', volumeStatus }] };
  return { containerStatuses: [status], initContainerStatuses: [status], ephemeralContainerStatuses: [status] };
};
const withDevices = {
  containers: [{ ...spec0.containers[0], resources: { claims: [{ name: 'r' }], requests: { cpu: '1' } } }],
  resourceClaims: [{ name: 'r', resourceClaimName: 'x' }],
};
const statusesCases: Case[] = [
  one('qos', make(), told({ qosClass: 'Guaranteed' })),
  one('qos removed', make(), told({ qosClass: null }), get),
  one(
    'conditions',
    make(),
    told({
      conditions: [
        { type: 'a b', status: 'True' },
        { type: 'Ready', status: 'x' },
        { type: '', status: 'True', observedGeneration: -1 },
      ],
    }),
  ),
  ...[
    { extendedResourceClaimStatus: {} },
    { extendedResourceClaimStatus: { requestMappings: [{}] } },
    allocated([{ name: 'claim:r', resources: [{ resourceID: 'a', health: 'Healthy' }] }]),
    allocated([{ name: 'claim:other' }, { name: 'claim:r/x' }, { name: 'cpu' }, { name: 'memory' }]),
    allocated([
      {
        name: 'cpu',
        resources: [
          { resourceID: 'a' },
          { resourceID: 'a', health: 'Odd', message: '' },
          { resourceID: 'b', health: 'Unknown', message: 'x'.repeat(1025) },
        ],
      },
    ]),
    allocated([{ name: 'claim:other' }], 'd'),
    { ephemeralContainerStatuses: [{ ...runs, allocatedResourcesStatus: [{ name: 'cpu' }] }] },
  ].map((status) => one(`devices ${JSON.stringify(status).slice(0, 200)}`, make(withDevices), told(status))),
  ...[
    { nodeAllocatableResourceClaimStatuses: [{ resourceClaimName: 'x', containers: ['c'], resources: { cpu: '1' } }] },
    { nodeAllocatableResourceClaimStatuses: [{}] },
    { resourceClaimStatuses: [{ name: 'r', resourceClaimName: 'y' }] },
    {
      resourceClaimStatuses: [
        { name: 'r' },
        { name: 'r', resourceClaimName: 'A_' },
        { name: 's', resourceClaimName: '' },
      ],
    },
    imaged({}),
    imaged({ image: {} }),
    imaged({ image: { imageRef: 'x' } }),
  ].map((status) => one(`claims ${JSON.stringify(status).slice(0, 200)}`, make(withDevices), told(status), get)),
  one('nominated', make(), told({ nominatedNodeName: 'A B' }), told({ nominatedNodeName: 'a' })),
  one('nominated of a bound', make({ nodeName: 'n' }), told({ nominatedNodeName: 'a' })),
  one(
    'a time that is no text of ASCII',
    make(),
    told({ conditions: [{ type: 'Ready', status: 'True', lastProbeTime: 'A "b\\ é\n\u007f' }] }),
  ),
  one('generation', make(), told({ observedGeneration: -1 })),
  one(
    'generation kept',
    make(),
    told({ observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True', observedGeneration: 1 }] }),
    told({ observedGeneration: null, conditions: [{ type: 'Ready', status: 'False' }] }),
    get,
  ),
  one('ips', make(), told({ podIPs: [{ ip: 'x' }] })),
  one('ips lead zero', make(), told({ podIP: '10.0.0.01', podIPs: [{ ip: '10.0.0.01' }] })),
  one('two ips', make(), told({ podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] })),
  one('dual ips', make(), told({ podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: '2001:db8::1' }] })),
  one('only podIP', make(), told({ podIP: '10.0.0.1' })),
  one('other podIP', make(), told({ podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.1' }] })),
  one('hostIPs', make(), told({ hostIP: '10.0.0.2', hostIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] })),
  one('restart always', make(), told({ containerStatuses: [done(0)] }), told({ containerStatuses: [runs] })),
  one(
    'restart never',
    make({ restartPolicy: 'Never' }),
    told({ containerStatuses: [done(0)] }),
    told({ containerStatuses: [runs] }),
  ),
  one(
    'restart on failure, failed',
    make({ restartPolicy: 'OnFailure' }),
    told({ containerStatuses: [done(1)] }),
    told({ containerStatuses: [runs] }),
  ),
  one(
    'restart on failure, done',
    make({ restartPolicy: 'OnFailure' }),
    told({ containerStatuses: [done(0)] }),
    told({ containerStatuses: [runs] }),
  ),
  one(
    'init restart never',
    make({ restartPolicy: 'Never', initContainers: [{ name: 'i', image: 'i' }] }),
    told({ initContainerStatuses: [done(1, 'i')] }),
    told({ initContainerStatuses: [container({}, 'i')] }),
  ),
  one(
    'init sidecar',
    make({ restartPolicy: 'Never', initContainers: [{ name: 'i', image: 'i', restartPolicy: 'Always' }] }),
    told({ initContainerStatuses: [done(1, 'i')] }),
    told({ initContainerStatuses: [container({}, 'i')] }),
  ),
  one(
    'ephemeral',
    make(),
    told({ ephemeralContainerStatuses: [done(1, 'e')] }),
    told({ ephemeralContainerStatuses: [container({}, 'e')] }),
  ),
  one(
    'unknown container',
    make({ restartPolicy: 'Never' }),
    told({ containerStatuses: [done(0, 'z')] }),
    told({ containerStatuses: [container({}, 'z')] }),
  ),
  one('claim statuses', make(), told({ resourceClaimStatuses: [{ name: 'x' }, { name: 'x' }] })),
  one(
    'claim statuses of claims',
    make({ resourceClaims: [{ name: 'x', resourceClaimName: 'y' }] }),
    told({ resourceClaimStatuses: [{ name: 'x', resourceClaimName: 'A B' }] }),
  ),
  one('phase', make(), told({ phase: 'Odd' }), told({ phase: 'Succeeded', message: 'm', reason: 'r' })),
  one(
    'users',
    make(),
    told({ containerStatuses: [{ ...runs, user: { linux: { uid: -1, gid: -1, supplementalGroups: [-1] } } }] }),
  ),
  one(
    'owner',
    make(),
    {
      ...told({}),
      body: {
        metadata: {
          labels: { a: 'b' },
          ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'y' }],
        },
      },
    },
    get,
  ),
  one(
    'resize conditions',
    make(),
    told({ conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Deferred' }], resize: 'Deferred' }),
    get,
  ),
];
const annotated = (annotations: Fields, more: Fields = {}): Step => make(more, { annotations });
const annotationsCases: Case[] = [
  ...[
    { 'controller.kubernetes.io/pod-deletion-cost': 'x' },
    { 'controller.kubernetes.io/pod-deletion-cost': '-100' },
    { 'controller.kubernetes.io/pod-deletion-cost': '+1' },
    { 'controller.kubernetes.io/pod-deletion-cost': '007' },
    { 'controller.kubernetes.io/pod-deletion-cost': '99999999999' },
    { 'controller.kubernetes.io/pod-deletion-cost': '' },
    { 'controller.kubernetes.io/pod-deletion-cost': '-0' },
    { 'kubernetes.io/config.mirror': 'x' },
    { 'seccomp.security.alpha.kubernetes.io/pod': 'odd' },
    { 'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default' },
    { 'container.seccomp.security.alpha.kubernetes.io/c': 'localhost/../x' },
    { 'container.seccomp.security.alpha.kubernetes.io/c': 'unconfined' },
    { 'container.apparmor.security.beta.kubernetes.io/c': 'runtime/default' },
    { 'container.apparmor.security.beta.kubernetes.io/x': 'runtime/default' },
    { 'container.apparmor.security.beta.kubernetes.io/c': 'localhost/x' },
    { 'container.apparmor.security.beta.kubernetes.io/c': 'localhost/' },
    { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined' },
    { 'container.apparmor.security.beta.kubernetes.io/c': '' },
    { 'scheduler.alpha.kubernetes.io/critical-pod': '' },
    { 'security.alpha.kubernetes.io/sysctls': 'x', 'security.alpha.kubernetes.io/unsafe-sysctls': 'y' },
  ].flatMap((annotations) => [
    one(`pod ${JSON.stringify(annotations)}`, annotated(annotations), get),
    one(`pod later ${JSON.stringify(annotations)}`, make(), patch({ metadata: { annotations } })),
    one(`deployment ${JSON.stringify(annotations)}`, {
      method: 'POST',
      path: '/apis/apps/v1/namespaces/<<namespace>>/deployments',
      body: {
        metadata: { name: 'd' },
        spec: {
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'b' }, annotations }, spec: spec0 },
        },
      },
    }),
  ]),
  one(
    'apparmor removed',
    annotated({ 'container.apparmor.security.beta.kubernetes.io/c': 'runtime/default' }),
    patch({ metadata: { annotations: { 'container.apparmor.security.beta.kubernetes.io/c': null } } }),
  ),
  one(
    'apparmor changed',
    annotated({ 'container.apparmor.security.beta.kubernetes.io/c': 'runtime/default' }),
    patch({ metadata: { annotations: { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined' } } }),
  ),
  one(
    'mirror removed',
    annotated({ 'kubernetes.io/config.mirror': 'x' }, { nodeName: 'n' }),
    patch({ metadata: { annotations: null } }),
  ),
  one(
    'seccomp mismatch',
    annotated(
      { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' },
      { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
    ),
  ),
  one(
    'seccomp container mismatch',
    annotated(
      { 'container.seccomp.security.alpha.kubernetes.io/c': 'localhost/x' },
      {
        containers: [
          { name: 'c', image: 'i', securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'y' } } },
        ],
      },
    ),
  ),
  one(
    'apparmor mismatch',
    annotated(
      { 'container.apparmor.security.beta.kubernetes.io/c': 'localhost/x' },
      { containers: [{ name: 'c', image: 'i', securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } }] },
    ),
  ),
  one(
    'apparmor of the pod',
    annotated(
      { 'container.apparmor.security.beta.kubernetes.io/c': 'runtime/default' },
      { securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } },
    ),
    get,
  ),
];
const to = (name: string, from: Fields, next: Fields, meta?: Fields): Case =>
  one(name, make(from, meta), patch({ spec: next }), get);
const gates = { schedulingGates: [{ name: 'a.b/c' }, { name: 'd' }] };
const near = (...terms: Fields[][]) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })),
    },
  },
});
const where = (key: string, ...values: string[]) => ({ key, operator: 'In', values });
const updatesCases: Case[] = [
  to('image', {}, { containers: [{ name: 'c', image: 'j' }] }),
  to('image empty', {}, { containers: [{ name: 'c', image: '' }] }),
  to('image with spaces', {}, { containers: [{ name: 'c', image: ' i' }] }),
  to('init image', { initContainers: [{ name: 'i', image: 'i' }] }, { initContainers: [{ name: 'i', image: 'j' }] }),
  to('init added', {}, { initContainers: [{ name: 'i', image: 'j' }] }),
  to(
    'container added',
    {},
    {
      containers: [
        { name: 'c', image: 'i:1' },
        { name: 'd', image: 'i' },
      ],
    },
  ),
  to(
    'bad container added',
    {},
    {
      containers: [
        { name: 'c', image: 'i:1' },
        { name: 'D D', image: 'i' },
      ],
    },
  ),
  to('env', {}, { containers: [{ name: 'c', image: 'i:1', env: [{ name: 'a', value: 'b' }] }] }),
  to('bad env', {}, { containers: [{ name: 'c', image: 'i:1', env: [{ name: '=', value: 'b' }] }] }),
  to('deadline', {}, { activeDeadlineSeconds: 5 }),
  to('deadline 0', { activeDeadlineSeconds: 5 }, { activeDeadlineSeconds: 0 }),
  to('deadline later', { activeDeadlineSeconds: 5 }, { activeDeadlineSeconds: 6 }),
  to('deadline gone', { activeDeadlineSeconds: 5 }, { activeDeadlineSeconds: null }),
  to('deadline negative', { activeDeadlineSeconds: 5 }, { activeDeadlineSeconds: -1 }),
  to('grace', {}, { terminationGracePeriodSeconds: 5 }),
  to('grace of negative', { terminationGracePeriodSeconds: -1 }, { terminationGracePeriodSeconds: 1 }),
  to('grace of negative to 2', { terminationGracePeriodSeconds: -1 }, { terminationGracePeriodSeconds: 2 }),
  to('toleration added', {}, { tolerations: [{ key: 'a', operator: 'Exists' }] }),
  to(
    'toleration changed',
    { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }] },
    { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 6 }] },
  ),
  to('bad toleration', {}, { tolerations: [{ key: 'a b', operator: 'Exists' }] }),
  to('gate removed', gates, { schedulingGates: [{ name: 'd' }] }),
  to('gates removed', gates, { schedulingGates: [] }),
  to('gate added', gates, { schedulingGates: [...gates.schedulingGates, { name: 'e' }] }),
  to('gate added to none', {}, { schedulingGates: [{ name: 'e' }] }),
  to('gated nodeSelector', { ...gates, nodeSelector: { a: 'b' } }, { nodeSelector: { a: 'b', c: 'd' } }),
  to('gated nodeSelector changed', { ...gates, nodeSelector: { a: 'b' } }, { nodeSelector: { a: 'c' } }),
  to('gated nodeSelector removed', { ...gates, nodeSelector: { a: 'b' } }, { nodeSelector: null }),
  to('nodeSelector', {}, { nodeSelector: { a: 'c' } }),
  to('gated affinity set', gates, { affinity: near([where('a', 'b')]) }),
  to(
    'gated affinity narrowed',
    { ...gates, affinity: near([where('a', 'b')]) },
    { affinity: near([where('a', 'b'), where('c', 'd')]) },
  ),
  to('gated affinity changed', { ...gates, affinity: near([where('a', 'b')]) }, { affinity: near([where('c', 'd')]) }),
  to(
    'gated affinity more terms',
    { ...gates, affinity: near([where('a', 'b')]) },
    { affinity: near([where('a', 'b')], [where('c', 'd')]) },
  ),
  to('gated affinity removed', { ...gates, affinity: near([where('a', 'b')]) }, { affinity: null }),
  to('gated preferred', gates, {
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, preference: { matchExpressions: [where('a', 'b')] } },
        ],
      },
    },
  }),
  to('gated pod affinity', gates, {
    affinity: {
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a', labelSelector: {} }] },
    },
  }),
  to('affinity', {}, { affinity: near([where('a', 'b')]) }),
  to('nodeName', {}, { nodeName: 'n' }),
  to('service account', {}, { serviceAccountName: 'n' }),
  to('priority', {}, { priority: 5 }),
  to('priority class', {}, { priorityClassName: 'system-node-critical' }),
  one('gated with node', make({ ...gates, nodeName: 'n' })),
  one('gate and bind', make(gates), { method: 'POST', path: `${pods}/p/binding`, body: { target: { name: 'n' } } }),
];
const away = (more: Fields) => ({ topologyKey: 'z', labelSelector: { matchLabels: { x: 'y' } }, ...more });
const keysCases: Case[] = [
  one(
    'affinity keys',
    make(
      {
        affinity: {
          podAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              away({ matchLabelKeys: ['a', 'none'], mismatchLabelKeys: ['b'] }),
            ],
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, podAffinityTerm: away({ matchLabelKeys: ['a'] }) },
            ],
          },
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [away({ mismatchLabelKeys: ['b', 'a'] })],
          },
        },
      },
      { labels: { a: '1', b: '2' } },
    ),
    get,
  ),
  one(
    'spread keys',
    make(
      {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'z',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: { x: 'y' } },
            matchLabelKeys: ['a', 'none'],
          },
          {
            maxSkew: 1,
            topologyKey: 'y',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: {},
            matchLabelKeys: ['a'],
          },
        ],
      },
      { labels: { a: '1', b: '2' } },
    ),
    get,
  ),
  one(
    'spread keys then image',
    make(
      {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'z',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: { x: 'y' } },
            matchLabelKeys: ['a', 'none'],
          },
        ],
      },
      { labels: { a: '1', b: '2' } },
    ),
    patch({ spec: { containers: [{ name: 'c', image: 'j' }] } }),
  ),
];

export const podChangeGroups: Readonly<Record<string, Case[]>> = {
  'what is told of pods': statusesCases,
  'annotations of pods': annotationsCases,
  'pods are changed': updatesCases,
  'pods select by their own labels': keysCases,
};
