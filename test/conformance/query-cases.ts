/** Query parameters, and the representations that are asked for. */

import { lease } from './cluster-kinds.ts';
import { configMap, deployment, namespace, pod, secret, service, serviceAccount, widget } from './objects.ts';
import { get, made, map, maps, one, post } from './protocol-steps.ts';
import { type Case, create, nameIn, pathOf } from './single-changes.ts';

const kubernetesTable = 'application/json;as=Table;g=meta.k8s.io;v=v1';

export const queryCases: Case[] = [
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
  ...['spec.nodeName=', 'spec.nodeName=n', 'spec.nodeName!=n', 'spec.nodeName=,metadata.name!=x'].map((fieldSelector) =>
    one(
      `pages of pods with ${fieldSelector}`,
      ...['a', 'c'].map((name) => create(pod, name)),
      ...['b', 'd'].map((name) => create(pod, name, { spec: { nodeName: 'n' } })),
      get(pathOf(pod), { fieldSelector, limit: 1 }),
      get(pathOf(pod), { fieldSelector, limit: 2 }),
      get(pathOf(pod), { fieldSelector, limit: 1, continue: '<<continue>>' }),
      get(pathOf(pod), { fieldSelector, limit: 1, resourceVersion: '<<rv Pod/d>>' }),
      get(pathOf(pod), {
        fieldSelector,
        limit: 1,
        resourceVersion: '<<rv Pod/d>>',
        resourceVersionMatch: 'NotOlderThan',
      }),
      get(pathOf(pod), { fieldSelector, limit: 1, resourceVersion: '<<rv Pod/d>>', resourceVersionMatch: 'Exact' }),
    ),
  ),
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
  ...['true', '1', 'T', 'yes', '', '0'].map((pretty) =>
    one(`pretty=${pretty}`, made, get(`${maps}/a`, { pretty }), get(`${maps}/missing`, { pretty })),
  ),
  ...['curl/8.5.0', 'Wget/1.24', 'Mozilla/5.0 (X11)', 'Mozilla/4.0', 'kubectl'].map((client) =>
    one(
      `what ${client} is shown`,
      made,
      ...[maps, `${maps}/missing`, '/api', '/apis', '/apis/apps', '/api/v1', '/version', '/healthz', '/nothing'].map(
        (path) => get(path, {}, { headers: { 'user-agent': client } }),
      ),
      get(maps, { pretty: 'false' }, { headers: { 'user-agent': client } }),
      get(maps, {}, { headers: { 'user-agent': client }, accept: 'application/yaml' }),
      get(maps, { watch: true }, { headers: { 'user-agent': client }, isWatch: true }),
      { ...get('/api/v1/pods', {}, { headers: { 'user-agent': client } }), bare: 'anonymous' },
    ),
  ),
];

const large = map({ name: 'large' }, { data: { a: 'a'.repeat(140_000) } });
const packed = { headers: { 'accept-encoding': 'gzip' } };
/** Beyond 128 KiB, for who says so by the letter. */
export const compressionCases: Case[] = [
  one(
    'a large object',
    { ...post(maps, large), ...packed },
    ...['gzip', 'deflate, gzip', 'gzip;q=1', 'GZIP', 'br', '*', 'identity'].map((encodings) =>
      get(`${maps}/large`, {}, { headers: { 'accept-encoding': encodings } }),
    ),
    get(`${maps}/large`, {}, { ...packed, accept: 'application/yaml' }),
    get(`${maps}/large`, { pretty: '1' }, packed),
    get(`${maps}/large`, {}, { ...packed, accept: kubernetesTable }),
    get(maps, {}, packed),
    get(maps, { watch: true }, { ...packed, isWatch: true }),
    { method: 'PUT', path: `${maps}/large`, live: { key: 'ConfigMap/large', patch: { data: { b: 'b' } } }, ...packed },
    { method: 'DELETE', path: `${maps}/large`, ...packed },
  ),
  one('a small object', made, get(`${maps}/a`, {}, packed), get(maps, {}, packed)),
];

const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const partialList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
export const acceptCases: Case[] = [
  ...[
    '*/*',
    'application/*',
    'text/html',
    'application/xml',
    '',
    'application/json;q=0.5,application/yaml',
    'application/json;pretty=1',
    'application/json;pretty=true',
    'application/yaml;pretty=1,application/json;pretty=1;q=0.5',
    `${kubernetesTable};pretty=1`,
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
