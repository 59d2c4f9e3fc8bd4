/** Names that mean something to JavaScript, to the pods that are made of an object, or that are as long as they may be. */

import { type Case, contentTypes } from './single-changes.ts';
import type { Step } from './step.ts';

type Fields = Record<string, unknown>;

const ns = '/namespaces/<<namespace>>';
const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
const post = (path: string, body: unknown, more: Partial<Step> = {}): Step => ({ method: 'POST', path, body, ...more });
const merge = (path: string, body: unknown): Step => ({ method: 'PATCH', path, contentType: contentTypes.merge, body });

const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } };
const ending = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };
const selector = { matchLabels: { app: 'x' } };
const makers: [string, Fields][] = [
  [`/apis/apps/v1${ns}/deployments`, { selector, template }],
  [`/apis/apps/v1${ns}/replicasets`, { selector, template }],
  [`/apis/apps/v1${ns}/statefulsets`, { selector, template }],
  [`/apis/apps/v1${ns}/daemonsets`, { selector, template }],
  [`/apis/batch/v1${ns}/jobs`, { template: ending }],
  [`/apis/batch/v1${ns}/cronjobs`, { schedule: '* * * * *', jobTemplate: { spec: { template: ending } } }],
  [`/api/v1${ns}/replicationcontrollers`, { selector: { app: 'x' }, template }],
];
const dotted: Case[] = makers.map(([path, spec]) =>
  one(
    `a name with a dot at ${path}`,
    post(path, { metadata: { name: 'a.b' }, spec }),
    merge(`${path}/a.b`, { spec: { suspend: true, minReadySeconds: 3 } }),
    merge(`${path}/a.b`, { metadata: { annotations: { a: 'b' } } }),
  ),
);

/** What every JavaScript object has. */
const inherited = ['constructor', 'toString', '__proto__'];
/** `__proto__` is not set by a literal. */
const field = (name: string, value: unknown): Fields => Object.fromEntries([[name, value]]);
const widgets = `/apis/conformance.example.com/v1${ns}/widgets`;
const pods = `/api/v1${ns}/pods`;
const pod = (spec: Fields, metadata: Fields = {}): Step =>
  post(pods, { metadata: { name: 'p', ...metadata }, spec: { containers: [{ name: 'c', image: 'i:1' }], ...spec } });
const maps = `/api/v1${ns}/configmaps`;
const ordinary: Case[] = inherited.flatMap((name) => [
  one(`a Secret of type ${name}`, post(`/api/v1${ns}/secrets`, { metadata: { name: 's' }, type: name })),
  one(`a field ${name} of a ConfigMap`, post(maps, { metadata: { name: 'm' }, data: {}, ...field(name, {}) })),
  one(
    `a key ${name} of a ConfigMap`,
    post(maps, { metadata: { name: 'm' }, data: field(name, 'x') }),
    merge(`${maps}/m`, { data: { ...field(name, null), x: 'x' } }),
    { method: 'PUT', path: `${maps}/m`, body: { metadata: { name: 'm' }, data: field(name, 'y') } },
    { method: 'GET', path: `${maps}/m` },
  ),
  one(`a field ${name} of a widget`, post(widgets, { metadata: { name: 'w' }, spec: field(name, { a: 1 }) })),
  one(`a label ${name}`, pod({}, { labels: field(name, 'x') }), {
    method: 'GET',
    path: pods,
    query: { labelSelector: name },
  }),
  one(`a node selector ${name}`, pod({ nodeSelector: field(name, 'x') })),
  one(
    `a resource ${name}`,
    pod({ containers: [{ name: 'c', image: 'i', resources: { requests: field(name, '1') } }] }),
    pod({ resources: { requests: field(name, '1') } }),
  ),
  one(
    `a selector of ${name}`,
    post(`/apis/apps/v1${ns}/deployments`, {
      metadata: { name: 'd' },
      spec: { template, selector: { matchExpressions: [{ key: name, operator: 'Exists' }] } },
    }),
  ),
  one(
    `a metric of type ${name}`,
    post(`/apis/autoscaling/v2${ns}/horizontalpodautoscalers`, {
      metadata: { name: 'h' },
      spec: { maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'd' }, metrics: [{ type: name }] },
    }),
  ),
  one(`a phase ${name}`, pod({}), merge(`${pods}/p/status`, { status: { phase: name } }), {
    method: 'GET',
    path: pods,
    accept: 'application/json;as=Table;g=meta.k8s.io;v=v1',
  }),
]);

const long = (length: number): string => 'a'.repeat(length);
const lengths = [253, 254, 1500];
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const longNames: Case[] = [
  ...lengths.flatMap((length) => [
    one(`a ConfigMap of ${length} letters`, post(maps, { metadata: { name: long(length) } })),
    one(`a Role of ${length} letters`, post(`${rbac}${ns}/roles`, { metadata: { name: long(length) }, rules: [] }), {
      method: 'GET',
      path: `${rbac}${ns}/roles/${long(length)}`,
    }),
  ]),
  one('a generated name that is too long', post(maps, { metadata: { generateName: long(300) } }, { opaque: true })),
];

export const nameGroups: Readonly<Record<string, Case[]>> = {
  'names that pods are named after': dotted,
  'names that objects have anyway': ordinary,
  'names that are long': longNames,
};
