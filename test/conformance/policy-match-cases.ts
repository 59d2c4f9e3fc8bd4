/**
 * What ValidatingAdmissionPolicies are told of: through which resource, version and subresource a request came, and in which of them the policy sees it. The policy of each case denies
 * whatever one user does in the sequence's own namespace, and says what it saw.
 */

import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

const root = '/apis/admissionregistration.k8s.io/v1';
const api = { apiVersion: 'admissionregistration.k8s.io/v1' };
const space = '/api/v1/namespaces/<<namespace>>';
const inGroup = (group: string): string => `/apis/${group}/namespaces/<<namespace>>`;
const name = 'match-<<namespace>>';
const merge = { contentType: 'application/merge-patch+json' };
const send = (method: string, path: string, body?: unknown, more: Partial<Step> = {}): Step => ({
  method,
  path,
  body,
  ...more,
});

const asKind = (kind: string): string => `[${kind}.group, ${kind}.version, ${kind}.kind].join('/')`;
const asResource = (resource: string): string =>
  `[${resource}.group, ${resource}.version, ${resource}.resource].join('/')`;
const orNone = (field: string): string => `has(${field}) ? ${field} : '-'`;
const shown = (object: string): string =>
  `${object} == null ? 'none' : ${object}.apiVersion + ' ' + ${object}.kind + (has(${object}.spec) ? ' spec' : '') + (has(${object}.status) ? ' status' : '')`;

/** Everything of a request, in one line. */
const SEEN = [
  'request.operation',
  asKind('request.kind'),
  asKind('request.requestKind'),
  asResource('request.resource'),
  asResource('request.requestResource'),
  orNone('request.subResource'),
  orNone('request.requestSubResource'),
  orNone('request.name'),
  orNone('request.namespace'),
  `request.dryRun ? 'dry' : 'wet'`,
  `request.options == null ? 'no options' : request.options.kind`,
  shown('object'),
  shown('oldObject'),
  `namespaceObject == null ? 'nowhere' : 'somewhere'`,
]
  .map((part) => `(${part})`)
  .join(" + ' | ' + ");

const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] };
const aboutOwn = {
  name: 'own',
  expression: `request.userInfo.username == 'probe' && (request.?namespace.orValue('') == '<<namespace>>' || request.?name.orValue('').endsWith('<<namespace>>'))`,
};
const policy = (match: object, told = SEEN): Step =>
  send('POST', `${root}/validatingadmissionpolicies`, {
    ...api,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: match,
      matchConditions: [aboutOwn],
      validations: [{ expression: 'false', messageExpression: told }],
    },
  });
const binding = (matchResources: object = {}): Step => ({
  ...send('POST', `${root}/validatingadmissionpolicybindings`, {
    ...api,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: ['Deny'],
      ...(Object.keys(matchResources).length > 0 ? { matchResources } : {}),
    },
  }),
  isUncompared: true,
});

const asProbe = { as: { user: 'probe', groups: ['system:masters'] } };
const probing = (steps: readonly Step[]): Step[] => steps.map((step) => ({ ...step, ...asProbe }));
/** A policy works a moment after it is written. */
const until = (step: Step): Step => ({ ...step, ...asProbe, until: { status: 422, text: name } });
const pod = (metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata,
  spec: { containers: [{ name: 'c', image: 'i' }] },
});
const autoscaler = (version: string, metadata: object = { name: 'h' }) => ({
  apiVersion: `autoscaling/${version}`,
  kind: 'HorizontalPodAutoscaler',
  metadata,
  spec: {
    maxReplicas: 3,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
    ...(version === 'v1' ? { targetCPUUtilizationPercentage: 50 } : {}),
  },
});
const autoscalers = (version: string): string => `${inGroup(`autoscaling/${version}`)}/horizontalpodautoscalers`;
const scaled = {
  selector: { matchLabels: { a: 'b' } },
  template: { ...pod({ labels: { a: 'b' } }), apiVersion: undefined, kind: undefined },
};
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: scaled };
const deployments = `${inGroup('apps/v1')}/deployments`;
const claim = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 's' } };
const event = { reason: 'r', action: 'a', type: 'Normal' };
const oldEvent = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e' },
  involvedObject: { kind: 'Pod', name: 'p', namespace: '<<namespace>>' },
  message: 'm',
  ...event,
};
const newEvent = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'n' },
  regarding: { kind: 'Pod', name: 'p', namespace: '<<namespace>>' },
  note: 'm',
  eventTime: '2024-01-01T00:00:00.000000Z',
  reportingController: 'example.com/c',
  reportingInstance: 'i',
  ...event,
};
const [oldEvents, newEvents] = [`${space}/events`, `${inGroup('events.k8s.io/v1')}/events`];

const made: Step[] = [
  send('POST', `${space}/pods`, pod({ name: 'p' })),
  send('POST', deployments, deployment),
  send('POST', `${space}/serviceaccounts`, claim),
];
const canary = send('POST', `${space}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } });
const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'd' }, spec: { replicas: 2 } };
const bound = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } };
const review = (resource: string, kind: string, spec: object): Step =>
  send('POST', `/apis/authorization.k8s.io/v1/${resource}`, { apiVersion: 'authorization.k8s.io/v1', kind, spec });
const asked = { namespace: '<<namespace>>', verb: 'get', resource: 'pods' };

const one = (title: string, ...steps: Step[]): Case => ({ name: title, steps });

const strategic = { contentType: 'application/strategic-merge-patch+json' };
const patched = (path: string, body: object, more: Partial<Step> = merge): Step => send('PATCH', path, body, more);
/** One request through each kind of endpoint. */
const endpoints: readonly Step[] = [
  send('POST', `${space}/pods`, pod({ name: 'q' })),
  patched(`${space}/pods/p`, { metadata: { labels: { a: 'b' } } }),
  patched(`${space}/pods/p`, {}),
  patched(`${space}/pods/p/status`, { status: { phase: 'Failed' } }),
  patched(
    `${space}/pods/p/ephemeralcontainers`,
    { spec: { ephemeralContainers: [{ name: 'e', image: 'i' }] } },
    strategic,
  ),
  patched(
    `${space}/pods/p/resize`,
    { spec: { containers: [{ name: 'c', resources: { limits: { cpu: '1' } } }] } },
    strategic,
  ),
  send('POST', `${space}/pods/p/binding`, bound),
  send('POST', `${space}/bindings`, bound),
  send('POST', `${space}/pods/p/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } }),
  send('DELETE', `${space}/pods/p`, undefined, { query: { dryRun: 'All' } }),
  send('DELETE', `${space}/pods/p`, { dryRun: ['All'] }),
  send('DELETE', `${space}/pods`),
  send('DELETE', `${space}/serviceaccounts`),
  send('PUT', `${deployments}/d/scale`, scale),
  patched(`${deployments}/d/scale`, { spec: { replicas: 4 } }),
  patched(`${deployments}/d/status`, { status: { replicas: 1 } }),
  send('POST', `${space}/serviceaccounts/s/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {},
  }),
  patched(space, { metadata: { labels: { x: 'y' } } }),
  send('PUT', `${space}/finalize`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '<<namespace>>' } }),
  send('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'other-<<namespace>>' },
  }),
  send('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-<<namespace>>' } }),
  send('POST', `${inGroup('authorization.k8s.io/v1')}/localsubjectaccessreviews`, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'LocalSubjectAccessReview',
    metadata: { namespace: '<<namespace>>' },
    spec: { user: 'x', resourceAttributes: asked },
  }),
  review('selfsubjectaccessreviews', 'SelfSubjectAccessReview', { resourceAttributes: asked }),
  send('DELETE', space),
];
const everywhere: Case[] = endpoints.map((step) =>
  one(
    `${step.method} ${step.path} ${JSON.stringify(step.body)}`,
    ...made,
    policy({ resourceRules: [everything] }),
    binding(),
    until(canary),
    ...probing([step]),
  ),
);

/** Only one version of what is served in several is named; the others are seen too unless the policy says `Exact`. */
const versions: Case[] = ['Equivalent', 'Exact', undefined].flatMap((matchPolicy) => {
  const match = (group: string, version: string, resources: string[]) => ({
    resourceRules: [{ apiGroups: [group], apiVersions: [version], operations: ['*'], resources }],
    ...(matchPolicy ? { matchPolicy } : {}),
  });
  return [
    one(
      `autoscalers in v1, ${matchPolicy}`,
      send('POST', autoscalers('v2'), autoscaler('v2')),
      policy(
        match('autoscaling', 'v1', ['*/*']),
        `${SEEN} + (has(object.spec.targetCPUUtilizationPercentage) ? ' cpu' : '')`,
      ),
      binding(),
      until(send('POST', autoscalers('v1'), autoscaler('v1', { name: 'canary' }))),
      ...probing([
        send('POST', autoscalers('v2'), autoscaler('v2', { name: 'other' })),
        send('PATCH', `${autoscalers('v2')}/h`, { spec: { maxReplicas: 7 } }, merge),
        send('PATCH', `${autoscalers('v2')}/h/status`, { status: { currentReplicas: 7 } }, merge),
        send('PATCH', `${autoscalers('v1')}/h`, { spec: { targetCPUUtilizationPercentage: 7 } }, merge),
        send('DELETE', `${autoscalers('v2')}/h`),
      ]),
    ),
    one(
      `autoscalers in v2, ${matchPolicy}`,
      policy(
        match('autoscaling', 'v2', ['horizontalpodautoscalers']),
        `${SEEN} + (has(object.spec.metrics) ? string(object.spec.metrics[0].resource.target.averageUtilization) : '')`,
      ),
      binding(),
      until(send('POST', autoscalers('v2'), autoscaler('v2', { name: 'canary' }))),
      ...probing([
        send('POST', autoscalers('v1'), autoscaler('v1')),
        send('PUT', `${autoscalers('v1')}/h`, autoscaler('v1')),
        send('DELETE', `${autoscalers('v1')}/h`),
      ]),
    ),
    one(
      `events of the old group, ${matchPolicy}`,
      policy(
        match('', 'v1', ['events']),
        `${SEEN} + object.?message.orValue('-') + object.?involvedObject.?name.orValue('-')`,
      ),
      binding(),
      until(send('POST', oldEvents, oldEvent)),
      send('POST', newEvents, newEvent),
      ...probing([
        send('POST', newEvents, { ...newEvent, metadata: { name: 'other' } }),
        send('PATCH', `${newEvents}/n`, { note: 'changed' }, merge),
        send('DELETE', `${newEvents}/n`),
      ]),
    ),
    one(
      `events of the new group, ${matchPolicy}`,
      policy(
        match('events.k8s.io', '*', ['events']),
        `${SEEN} + object.?note.orValue('-') + object.?regarding.?name.orValue('-')`,
      ),
      binding(),
      until(send('POST', newEvents, newEvent)),
      send('POST', oldEvents, oldEvent),
      ...probing([
        send('POST', oldEvents, { ...oldEvent, metadata: { name: 'other' } }),
        send('PATCH', `${oldEvents}/e`, { message: 'changed' }, merge),
        send('DELETE', `${oldEvents}/e`),
      ]),
    ),
  ];
});

const group = '<<namespace>>.example.com';
const version = (name: string, more: object) => ({
  name,
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    },
  },
  subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
  ...more,
});
const definition: Step = {
  ...send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing' },
      versions: [
        version('v1', { served: true, storage: true }),
        version('v2', { served: true, storage: false }),
        version('v3', { served: false, storage: false }),
      ],
    },
  }),
  isUncompared: true,
};
const things = (of: string): string => `${inGroup(`${group}/${of}`)}/things`;
const thing = (of: string, metadata: object = { name: 't' }) => ({
  apiVersion: `${group}/${of}`,
  kind: 'Thing',
  metadata,
  spec: { replicas: 1 },
});
/** One that is served a moment after it is defined. */
const served: Step = { ...send('POST', things('v1'), thing('v1')), until: { status: 201 }, isUncompared: true };

const custom: Case[] = ['v1', 'v2', 'v3'].flatMap((named) =>
  ['Equivalent', 'Exact'].map((matchPolicy) =>
    one(
      `custom resources in ${named}, ${matchPolicy}`,
      definition,
      served,
      policy({
        matchPolicy,
        resourceRules: [
          { apiGroups: [group], apiVersions: [named], operations: ['*'], resources: ['*/*'] },
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] },
        ],
      }),
      binding(),
      until(canary),
      ...probing([
        send('POST', things('v1'), thing('v1', { name: 'one' })),
        send('POST', things('v2'), thing('v2', { name: 'two' })),
        patched(`${things('v2')}/t`, { spec: { a: 1 } }),
        patched(`${things('v2')}/t/status`, { status: { replicas: 2 } }),
        send('DELETE', `${things('v2')}/t`, undefined, { query: { dryRun: 'All' } }),
      ]),
    ),
  ),
);

export const policyMatchGroups: Readonly<Record<string, Case[]>> = {
  'what policies see': everywhere,
  'versions that policies see': versions,
  'versions of custom resources that policies see': custom,
};
