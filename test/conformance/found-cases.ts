/** Differences that random sequences of appliers and of definitions have found, each as a case. */

import { type Body, deployment, objectOf, pod, widget } from './objects.ts';
import { at, mergePatch, post } from './requests.ts';
import { type Case, contentTypes, create, merged, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
const widgetOf = (spec: unknown): Body => ({
  apiVersion: widget.apiVersion,
  kind: widget.kind,
  metadata: { name: 'a' },
  spec,
});
const path = at(widget, 'a');
const applied = (spec: unknown, query: Step['query'] = {}): Step => ({
  method: 'PATCH',
  path,
  contentType: contentTypes.apply,
  body: widgetOf(spec),
  query: { fieldManager: 'm', force: true, ...query },
});

/** What is written loses its nulls; what is applied keeps them, and is refused for them. */
const nulls: Case[] = [
  null,
  { size: null },
  { size: null, mode: 'fast' },
  { size: 3, mode: null },
  { size: 3, items: null },
  { size: 3, items: [{ name: 'a', value: null }] },
  { size: 3, items: [{ name: null }] },
  { size: 3, set: [null] },
  { size: 3, free: null },
  { size: 3, free: { a: null } },
  { size: 3, min: null, max: null },
  { size: 3, list: [null] },
  { size: 3, either: null },
  { size: 3, unknown: null },
].flatMap((spec) => {
  const what = JSON.stringify(spec);
  return [
    one(`a creation of ${what}`, post(pathOf(widget), widgetOf(spec))),
    one(`an apply of ${what}`, applied(spec), applied({ size: 4 })),
    one(`a dry apply of ${what}`, applied(spec, { dryRun: 'All' })),
    one(`an apply of ${what} to what is there`, create(widget, 'a'), applied(spec), applied({ size: 4 })),
    one(
      `a replacement with ${what}`,
      create(widget, 'a'),
      { method: 'PUT', path, live: { key: 'Widget/a' } },
      { method: 'PATCH', path, contentType: contentTypes.json, body: [{ op: 'add', path: '/spec', value: spec }] },
    ),
  ];
});

const twice = [
  { name: 'A', value: '1' },
  { name: 'A', value: '2' },
];
const warned: Case[] = [
  one(
    'a creation that is warned of and refused',
    create(deployment, 'a', {
      metadata: { resourceVersion: '1' },
      spec: { template: { spec: { containers: [{ name: 'app', image: 'i:1', env: twice }] } } },
    }),
  ),
];

const ordered: Case[] = [
  { metadata: { '$setElementOrder/labels': ['a'] } },
  { metadata: { '$setElementOrder/labels': ['a'], labels: null } },
  { metadata: { '$setElementOrder/finalizers': ['a'] } },
  { spec: { '$setElementOrder/replicas': [1] } },
  { spec: { template: { spec: { '$setElementOrder/nodeSelector': ['a'] } } } },
].map((body) =>
  one(`an order in ${JSON.stringify(body)}`, create(deployment, 'a'), {
    method: 'PATCH',
    path: at(deployment, 'a'),
    contentType: contentTypes.strategic,
    body,
  }),
);

const replaced: Case[] = [
  {},
  { spec: { priority: 0 } },
  { spec: { priority: 5 } },
  { spec: { preemptionPolicy: 'Never' } },
  { metadata: { labels: { app: 'x' } } },
].map((edit) =>
  one(`a pod is replaced by one that does not know what it was given: ${JSON.stringify(edit)}`, create(pod, 'a'), {
    method: 'PUT',
    path: at(pod, 'a'),
    body: merged(objectOf(pod, 'a'), edit),
  }),
);

const unnamed: Case[] = [
  [{ value: 1 }, { value: 2 }],
  [{ name: 'a' }, { value: 1 }, { name: 'a' }],
  [{ name: 'a' }, { name: 'a' }, { value: 1 }],
  [null, { value: 1 }, 5],
].map((items) => one(`an apply of the items ${JSON.stringify(items)}`, applied({ size: 3, items })));

const pods = '/api/v1/namespaces/<<namespace>>/pods';
const template = { metadata: { name: 'a' } };
/** Told with the names that Go has for types and for the structs around them. */
const mistyped: Case[] = [
  { volumes: [{ name: 'v', emptyDir: { medium: 5 } }] },
  { volumes: [{ name: 'v', configMap: { name: 5 } }] },
  { containers: [{ resources: { limits: 5 } }] },
  { containers: [{ resources: { limits: { cpu: true } } }] },
  { containers: [{ readinessProbe: { httpGet: 5 } }] },
  { priority: 'x', volumes: [{ emptyDir: { sizeLimit: [] } }] },
  { restartPolicy: 5, tolerations: [{ operator: {} }] },
].map((spec) => one(`a pod with ${JSON.stringify(spec)}`, post(pods, { ...template, spec })));

const sent = (raw: string, contentType = 'application/yaml'): Step => ({
  method: 'POST',
  path: '/api/v1/namespaces/<<namespace>>/configmaps',
  raw,
  contentType,
});
const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
const written: Case[] = [
  one('bytes in YAML', sent(`${map}data: {a: !!binary aGk=}`)),
  one('a number without end in YAML', sent(`${map}data: {a: .inf}`)),
  one('unknown fields in YAML', sent(`${map}more: 1\nanother: 2`)),
  one(
    'keys twice in what is unknown',
    sent('{"metadata":{"name":"a","odd":{"b":1,"b":2}},"more":1,"more":2}', 'application/json'),
  ),
];

const overflowing: Case[] = ['strategic', 'apply'].map((way) =>
  one(`${way} of a number that is too big`, create(deployment, 'a'), {
    method: 'PATCH',
    path: at(deployment, 'a'),
    contentType: contentTypes[way as 'apply'],
    query: { fieldManager: 'm', force: way === 'apply' ? true : undefined },
    body: merged(objectOf(deployment, 'a'), { spec: { minReadySeconds: 3_000_000_000 } }),
  }),
);

/** Of a list that somebody owns as an empty one nothing is left. */
const emptied: Case[] = [{ items: [] }, { set: [] }, { list: [] }, { free: {} }].map((empty) => {
  const [name = ''] = Object.keys(empty);
  const full = { items: [{ name: 'a' }], set: ['a'], list: [1], free: { a: 1 } }[name];
  return one(
    `an apply without what was applied over ${JSON.stringify(empty)}`,
    post(pathOf(widget), widgetOf({ size: 3, ...empty }), { query: { fieldManager: 'other' } }),
    applied({ size: 4, [name]: full }),
    applied({ size: 4 }),
    applied({ size: 3 }),
    { method: 'GET', path },
  );
});

const claims = '/api/v1/namespaces/<<namespace>>/persistentvolumeclaims';
const wrongClaim = one(
  'a claim of which more is wrong than that it is changed',
  post(claims, {
    metadata: { name: 'a' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }),
  mergePatch(`${claims}/a`, { spec: { resources: { requests: { storage: '0' } }, accessModes: ['ReadWriteOncePod'] } }),
);

/** Told with the patch, quoted as Go does. */
const unseen: Case[] = ['\ufeff', '\u0000\u2028<>&', '\\u0000"\n'].map((value) =>
  one(`a patch that is refused with ${JSON.stringify(value)}`, create(deployment, 'a'), {
    method: 'PATCH',
    path: at(deployment, 'a'),
    contentType: contentTypes.strategic,
    query: { fieldValidation: 'Strict' },
    body: { data: { a: value } },
  }),
);

const namedRow = one(
  'a made up name in a Table',
  post(
    pathOf(widget),
    { ...widgetOf({ size: 3 }), metadata: { generateName: 'some-' } },
    { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' },
  ),
);

const illegal: Case[] = ['one\ntwo\n', 'YQ=', 'YQ=\n', 'YQ\n=a', 'YQ==\na', 'Y='].map((text) =>
  one(
    `the bytes ${JSON.stringify(text)}`,
    post('/api/v1/namespaces/<<namespace>>/secrets', { ...template, data: { a: text } }),
  ),
);

export const foundGroups: Readonly<Record<string, Case[]>> = {
  'nulls in custom resources': nulls,
  'orders of what has none': ordered,
  'pods that are replaced': replaced,
  'items without names': unnamed,
  'warnings of what is refused': warned,
  'values of other types': mistyped,
  'values of other types, in YAML': written,
  'values of other types, too big': overflowing,
  'owned empty lists': emptied,
  'mistakes beside a change': [wrongClaim],
  'unseen characters in a patch': unseen,
  'made up names in Tables': [namedRow],
  'bytes that are none': illegal,
};
