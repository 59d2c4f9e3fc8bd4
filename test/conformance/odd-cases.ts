/** Requests in which a part is not as it should be; most were found by random ones. */

import { configMap, deployment, widget } from './objects.ts';
import { type Case, create } from './single-changes.ts';
import type { Step } from './step.ts';

const ns = '/namespaces/<<namespace>>';
const maps = `/api/v1${ns}/configmaps`;
const deployments = `/apis/apps/v1${ns}/deployments`;
const disruptions = `/apis/policy/v1${ns}/poddisruptionbudgets`;
const cec = '/apis/conformance.example.com/v1';
const widgets = `${cec}${ns}/widgets`;
const csr = '/apis/certificates.k8s.io/v1/certificatesigningrequests/missing/approval';

const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
const get = (path: string, more: Partial<Step> = {}): Step => ({ method: 'GET', path, ...more });
const write = (method: string, path: string, more: Partial<Step> = {}): Step => ({ method, path, raw: '{}', ...more });

const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const discovery = 'application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io';
const merge = 'application/merge-patch+json';

/** Read by the letter, each in its own way by the router and by who answers. */
const accepts = [
  'APPLICATION/JSON',
  'text/*',
  '*',
  'application/*',
  'application/json ;q=0',
  'application/json;v=v1',
  'application/json;as=Table;g=meta.k8s.io;v=v1=1',
  'application/yaml;as=Table;g=meta.k8s.io;v=v1, application/json',
  'application/json/x, application/yaml',
  'application/yaml;q=0.2, */*;q=0.9, application/json;q=0.1',
];

const bodyTypes = [
  'application/json;',
  'application/json;;',
  'application/json;x',
  'application/json; a=1; a=2',
  'application/json; a="x;y"',
  'APPLICATION/JSON; charset=utf-8',
  ';',
  '',
  'json',
  '*/*',
];

const ofAnotherKind = (metadata: string): string => `{"apiVersion":"v1","kind":"ConfigMap","metadata":${metadata}}`;
const deep = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"x":${'['.repeat(150)}${']'.repeat(150)}}`;

const negotiation: Case[] = [
  ...accepts.map((accept) =>
    one(
      `accept ${accept}`,
      ...[maps, widgets, '/api/v1', `${cec}`, '/version', csr].map((path) => get(path, { accept })),
      write('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { accept }),
    ),
  ),
  ...bodyTypes.map((contentType) =>
    one(
      `a body of ${contentType}`,
      write('POST', maps, { contentType }),
      write('DELETE', `${maps}/a`, { contentType }),
      write('PATCH', `${widgets}/a`, { contentType }),
      write('PUT', csr, { contentType }),
    ),
  ),
  one(
    'patches of several types',
    write('PATCH', `${maps}/a`, { contentType: `application/json, ${merge}` }),
    write('PATCH', `${maps}/a`, { contentType: `${merge} ; x` }),
    write('PATCH', `${widgets}/a`, { contentType: `${merge} ; x` }),
  ),
  one(
    'no tables of parts',
    get(csr, { accept: table }),
    write('PUT', `/api/v1${ns}/finalize`, { accept: table }),
    write('POST', `/api/v1${ns}/bindings`, { accept: table, query: { dryRun: 'x' } }),
    write('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { accept: table }),
  ),
  one(
    'tables of scales',
    create(deployment, 'a'),
    create(widget, 'a'),
    get(`${deployments}/a/scale`, { accept: table }),
    get(`${widgets}/a/scale`, { accept: table }),
  ),
  one(
    'discovery in a form that it has not',
    ...['/api/v1', '/apis/apps/v1', '/apis/apps', cec].flatMap((path) => [
      get(path, { accept: discovery }),
      write('PATCH', path, { accept: discovery }),
    ]),
  ),
  one('a list in YAML', create(configMap, 'a'), create(widget, 'a'), get(maps, { accept: 'application/yaml' })),
];

const targets: Case[] = [
  one('a percent sign that encodes nothing', get(`${maps}/a%zz`), write('POST', `${maps}/%`), get('/%f')),
  one('bytes that are no UTF-8', get(`${maps}/a%ff`, { opaque: true }), get('/api/v1/%ff/a/b/c')),
  one('a path without an end', get('/api/v1/watch', { query: { nonsense: '', continue: '<&>' } })),
  ...['-1', '1.5', '1x', '.s', '1sx', '99999999999999999999', '9999999h', '-1s'].map((timeout) =>
    one(`the timeout ${timeout}`, get(maps, { query: { timeout } })),
  ),
  ...['proxy', 'exec', 'log'].map((part) =>
    one(`a dry run of ${part}`, get(`/api/v1${ns}/pods/a/${part}`, { query: { dryRun: '' } })),
  ),
  ...['\0', 'a\0', 'a=\0b', '\0a'].map((labelSelector) =>
    one(`the label selector ${JSON.stringify(labelSelector)}`, get(maps, { query: { labelSelector } })),
  ),
  ...['\0', '\x07', 'a"b'].map((resourceVersion) =>
    one(`the version ${JSON.stringify(resourceVersion)}`, get(maps, { query: { resourceVersion } })),
  ),
  ...['\0', '\x07', '\x7f', 'é', '\u200b', '"', '\u{e0001}'].map((fieldValidation) =>
    one(
      `the validation ${JSON.stringify(fieldValidation)}`,
      write('POST', maps, { query: { fieldValidation } }),
      write('PATCH', `${widgets}/a`, { contentType: merge, query: { fieldValidation } }),
      write('DELETE', `${maps}/a`, { query: { propagationPolicy: fieldValidation } }),
    ),
  ),
  one('a token of bytes', get(maps, { query: { continue: '-1' } })),
  one(
    'options that are all wrong',
    write('PATCH', `${maps}/a`, {
      contentType: 'application/apply-patch+yaml',
      query: { dryRun: 'x', fieldValidation: 'x' },
    }),
    write('PATCH', `${maps}/a`, {
      contentType: merge,
      query: { force: true, dryRun: 'x', fieldManager: '\u0001\u0002' },
    }),
    write('POST', maps, { query: { dryRun: 'x', fieldValidation: 'x', fieldManager: 'x'.repeat(129) } }),
  ),
  one('a kind that is deprecated', get(`/api/v1${ns}/endpoints`), get('/api/v1/componentstatuses')),
];

const bodies: Case[] = [
  one(
    'nothing in YAML',
    ...[maps, widgets].map((path) => write('PUT', `${path}/a`, { contentType: 'application/yaml', raw: ' ' })),
  ),
  one('deep YAML', write('PUT', `${maps}/a`, { contentType: 'application/yaml', raw: deep })),
  one(
    'of a status',
    create(widget, 'a'),
    write('PATCH', `${widgets}/a/status`, { contentType: merge, raw: ofAnotherKind('{"name":"a"}') }),
  ),
  ...['null', '[]', '{"name":"a"}', '{"name":"a","creationTimestamp":"x"}', '{"name":"a","labels":[]}'].map(
    (metadata) =>
      one(
        `of another kind, with the metadata ${metadata}`,
        create(widget, 'a'),
        write('PUT', `${widgets}/a`, { raw: ofAnotherKind(metadata) }),
        write('PUT', `${widgets}/a/scale`, { raw: ofAnotherKind(metadata) }),
        write('PUT', `${maps}/a`, { raw: ofAnotherKind(metadata) }),
      ),
  ),
  one(
    'a number too large',
    ...[merge, 'application/strategic-merge-patch+json'].map((contentType) =>
      write('PATCH', '/api/v1/namespaces/<<namespace>>', { contentType, raw: '{"data":{"a":1e400}}' }),
    ),
    write('PUT', `${widgets}/a`, { raw: '{"apiVersion":"v1","kind":"X","a":"1e999","b":[-1e400]}' }),
  ),
  // How a number was written is told of the largest alone.
  ...['1e400', '-1e999', '0.5', '99999999999', '1e20', '99999999999999999999'].map((number) => {
    const opaque = Number.isFinite(Number(number)) && Number(number) > 2 ** 63;
    return one(
      `the number ${number}`,
      write('POST', maps, { raw: `{"metadata":{"name":"a","labels":{"a":${number}}}}` }),
      write('POST', deployments, { raw: `{"x":${number},"spec":{"replicas":${number}}}`, opaque }),
      write('POST', disruptions, { raw: `{"metadata":{"name":"a"},"spec":{"minAvailable":${number}}}`, opaque }),
      write('POST', maps, { raw: `{"metadata":{"name":"a","generation":${number}}}`, opaque }),
    );
  }),
  ...['true', '[{"op":"add","path":"/data","value":{}}]', 'ü', '{"apiVersion":"v1","kind":"List","items":[]}'].map(
    (raw) => one(`the body ${raw}`, write('POST', maps, { raw }), write('PUT', `${maps}/a`, { raw })),
  ),
  one(
    'halves of characters',
    write('POST', maps, {
      raw: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":"\\ud800x","b":"\\\\ud800"}}',
    }),
    write('PATCH', `${maps}/a`, { contentType: merge, raw: '{"data":{"c":"\\udc00\\ud800"}}' }),
    write('PATCH', `${maps}/a`, {
      contentType: 'application/json-patch+json',
      raw: '[{"op":"add","path":"/data/d","value":"\\udfff"}]',
    }),
    create(widget, 'a'),
    write('PATCH', `${widgets}/a`, { contentType: merge, raw: '{"spec":{"free":{"\\udfff":"\\ud800"}}}' }),
    get(`${widgets}/a`),
  ),
  one('options of another kind', write('DELETE', maps, { raw: '{"apiVersion":"v1","kind":"Status"}' })),
  one('no name in no namespace', write('POST', '/api/v1/namespaces/missing/configmaps')),
];

const selfReview = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
};

/** For what has a type of its own, a null kind or version is as good as none. */
const nullTypes = ['kind', 'apiVersion'].flatMap((field) =>
  [
    ...[configMap, deployment, widget].map((kind) => create(kind, `null-${field.toLowerCase()}`)),
    { method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body: selfReview },
  ].map((step) =>
    one(`POST ${step.path} with a null ${field}`, { ...step, body: { ...(step.body as object), [field]: null } }),
  ),
);

/** What a name is to begin with obeys the rules of names, and only a creation those of its kind. */
const beginnings = ['UPPER-', 'a/b-', '..', '-', 'x_'].flatMap((generateName) =>
  [configMap, deployment, widget].flatMap((kind) => {
    const made = create(kind, 'begun', { metadata: { labels: { a: 'b' } } });
    const { metadata: _, ...rest } = made.body as { metadata: unknown };
    const patch = { contentType: merge, body: { metadata: { generateName } } };
    return [
      one(`POST ${made.path} that begins with ${generateName}`, {
        ...made,
        body: { ...rest, metadata: { generateName } },
        opaque: true, // what was generated is in the message
      }),
      one(`POST ${made.path} with a name and the beginning ${generateName}`, {
        ...made,
        body: { ...rest, metadata: { name: 'begun', generateName } },
      }),
      one(
        `PATCH ${made.path} to begin with ${generateName}`,
        made,
        write('PATCH', `${made.path}/begun`, { ...patch, raw: JSON.stringify(patch.body) }),
      ),
    ];
  }),
);

/** By what they are about. */
export const oddGroups: Readonly<Record<string, Case[]>> = {
  'odd media types': negotiation,
  'odd targets': targets,
  'odd bodies': bodies,
  'null types': nullTypes,
  'beginnings of names': beginnings,
};
