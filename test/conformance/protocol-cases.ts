/** Single requests that are about HTTP, queries, bodies and verbs rather than about one kind. */

import {
  clusterRole,
  configMap,
  deployment,
  lease,
  namespace,
  pod,
  secret,
  service,
  serviceAccount,
  widget,
} from './objects.ts';
import { type Case, create, nameIn, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const maps = '/api/v1/namespaces/<<namespace>>/configmaps';
const get = (path: string, query: Step['query'] = {}, more: Partial<Step> = {}): Step => ({
  method: 'GET',
  path,
  query,
  ...more,
});
const post = (path: string, body: unknown, query: Step['query'] = {}): Step => ({ method: 'POST', path, body, query });
const raw = (method: string, path: string, text: string, contentType?: string, query: Step['query'] = {}): Step => ({
  method,
  path,
  raw: text,
  query,
  ...(contentType === undefined ? {} : { contentType }),
});
const map = (metadata: object, more: object = {}): Record<string, unknown> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
  ...more,
});

const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
const made = create(configMap, 'a', { metadata: { labels: { app: 'x' }, annotations: { note: '1' } } });
const merge = 'application/merge-patch+json';

const bodies: Case[] = [
  one('an empty body', raw('POST', maps, '')),
  one('no JSON', raw('POST', maps, 'hello')),
  one('half an object', raw('POST', maps, '{"kind":"ConfigMap","apiVersion":"v1","metadata":')),
  one('a comma too many', raw('POST', maps, '{"kind":"ConfigMap","apiVersion":"v1",}')),
  one('more after the object', raw('POST', maps, '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"}} x')),
  one('a list', raw('POST', maps, '[]')),
  one('null', raw('POST', maps, 'null')),
  one('a number', raw('POST', maps, '5')),
  one('an empty object', raw('POST', maps, '{}')),
  one('no kind', post(maps, { apiVersion: 'v1', metadata: { name: 'a' } })),
  one('no apiVersion', post(maps, { kind: 'ConfigMap', metadata: { name: 'a' } })),
  one('another kind', post(maps, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } })),
  one('an unknown kind', post(maps, { apiVersion: 'v1', kind: 'Nonsense', metadata: { name: 'a' } })),
  one('another version', post(maps, { apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'a' } })),
  one('another group', post(maps, { apiVersion: 'apps/v1', kind: 'ConfigMap', metadata: { name: 'a' } })),
  one('a malformed apiVersion', post(maps, { apiVersion: 'a/b/c', kind: 'ConfigMap', metadata: { name: 'a' } })),
  one('kind is a number', post(maps, { apiVersion: 'v1', kind: 5, metadata: { name: 'a' } })),
  one('metadata is text', post(maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: 'a' })),
  one('no metadata', post(maps, { apiVersion: 'v1', kind: 'ConfigMap' })),
  one('labels are numbers', post(maps, map({ name: 'a', labels: { a: 5 } }))),
  one('text as XML', raw('POST', maps, '<a/>', 'application/xml')),
  one('text as text', raw('POST', maps, '{}', 'text/plain')),
  one('a form', raw('POST', maps, 'a=b', 'application/x-www-form-urlencoded')),
  one(
    'a charset',
    raw(
      'POST',
      maps,
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"}}',
      'application/json; charset=utf-8',
    ),
  ),
  one(
    'a malformed content type',
    raw('POST', maps, '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"}}', 'nonsense'),
  ),
  one(
    'YAML',
    raw('POST', maps, 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {a: b}\n', 'application/yaml'),
  ),
  one('YAML that is none', raw('POST', maps, 'a: [', 'application/yaml')),
  one('protobuf that is none', raw('POST', maps, 'k8s', 'application/vnd.kubernetes.protobuf')),
  one('CBOR', raw('POST', maps, 'x', 'application/cbor')),
  one(
    'duplicate fields',
    raw('POST', maps, '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","name":"b"}}'),
  ),
  one(
    'duplicate fields, strictly',
    raw('POST', maps, '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","name":"b"}}', 'application/json', {
      fieldValidation: 'Strict',
    }),
  ),
  one(
    'unknown fields, strictly',
    post(maps, map({ name: 'a', nonsense: 1 }, { more: 2 }), { fieldValidation: 'Strict' }),
  ),
  one(
    'unknown fields, warned of',
    post(maps, map({ name: 'a', nonsense: 1 }, { more: 2 }), { fieldValidation: 'Warn' }),
  ),
  one(
    'unknown fields, ignored',
    post(maps, map({ name: 'a', nonsense: 1 }, { more: 2 }), { fieldValidation: 'Ignore' }),
  ),
  one('unknown fieldValidation', post(maps, map({ name: 'a' }), { fieldValidation: 'Perhaps' })),
  one(
    'fields of another case',
    raw('POST', maps, '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"Data":{"a":"b"}}'),
  ),
  one('unknown widget fields, strictly', {
    ...create(widget, 'a', { spec: { nonsense: 1, items: [{ name: 'a', more: 2 }] } }),
    query: { fieldValidation: 'Strict' },
  }),
  one('unknown widget fields, warned of', {
    ...create(widget, 'a', { spec: { nonsense: 1 }, x: 2 }),
    query: { fieldValidation: 'Warn' },
  }),
  one('unknown deployment fields, strictly', {
    ...create(deployment, 'a', { spec: { nonsense: 1, template: { spec: { x: 1 } } } }),
    query: { fieldValidation: 'Strict' },
  }),
];

const names = ['', 'A', 'a_b', 'a..b', '-a', 'a.b', 'a/b', 'a%b', '.', '..', 'x'.repeat(253), 'x'.repeat(254), 'ü'];
const metadata: Case[] = [
  ...names.map((name) => one(`the name ${name.slice(0, 20)}`, post(maps, map({ name })))),
  ...['a.b', 'x'.repeat(64), '1a', 'a-'].map((name) =>
    one(`the service name ${name.slice(0, 20)}`, create(service, name)),
  ),
  ...['a.b', 'x'.repeat(64), 'A'].map((name) =>
    one(`the namespace name ${name.slice(0, 20)}`, create(namespace, name)),
  ),
  one('the role name a:b', create(clusterRole, 'a:b')),
  one('the role name a/b', create(clusterRole, 'a%2')),
  one('neither name', post(maps, map({}))),
  one('both names', post(maps, map({ name: 'a', generateName: 'b-' }))),
  one('a generated name', post(maps, map({ generateName: 'b-' }))),
  one('a long generated name', post(maps, map({ generateName: 'x'.repeat(250) }))),
  one(
    'a generated name for a service',
    post('/api/v1/namespaces/<<namespace>>/services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { generateName: 's-' },
      spec: { ports: [{ port: 80 }] },
    }),
  ),
  one('another namespace', post(maps, map({ name: 'a', namespace: 'other' }))),
  one('the same namespace', post(maps, map({ name: 'a', namespace: '<<namespace>>' }))),
  one('a namespace that is not there', post('/api/v1/namespaces/missing/configmaps', map({ name: 'a' }))),
  one('a namespace in a cluster-scoped object', create(clusterRole, 'a', { metadata: { namespace: 'default' } })),
  one('a resourceVersion', post(maps, map({ name: 'a', resourceVersion: '5' }))),
  one('a uid', post(maps, map({ name: 'a', uid: 'x' }))),
  one('a creationTimestamp', post(maps, map({ name: 'a', creationTimestamp: '2020-01-01T00:00:00Z' }))),
  one(
    'a deletionTimestamp',
    post(maps, map({ name: 'a', deletionTimestamp: '2020-01-01T00:00:00Z', deletionGracePeriodSeconds: 5 })),
  ),
  one('a generation', post(maps, map({ name: 'a', generation: 7 }))),
  one('a negative generation', post(maps, map({ name: 'a', generation: -7 }))),
  one('a selfLink', post(maps, map({ name: 'a', selfLink: '/x' }))),
  one('a bad label key', post(maps, map({ name: 'a', labels: { 'a b': 'x' } }))),
  one('a bad label prefix', post(maps, map({ name: 'a', labels: { 'A_/b': 'x' } }))),
  one('a bad label value', post(maps, map({ name: 'a', labels: { a: 'x y' } }))),
  one('a long label value', post(maps, map({ name: 'a', labels: { a: 'x'.repeat(64) } }))),
  one('a bad annotation key', post(maps, map({ name: 'a', annotations: { 'a b': 'x' } }))),
  one('a long annotation', post(maps, map({ name: 'a', annotations: { a: 'x'.repeat(263_000) } }))),
  one('a bad finalizer', post(maps, map({ name: 'a', finalizers: ['a b/c'] }))),
  one('an unqualified finalizer', post(maps, map({ name: 'a', finalizers: ['hold'] }))),
  one('two finalizers of deletion', post(maps, map({ name: 'a', finalizers: ['orphan', 'foregroundDeletion'] }))),
  one('an owner without anything', post(maps, map({ name: 'a', ownerReferences: [{}] }))),
  one(
    'two controllers',
    post(
      maps,
      map({
        name: 'a',
        ownerReferences: ['b', 'c'].map((name) => ({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          name,
          uid: name,
          controller: true,
        })),
      }),
    ),
  ),
  one(
    'an owner that is an event',
    post(maps, map({ name: 'a', ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'x', uid: 'x' }] })),
  ),
  one('malformed managedFields', post(maps, map({ name: 'a', managedFields: [{ manager: 'x' }] }))),
  one(
    'managedFields of an unknown operation',
    post(
      maps,
      map({
        name: 'a',
        managedFields: [{ manager: 'x', operation: 'Guess', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }],
      }),
    ),
  ),
  one('a big object', post(maps, map({ name: 'a' }, { data: { a: 'x'.repeat(1_100_000) } }))),
  one('twice the same name', made, made),
];

const queries: Case[] = [
  ...[
    'a',
    'a=b',
    'a==b',
    'a!=b',
    'a in (b,c)',
    'a notin (b)',
    '!a',
    'a,b',
    'a in ()',
    'a=',
    '=b',
    'a in b',
    'a>1',
    'a>x',
    'a=b=c',
    'a b',
    ',',
    'a,',
    'A_b!',
    'a=x y',
    ' a = b ',
  ].map((labelSelector) => one(`the label selector ${labelSelector}`, made, get(maps, { labelSelector }))),
  ...[
    'metadata.name=a',
    'metadata.name!=a',
    'metadata.namespace=default',
    'metadata.name',
    'data.a=1',
    'metadata.name=a,metadata.namespace=x',
    '=',
    'x',
    'metadata.name==a',
    'metadata.uid=x',
  ].map((fieldSelector) => one(`the field selector ${fieldSelector}`, made, get(maps, { fieldSelector }))),
  ...['-1', '0', '1', 'x', '1.5', '99999999999999999999'].map((limit) =>
    one(`the limit ${limit}`, made, get(maps, { limit })),
  ),
  ...['x', ''].map((token) => one(`the continue token ${token}`, get(maps, { continue: token, limit: 1 }))),
  one(
    'pages',
    made,
    create(configMap, 'b'),
    create(configMap, 'c'),
    get(maps, { limit: 2 }),
    get(maps, { limit: 2, continue: '<<continue>>' }),
  ),
  one(
    'pages and a resourceVersion',
    made,
    create(configMap, 'b'),
    get(maps, { limit: 1 }),
    get(maps, { limit: 1, continue: '<<continue>>', resourceVersion: '5' }),
  ),
  one(
    'pages and a match',
    made,
    create(configMap, 'b'),
    get(maps, { limit: 1 }),
    get(maps, { limit: 1, continue: '<<continue>>', resourceVersionMatch: 'Exact' }),
  ),
  one('pages of one label', made, create(configMap, 'b'), get(maps, { limit: 1, labelSelector: 'app=x' })),
  ...['0', '1', 'x', '-1', '999999999'].flatMap((resourceVersion) => [
    one(`get from ${resourceVersion}`, made, get(`${maps}/a`, { resourceVersion })),
    ...(resourceVersion === '1' ? [] : [one(`list from ${resourceVersion}`, made, get(maps, { resourceVersion }))]),
  ]),
  ...['Exact', 'NotOlderThan', 'Nonsense'].flatMap((resourceVersionMatch) => [
    one(`list ${resourceVersionMatch}`, made, get(maps, { resourceVersionMatch })),
    one(`list ${resourceVersionMatch} from 0`, made, get(maps, { resourceVersionMatch, resourceVersion: '0' })),
    one(
      `list ${resourceVersionMatch} from now`,
      made,
      get(maps, { resourceVersionMatch, resourceVersion: '<<rv ConfigMap/a>>' }),
    ),
  ]),
  one(
    'list as it was',
    made,
    create(configMap, 'b'),
    get(maps, { resourceVersionMatch: 'Exact', resourceVersion: '<<rv ConfigMap/a>>' }),
  ),
  one('sendInitialEvents without a watch', get(maps, { sendInitialEvents: true })),
  one('sendInitialEvents without a match', get(maps, { watch: 1, sendInitialEvents: true })),
  one('a match in a watch', get(maps, { watch: 1, resourceVersionMatch: 'NotOlderThan', timeoutSeconds: 1 })),
  one('a watch from the future', get(maps, { watch: 1, resourceVersion: 'x', timeoutSeconds: 1 })),
  one('a watch of everything', made, get(maps, { watch: 1, timeoutSeconds: 1 })),
  one('a watch from 0', made, get(maps, { watch: 1, timeoutSeconds: 1, resourceVersion: 0 })),
  one('a watch with a bad selector', get(maps, { watch: 1, labelSelector: 'a in b', timeoutSeconds: 1 })),
  one('a watch with a bad field selector', get(maps, { watch: 1, fieldSelector: 'a=b', timeoutSeconds: 1 })),
  one('a watch that is no boolean', get(maps, { watch: 'x', timeoutSeconds: 1 })),
  one('a timeout that is no number', get(maps, { timeoutSeconds: 'x' })),
  one('a watch of one', made, get(`${maps}/a`, { watch: 1, timeoutSeconds: 1 })),
  one('the old watch path', made, get('/api/v1/watch/namespaces/<<namespace>>/configmaps/a', { timeoutSeconds: 1 })),
  ...['All', 'all', 'None', ''].map((dryRun) =>
    one(`a dry run ${dryRun}`, post(maps, map({ name: 'a' }), { dryRun }), get(`${maps}/a`)),
  ),
  ...['m', '', 'x'.repeat(129), 'ü\n'].map((fieldManager) =>
    one(`the field manager ${fieldManager.slice(0, 5)}`, post(maps, map({ name: 'a' }), { fieldManager })),
  ),
  one('pretty', made, get(`${maps}/a`, { pretty: 'true' })),
];

const kubernetesTable = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const partialList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const accepts: Case[] = [
  ...[
    '*/*',
    'application/*',
    'text/html',
    'application/xml',
    '',
    'application/json;q=0.5,application/yaml',
    'nonsense',
    'application/json;as=Nonsense;g=meta.k8s.io;v=v1',
    'application/json;as=Table;g=meta.k8s.io;v=v9',
    `${kubernetesTable},application/json`,
  ].map((accept) => one(`accept ${accept}`, made, get(`${maps}/a`, {}, { accept }))),
  one('a table', made, get(maps, {}, { accept: kubernetesTable })),
  one('a table of one', made, get(`${maps}/a`, {}, { accept: kubernetesTable })),
  one('a table with objects', made, get(maps, { includeObject: 'Object' }, { accept: kubernetesTable })),
  one('a table without objects', made, get(maps, { includeObject: 'None' }, { accept: kubernetesTable })),
  one('a table with nonsense', made, get(maps, { includeObject: 'Nonsense' }, { accept: kubernetesTable })),
  one('a table in a watch', made, get(maps, { watch: 1, timeoutSeconds: 1 }, { accept: kubernetesTable })),
  one('metadata', made, get(`${maps}/a`, {}, { accept: partial })),
  one('metadata of a list', made, get(maps, {}, { accept: partialList })),
  one('metadata of a list, as one', made, get(maps, {}, { accept: partial })),
  one('metadata in a watch', made, get(maps, { watch: 1, timeoutSeconds: 1 }, { accept: partial })),
  one('a creation as metadata', { ...made, accept: partial }),
  one('a deletion as a table', made, { method: 'DELETE', path: `${maps}/a`, accept: kubernetesTable }),
  ...[widget, deployment, service, secret, lease, serviceAccount, pod, namespace].map((kind) =>
    one(
      `a table of ${kind.kind}`,
      create(kind, 'a'),
      get(`${pathOf(kind)}/${nameIn(kind, 'a')}`, {}, { accept: kubernetesTable }),
    ),
  ),
];

const verbs: Case[] = [
  one('PUT on a collection', { method: 'PUT', path: maps, body: map({ name: 'a' }) }),
  one('PATCH on a collection', { method: 'PATCH', path: maps, body: {}, contentType: merge }),
  one('POST on an object', made, post(`${maps}/a`, map({ name: 'a' }))),
  one('OPTIONS', { method: 'OPTIONS', path: maps }),
  one('HEAD', { method: 'HEAD', path: maps }),
  one('TRACE', { method: 'TRACE', path: maps }),
  one('a made-up method', { method: 'PROPFIND', path: maps }),
  ...[
    '/',
    '/api',
    '/api/',
    '/api/v2',
    '/apis/',
    '/apis/nonsense',
    '/apis/apps/v9',
    '/apis/apps/v1/nonsense',
    '/api/v1/nonsense',
    '/nonsense',
    '/api/v1/namespaces/default/nonsense',
    '/api/v1/namespaces/default/configmaps/a/nonsense',
    '/api/v1/namespaces/default/configmaps/a/status',
    '/api/v1/namespaces/default/deployments',
    '/apis/apps/v1/configmaps',
    '/api/v1/configmaps/a',
    '/api/v1/nodes/a/b/c',
    '/api/v1/namespaces/default/nodes',
    '/apis/conformance.example.com',
    '/apis/conformance.example.com/v1',
    '/apis/conformance.example.com/v2',
    '/apis/conformance.example.com/v1/nonsense',
    '/apis/conformance.example.com/v1/widgets/a',
    '/version',
    '/version/',
    '/healthz',
    '/livez',
    '/readyz',
    '/healthz/ping',
    '/healthz/nonsense',
    '/livez?verbose',
    '/openapi/v3/nonsense',
    '//api/v1',
    '/api//v1',
    '/apis/apps',
    '/apis/apps/',
  ].map((path) => one(`GET ${path}`, get(path))),
  one('another name in the path', made, { method: 'PUT', path: `${maps}/b`, live: { key: 'ConfigMap/a' } }),
  one('another namespace in the body', made, {
    method: 'PUT',
    path: `${maps}/a`,
    live: { key: 'ConfigMap/a', patch: { metadata: { namespace: 'other' } } },
  }),
  one('an update of nothing', { method: 'PUT', path: `${maps}/a`, body: map({ name: 'a' }) }),
  one('an update of nothing with a revision', {
    method: 'PUT',
    path: `${maps}/a`,
    body: map({ name: 'a', resourceVersion: '5' }),
  }),
  one('an update of nothing with a uid', { method: 'PUT', path: `${maps}/a`, body: map({ name: 'a', uid: 'x' }) }),
  one('an update without a name', made, { method: 'PUT', path: `${maps}/a`, body: map({}) }),
  one('an update of another uid', made, {
    method: 'PUT',
    path: `${maps}/a`,
    live: { key: 'ConfigMap/a', patch: { metadata: { uid: 'other' } } },
  }),
  one('an update without a revision', made, {
    method: 'PUT',
    path: `${maps}/a`,
    live: { key: 'ConfigMap/a', patch: { metadata: { resourceVersion: null } } },
  }),
  one('an update without a revision, of a lease', create(lease, 'a'), {
    method: 'PUT',
    path: `${pathOf(lease)}/a`,
    live: { key: 'Lease/a', patch: { metadata: { resourceVersion: null } } },
  }),
  one('an update without a revision, of a widget', create(widget, 'a'), {
    method: 'PUT',
    path: `${pathOf(widget)}/a`,
    live: { key: 'Widget/a', patch: { metadata: { resourceVersion: null } } },
  }),
  one('an update of revision x', made, {
    method: 'PUT',
    path: `${maps}/a`,
    live: { key: 'ConfigMap/a', patch: { metadata: { resourceVersion: 'x' } } },
  }),
  one('an update of revision 1', made, {
    method: 'PUT',
    path: `${maps}/a`,
    live: { key: 'ConfigMap/a', patch: { metadata: { resourceVersion: '1' } } },
  }),
];

const patches: Case[] = [
  one('a patch of nothing', { method: 'PATCH', path: `${maps}/a`, body: {}, contentType: merge }),
  one('a patch without a type', made, { method: 'PATCH', path: `${maps}/a`, body: {} }),
  one('a patch of an unknown type', made, {
    method: 'PATCH',
    path: `${maps}/a`,
    body: {},
    contentType: 'application/nonsense',
  }),
  ...[
    '',
    'x',
    '[]',
    '5',
    'null',

    '{"metadata":{"name":"b"}}',
    '{"metadata":{"namespace":"b"}}',
    '{"metadata":{"resourceVersion":"1"}}',
    '{"metadata":{"uid":"x"}}',
    '{"metadata":{"labels":null,"annotations":{"note":null}}}',
    '{"metadata":{"creationTimestamp":null}}',
    '{"metadata":{"generation":9}}',
    '{"metadata":{"deletionTimestamp":"2020-01-01T00:00:00Z"}}',
    '{"metadata":{"managedFields":[]}}',
    '{"metadata":{"managedFields":[{}]}}',
    '{"metadata":{"labels":{"a b":"c"}}}',
    '{"metadata":{"nonsense":1}}',
    '{"metadata":{"finalizers":["x"]}}',
    '{"metadata":{"generateName":"x"}}',
    '{"metadata":null}',
  ].flatMap((text) => [
    one(`the merge patch ${text}`, made, raw('PATCH', `${maps}/a`, text, merge)),
    one(`the strategic patch ${text}`, made, raw('PATCH', `${maps}/a`, text, 'application/strategic-merge-patch+json')),
    one(`the merge patch of a widget ${text}`, create(widget, 'a'), raw('PATCH', `${pathOf(widget)}/a`, text, merge)),
  ]),
  ...[
    '',
    'x',
    '{}',
    '[]',
    '[{}]',
    '[{"op":"add"}]',
    '[{"op":"nonsense","path":"/data/a"}]',

    '[{"op":"add","path":"/x/y/z","value":"b"}]',

    '[{"op":"remove","path":"/nonsense"}]',
    '[{"op":"replace","path":"/metadata/name","value":"b"}]',
    '[{"op":"test","path":"/metadata/name","value":"b"}]',

    '[{"op":"remove","path":""}]',
    '[{"op":"replace","path":"","value":{}}]',
    '[{"op":"add","path":"/metadata/finalizers/-","value":"a.b/c"}]',
    '[{"op":"add","path":"/metadata/finalizers","value":["a.b/c"]},{"op":"add","path":"/metadata/finalizers/0","value":"a.b/d"}]',
    '[{"op":"add","path":"/metadata/labels/a~1b","value":"c"}]',

    '[{"op":"move","from":"/data/a","path":"/data/b"}]',
    '[{"op":"add","path":"/data/n","value":5}]',
  ].map((text) => one(`the JSON patch ${text}`, made, raw('PATCH', `${maps}/a`, text, 'application/json-patch+json'))),
  one('a strategic patch of a widget', create(widget, 'a'), {
    method: 'PATCH',
    path: `${pathOf(widget)}/a`,
    body: {},
    contentType: 'application/strategic-merge-patch+json',
  }),
  ...[
    '',
    'x',
    '[]',
    '{}',
    '{"apiVersion":"v1","kind":"ConfigMap"}',
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}}',
    '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}',
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","managedFields":[{"manager":"x"}]}}',
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","resourceVersion":"1"}}',
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","uid":"x"}}',
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"nonsense":1}',
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: "2"\n',
  ].flatMap((text) => [
    one(
      `the apply ${text}`,
      made,
      raw('PATCH', `${maps}/a`, text, 'application/apply-patch+yaml', { fieldManager: 'm' }),
    ),
    one(
      `the apply of nothing ${text}`,
      raw('PATCH', `${maps}/a`, text, 'application/apply-patch+yaml', { fieldManager: 'm' }),
    ),
  ]),
  one(
    'an apply without a manager',
    raw(
      'PATCH',
      `${maps}/a`,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}',
      'application/apply-patch+yaml',
    ),
  ),
  one('force without an apply', made, {
    method: 'PATCH',
    path: `${maps}/a`,
    body: {},
    contentType: merge,
    query: { force: true },
  }),
  one(
    'a bad force',
    made,
    raw(
      'PATCH',
      `${maps}/a`,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}',
      'application/apply-patch+yaml',
      { fieldManager: 'm', force: 'x' },
    ),
  ),
];

const held = create(configMap, 'a', { metadata: { finalizers: ['example.com/hold'] } });
const remove = (body?: unknown, query: Step['query'] = {}): Step => ({
  method: 'DELETE',
  path: `${maps}/a`,
  query,
  ...(body === undefined ? {} : { body }),
});
const release: Step = {
  method: 'PATCH',
  path: `${maps}/a`,
  contentType: merge,
  body: { metadata: { finalizers: null } },
};
const options = (more: object) => ({ kind: 'DeleteOptions', apiVersion: 'v1', ...more });
const deletions: Case[] = [
  one('a deletion', made, remove(), get(`${maps}/a`)),
  one('a deletion of nothing', remove()),
  ...['Background', 'Foreground', 'Orphan', 'Nonsense'].flatMap((propagationPolicy) => [
    one(`deletion ${propagationPolicy}`, made, remove(options({ propagationPolicy })), get(`${maps}/a`)),
    one(`deletion ${propagationPolicy} in the query`, made, remove(undefined, { propagationPolicy }), get(`${maps}/a`)),
    one(
      `deletion ${propagationPolicy} with a finalizer`,
      held,
      remove(options({ propagationPolicy })),
      get(`${maps}/a`),
      release,
      get(`${maps}/a`),
    ),
  ]),
  one(
    'a deletion twice with a finalizer',
    held,
    remove(),
    remove(),
    remove(options({ gracePeriodSeconds: 0 })),
    get(`${maps}/a`),
    release,
    get(`${maps}/a`),
  ),
  one('both ways to orphan', made, remove(options({ orphanDependents: true, propagationPolicy: 'Orphan' }))),
  one('orphanDependents', made, remove(options({ orphanDependents: true })), get(`${maps}/a`)),
  one('a negative grace period', made, remove(options({ gracePeriodSeconds: -1 }))),
  one('a grace period', made, remove(options({ gracePeriodSeconds: 30 })), get(`${maps}/a`)),
  one('a grace period that is none', made, remove(undefined, { gracePeriodSeconds: 'x' })),
  one('a dry deletion', made, remove(options({ dryRun: ['All'] })), get(`${maps}/a`)),
  one('a dry deletion of nonsense', made, remove(options({ dryRun: ['Some'] }))),
  one('another uid', made, remove(options({ preconditions: { uid: 'other' } }))),
  one('the uid', made, remove(options({ preconditions: { uid: '<<uid ConfigMap/a>>' } }))),
  one('another revision', made, remove(options({ preconditions: { resourceVersion: '1' } }))),
  one('the revision', made, remove(options({ preconditions: { resourceVersion: '<<rv ConfigMap/a>>' } }))),
  one('options of another kind', made, remove({ kind: 'ConfigMap', apiVersion: 'v1' })),
  one('options of another group', made, remove({ kind: 'DeleteOptions', apiVersion: 'apps/v1' })),
  one('options without a kind', made, remove({ gracePeriodSeconds: 0 })),
  one('unknown options', made, remove(options({ nonsense: 1 }))),
  one(
    'a change while it goes',
    held,
    remove(),
    { method: 'PATCH', path: `${maps}/a`, contentType: merge, body: { data: { a: '3' } } },
    {
      method: 'PATCH',
      path: `${maps}/a`,
      contentType: merge,
      body: { metadata: { finalizers: ['example.com/hold', 'example.com/new'] } },
    },
    release,
  ),
  one('a creation while it goes', held, remove(), made, release, made),
  one('a deletion of all', made, create(configMap, 'b'), { method: 'DELETE', path: maps }, get(maps)),
  one(
    'a deletion of some',
    made,
    create(configMap, 'b'),
    { method: 'DELETE', path: maps, query: { labelSelector: 'app=x' } },
    get(maps),
  ),
  one('a deletion of all, dry', made, { method: 'DELETE', path: maps, query: { dryRun: 'All' } }, get(maps)),
  one('a deletion of all with a finalizer', held, { method: 'DELETE', path: maps }, get(maps)),
  one('a pod goes at once', create(pod, 'a'), { method: 'DELETE', path: `${pathOf(pod)}/a` }, get(`${pathOf(pod)}/a`)),
  one(
    'a pod of a node goes later',
    create(pod, 'a', { spec: { nodeName: 'n' } }),
    { method: 'DELETE', path: `${pathOf(pod)}/a` },
    get(`${pathOf(pod)}/a`),
    { method: 'DELETE', path: `${pathOf(pod)}/a`, body: options({ gracePeriodSeconds: 0 }) },
    get(`${pathOf(pod)}/a`),
  ),
  one(
    'a namespace goes',
    create(namespace, 'a'),
    { method: 'DELETE', path: `/api/v1/namespaces/${nameIn(namespace, 'a')}`, settleMs: 50 },
    get(`/api/v1/namespaces/${nameIn(namespace, 'a')}`),
    post(`/api/v1/namespaces/${nameIn(namespace, 'a')}/configmaps`, map({ name: 'x' })),
    {
      method: 'PUT',
      path: `/api/v1/namespaces/${nameIn(namespace, 'a')}/finalize`,
      live: { key: 'Namespace/a', patch: { spec: { finalizers: null } } },
    },
    get(`/api/v1/namespaces/${nameIn(namespace, 'a')}`),
  ),
  one('the default namespace stays', { method: 'DELETE', path: '/api/v1/namespaces/default' }),
  one('all namespaces', { method: 'DELETE', path: '/api/v1/namespaces' }),
  one(
    'a deployment goes',
    create(deployment, 'a'),
    { method: 'DELETE', path: `${pathOf(deployment)}/a` },
    get(`${pathOf(deployment)}/a`),
  ),
  one(
    'a deployment with dependents',
    create(deployment, 'a'),
    { method: 'DELETE', path: `${pathOf(deployment)}/a`, body: options({ propagationPolicy: 'Foreground' }) },
    get(`${pathOf(deployment)}/a`),
  ),
  one(
    'a widget goes',
    create(widget, 'a'),
    { method: 'DELETE', path: `${pathOf(widget)}/a` },
    get(`${pathOf(widget)}/a`),
  ),
];

const scales: Case[] = [deployment, widget].flatMap((kind) => {
  const path = `${pathOf(kind)}/a/scale`;
  return [
    one(
      `the scale of ${kind.kind}`,
      create(kind, 'a'),
      get(path),
      { method: 'PATCH', path, contentType: merge, body: { spec: { replicas: 4 } } },
      get(`${pathOf(kind)}/a`),
    ),
    one(`a scale of ${kind.kind} below zero`, create(kind, 'a'), {
      method: 'PATCH',
      path,
      contentType: merge,
      body: { spec: { replicas: -4 } },
    }),
    one(
      `a scale of ${kind.kind} by update`,
      create(kind, 'a'),
      {
        method: 'PUT',
        path,
        body: {
          apiVersion: 'autoscaling/v1',
          kind: 'Scale',
          metadata: { name: 'a', namespace: '<<namespace>>' },
          spec: { replicas: 2 },
        },
      },
      get(`${pathOf(kind)}/a`),
    ),
    one(`a scale of ${kind.kind} by a stale update`, create(kind, 'a'), {
      method: 'PUT',
      path,
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'a', namespace: '<<namespace>>', resourceVersion: '1' },
        spec: { replicas: 2 },
      },
    }),
    one(`a scale of ${kind.kind} by apply`, create(kind, 'a'), {
      method: 'PATCH',
      path,
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: 'm', force: true },
      body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 5 } },
    }),
    one(`the scale of no ${kind.kind}`, get(path)),
  ];
});

const limited = { user: 'somebody' };
const binding = (role: string, name = 'b'): Step => ({
  method: 'POST',
  path: '/apis/rbac.authorization.k8s.io/v1/namespaces/<<namespace>>/rolebindings',
  body: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: role === 'own' ? 'Role' : 'ClusterRole', name: role },
    subjects: [{ kind: 'User', name: 'u-<<namespace>>', apiGroup: 'rbac.authorization.k8s.io' }],
  },
  settleMs: 200,
});
const ownRole = (rules: unknown): Step => ({
  method: 'POST',
  path: '/apis/rbac.authorization.k8s.io/v1/namespaces/<<namespace>>/roles',
  body: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'own' }, rules },
  settleMs: 200,
});
const asUser = { user: 'u-<<namespace>>', groups: ['system:authenticated'] };
const review = (kind: string, spec: unknown, as?: Step['as']): Step => ({
  method: 'POST',
  path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
  body: { apiVersion: 'authorization.k8s.io/v1', kind, spec },
  ...(as ? { as } : {}),
});
const access: Case[] = [
  one('somebody gets', { ...get(`${maps}/a`), as: limited }),
  one('somebody lists everywhere', { ...get('/api/v1/configmaps'), as: limited }),
  one('somebody deletes nodes', { method: 'DELETE', path: '/api/v1/nodes', as: limited }),
  one('somebody patches a status', {
    method: 'PATCH',
    path: `${pathOf(deployment)}/a/status`,
    body: {},
    contentType: merge,
    as: limited,
  }),
  one('somebody reads a path', { ...get('/metrics'), as: limited }),
  one('somebody reads the version', { ...get('/version'), as: { user: 'x', groups: ['system:authenticated'] } }),
  one('anonymous discovery', { ...get('/api'), as: { user: 'system:anonymous', groups: ['system:unauthenticated'] } }),
  one('groups without a user', { ...get('/api'), headers: { 'impersonate-group': 'x' } }),
  one('extra without a user', { ...get('/api'), headers: { 'impersonate-extra-a': 'x' } }),
  one('impersonation by somebody', { ...get('/api'), as: limited, headers: { 'impersonate-uid': '5' } }),
  one(
    'a viewer reads',
    binding('view'),
    made,
    { ...get(`${maps}/a`), as: asUser },
    { ...get('/api/v1/namespaces/<<namespace>>/secrets'), as: asUser },
    { ...remove(), as: asUser },
  ),
  one(
    'a viewer asks',
    binding('view'),
    review(
      'SelfSubjectAccessReview',
      { resourceAttributes: { namespace: '<<namespace>>', verb: 'get', resource: 'configmaps' } },
      asUser,
    ),
    review(
      'SelfSubjectAccessReview',
      { resourceAttributes: { namespace: '<<namespace>>', verb: 'delete', resource: 'configmaps' } },
      asUser,
    ),
  ),
  one(
    'an editor does not escalate',
    binding('admin'),
    { ...ownRole([{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]), as: asUser },
    { ...ownRole([{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]), as: asUser },
  ),
  one(
    'an editor does not bind',
    binding('admin'),
    { ...binding('cluster-admin', 'c'), as: asUser },
    { ...binding('view', 'd'), as: asUser },
  ),
  one(
    'an own role',
    ownRole([{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['get', 'list', 'watch'] }]),
    binding('own'),
    made,
    { ...get(`${maps}/a`), as: asUser },
    { ...get(maps), as: asUser },
    { ...get(maps, { fieldSelector: 'metadata.name=a' }), as: asUser },
  ),
  one('rules of a user', binding('view'), review('SelfSubjectRulesReview', { namespace: '<<namespace>>' }, asUser)),
  one('rules of nowhere', review('SelfSubjectRulesReview', {})),
  one('rules of an administrator', review('SelfSubjectRulesReview', { namespace: 'default' })),
  one(
    'a question without a user',
    review('SubjectAccessReview', { resourceAttributes: { verb: 'get', resource: 'pods' } }),
  ),
  one(
    'a question about both',
    review('SubjectAccessReview', {
      user: 'x',
      resourceAttributes: { verb: 'get', resource: 'pods' },
      nonResourceAttributes: { path: '/', verb: 'get' },
    }),
  ),
  one('a question about neither', review('SubjectAccessReview', { user: 'x' })),
  one(
    'a question about a group',
    review('SubjectAccessReview', {
      groups: ['system:masters'],
      resourceAttributes: { verb: 'get', resource: 'pods' },
    }),
  ),
  one(
    'a question about a path',
    review('SubjectAccessReview', {
      user: 'x',
      groups: ['system:authenticated'],
      nonResourceAttributes: { path: '/version', verb: 'get' },
    }),
  ),
  one('a local question', {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/namespaces/<<namespace>>/localsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'LocalSubjectAccessReview',
      metadata: { namespace: '<<namespace>>' },
      spec: { user: 'x', resourceAttributes: { namespace: '<<namespace>>', verb: 'get', resource: 'pods' } },
    },
  }),
  one('a local question about elsewhere', {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/namespaces/<<namespace>>/localsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'LocalSubjectAccessReview',
      spec: { user: 'x', resourceAttributes: { namespace: 'default', verb: 'get', resource: 'pods' } },
    },
  }),
  one(
    'a masters question',
    review('SelfSubjectAccessReview', { resourceAttributes: { verb: '*', resource: '*', group: '*' } }),
  ),
  one('who am I', {
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    as: { user: 'me', groups: ['g'] },
  }),
  one('a token review', {
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'nonsense' } },
  }),
  one('an empty token review', {
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: {} },
  }),
  one(
    'a token for nobody',
    post('/api/v1/namespaces/<<namespace>>/serviceaccounts/a/token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {},
    }),
  ),
  one(
    'a short token',
    create(serviceAccount, 'a'),
    post('/api/v1/namespaces/<<namespace>>/serviceaccounts/a/token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 5 },
    }),
  ),
  one('a bad bearer token', { ...get('/api'), headers: { authorization: 'Bearer nonsense' } }),
];

/** By what they are about. */
export const protocolGroups: Readonly<Record<string, Case[]>> = {
  'bodies are read': bodies,
  'metadata is checked': metadata,
  'queries are understood': queries,
  'representations are negotiated': accepts,
  'paths and verbs are known': verbs,
  'patches are done': patches,
  'deletions are done': deletions,
  'scales are set': scales,
  'rights are decided': access,
};
