/** What the search over sequences has found, each as the shortest sequence that showed it. */

import {
  type Body,
  configMap,
  deployment,
  type Kind,
  namespace,
  objectOf,
  pod,
  secret,
  service,
  serviceAccount,
  widget,
} from './objects.ts';
import { at, mergePatch, read, remove } from './requests.ts';
import { type Case, create, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
const rawDelete = (raw: string, query: Step['query'] = {}): Step => ({
  method: 'DELETE',
  path: `${pathOf(configMap)}/a`,
  raw,
  query,
});

const maps = pathOf(configMap);
const made = create(configMap, 'a');

const bornGoing = (kind: Kind, more: Body): Step => ({
  method: 'PATCH',
  path: at(kind, 'a'),
  contentType: 'application/apply-patch+yaml',
  query: { fieldManager: 'one' },
  body: objectOf(kind, 'a', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', ...more } }),
});

const deletions: Case[] = [
  one('a query beside a body is not read', made, {
    ...remove(at(configMap, 'a'), { gracePeriodSeconds: 0 }, { dryRun: 'All' }),
  }),
  one('a wrong query beside a body', rawDelete('{}', { dryRun: 'None' })),
  one('a wrong query of a deletion of all beside a body', {
    ...rawDelete('{}', { dryRun: 'None' }),
    path: maps,
  }),
  ...[
    'x',
    '[]',
    'null',
    '5',
    'true',
    '{"dryRun":"All"}',
    '{"gracePeriodSeconds":"5"}',
    '{"gracePeriodSeconds":1.5}',
  ].map((text) => one(`the options ${text}`, rawDelete(text))),
  ...[
    '{"preconditions":"x"}',
    '{"kind":"Pod"}',
    '{"kind":5}',
    '{"apiVersion":"a/b/c"}',
    '{"orphanDependents":"x"}',
  ].map((text) => one(`the options ${text}`, rawDelete(text))),
  ...['', 'false', '0', 'x'].map((orphanDependents) =>
    one(
      `orphanDependents ${orphanDependents} in the query`,
      made,
      remove(at(configMap, 'a'), undefined, { orphanDependents }),
    ),
  ),
  one('a bad selector comes before bad options', {
    ...rawDelete('null', { fieldSelector: 'x=y', dryRun: 'None' }),
    path: maps,
  }),
  one('a bad label selector comes before bad options', {
    method: 'DELETE',
    path: maps,
    query: { labelSelector: 'a in b', dryRun: 'None' },
  }),
  one('a page is deleted', made, create(configMap, 'b'), remove(maps, undefined, { limit: 1 }), read(maps)),
  ...[configMap, secret, pod, widget, namespace, deployment].map((kind) =>
    one(
      `the grace period of a ${kind.kind} is not set`,
      create(kind, 'a'),
      mergePatch(at(kind, 'a'), { metadata: { deletionGracePeriodSeconds: 3 } }),
    ),
  ),
  one(
    'a dry-run of a name that is on its way out',
    create(configMap, 'a', { metadata: { finalizers: ['example.com/hold'] } }),
    remove(at(configMap, 'a')),
    { ...made, query: { dryRun: 'All' } },
  ),
  ...[configMap, deployment, widget].flatMap((kind) =>
    [{}, { finalizers: ['example.com/hold'] }, { deletionGracePeriodSeconds: 5 }].map((more) =>
      one(
        `a ${kind.kind} that is applied as being deleted, with ${JSON.stringify(more)}`,
        bornGoing(kind, more),
        mergePatch(at(kind, 'a'), { metadata: { labels: { app: 'x' } } }),
        read(at(kind, 'a')),
        bornGoing(kind, more),
        mergePatch(at(kind, 'a'), { metadata: { finalizers: null } }),
        read(at(kind, 'a')),
        remove(at(kind, 'a')),
        read(pathOf(kind)),
      ),
    ),
  ),
  one(
    'new finalizers are told in order',
    create(configMap, 'a', { metadata: { finalizers: ['example.com/hold'] } }),
    remove(at(configMap, 'a')),
    mergePatch(at(configMap, 'a'), { metadata: { finalizers: ['orphan', 'example.com/b'] } }),
  ),
];

const initial = {
  watch: 'true',
  sendInitialEvents: 'true',
  resourceVersionMatch: 'NotOlderThan',
  allowWatchBookmarks: 'true',
};
const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** The events until that of an object with the label. */
const events = (path: string, query: Step['query'], more: Partial<Step> = {}): Step =>
  read(path, { watch: 'true', ...query }, { isWatch: true, endsAt: 'x', ...more });
const last = (kind: typeof configMap): Step => create(kind, 'end', { metadata: { labels: { end: 'x' } } });

const watches: Case[] = [
  ...[configMap, secret, pod, service, serviceAccount, widget].flatMap((kind) =>
    [undefined, table, partial].map((accept) =>
      one(
        `the bookmark of an empty beginning, of ${kind.kind} as ${accept ?? 'objects'}`,
        { ...events(pathOf(kind), initial), ...(accept ? { accept } : {}), opens: 'x' },
        last(kind),
        { ...events(pathOf(kind), initial), closes: 'x' },
      ),
    ),
  ),
  one(
    'columns come once, when nothing that was there is selected',
    made,
    { ...events(maps, { labelSelector: 'end', resourceVersion: 0 }), accept: table, opens: 'x' },
    last(configMap),
    { ...events(maps, {}), closes: 'x' },
  ),
  one(
    'a pod that goes at once is seen to be marked',
    create(pod, 'a'),
    remove(at(pod, 'a')),
    last(pod),
    events(pathOf(pod), { resourceVersion: '<<start>>' }),
  ),
  one(
    'pods go one after another',
    create(pod, 'a'),
    create(pod, 'b'),
    remove(pathOf(pod)),
    last(pod),
    events(pathOf(pod), { resourceVersion: '<<start>>' }),
  ),
];

const services = pathOf(service);
const ports = [
  { name: 'a', port: 80 },
  { name: 'b', port: 81 },
  { name: 'c', port: 80, protocol: 'UDP' },
];
const shown = ['ClusterIP', 'NodePort', 'LoadBalancer'].map(
  (type): Case =>
    one(
      `a dry-run of a ${type} is given nothing`,
      ...['a', 'b'].map((name) => ({
        ...create(service, name, {
          spec: { type, ports, ...(type === 'LoadBalancer' ? { externalTrafficPolicy: 'Local' } : {}) },
        }),
        query: { dryRun: 'All' },
      })),
      create(service, 'a'),
      mergePatch(at(service, 'a'), { spec: { type: 'NodePort' } }, { query: { dryRun: 'All' } }),
      read(services),
    ),
);

const token = (text: string): string => Buffer.from(text).toString('base64url');
const three = [create(configMap, 'a'), create(configMap, 'b'), create(configMap, 'c')];

const pages: Case[] = [
  ...['limit', 'timeoutSeconds'].flatMap((name) =>
    ['', '9223372036854775808', '+1'].map((value) => one(`${name}=${value}`, read(maps, { [name]: value }))),
  ),
  ...['18446744073709551616', '18446744073709551615', '-1'].map((resourceVersion) =>
    one(`a list from ${resourceVersion}`, {
      ...read(maps, { resourceVersion, resourceVersionMatch: 'Exact' }),
    }),
  ),
  one('a wrong match comes before a wrong revision', read(maps, { resourceVersion: 'x', resourceVersionMatch: 'Odd' })),
  one('a wrong limit comes before a wrong match', read(maps, { limit: 'x', resourceVersionMatch: 'Odd' })),
  one('a wrong token comes before a wrong revision', read(maps, { resourceVersion: 'x', continue: 'x' })),
  one('any state is told whole', ...three, read(maps, { limit: 1, resourceVersion: 0 })),
  one(
    'any state of a label is told whole',
    ...three,
    read(maps, { limit: 1, resourceVersion: 0, labelSelector: '!x' }),
  ),
  one(
    'one object is told as it is now',
    ...three,
    read(maps, { limit: 1, resourceVersion: '<<rv ConfigMap/a>>', fieldSelector: 'metadata.name=c' }),
  ),
  one(
    'a token says only where to go on',
    ...three,
    create(secret, 'b'),
    create(secret, 'c'),
    read(maps, { limit: 1 }),
    read(pathOf(secret), { continue: '<<continue>>' }),
    read(maps, { continue: '<<continue>>', fieldSelector: 'metadata.name=c' }),
  ),
  ...[
    'x',
    '!',
    'ab!c',
    token('null'),
    token('[]'),
    token('5'),
    token('{'),
    token('{"v":5}'),
    token('{"v":"meta.k8s.io/v2","rv":1,"start":"a"}'),
    token('{"v":"meta.k8s.io/v1","start":"a"}'),
    token('{"v":"meta.k8s.io/v1","rv":1}'),
    token('{"v":"meta.k8s.io/v1","rv":-1,"start":"b"}'),
    token('{"v":"meta.k8s.io/v1","rv":-1,"start":"b\\u0000"}'),
    token('{"v":"meta.k8s.io/v1","rv":-1,"start":"../a"}'),
    token('{"v":"meta.k8s.io/v1","rv":-1,"start":"a//b"}'),
  ].map((text) => one(`the token ${text}`, ...three, read(maps, { continue: text, limit: 1 }))),
  ...['sendInitialEvents', 'allowWatchBookmarks'].map((name) =>
    one(`a watch whose ${name} is odd`, read(maps, { watch: 'true', [name]: 'x', resourceVersionMatch: 'Odd' })),
  ),
  one('a watch with a limit that is none', read(maps, { watch: 'true', limit: 'x' })),
  one('a watch with a timeout that is none', read(maps, { watch: 'true', timeoutSeconds: 'x' })),
];

const review = (resourceAttributes: unknown): Step => ({
  method: 'POST',
  path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
  body: { spec: { user: 'x', resourceAttributes } },
});
const wanted = { verb: 'list', resource: 'pods' };
const reviews: Case[] = [
  ...[
    'system:serviceaccount:A:b',
    'system:serviceaccount:a:b',
    'system:serviceaccount:a:',
    'system:serviceaccount:a.b:c',
  ].map((user) =>
    one(`who ${user} is`, {
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: {},
      as: { user },
    }),
  ),
  ...['fieldSelector', 'labelSelector'].flatMap((name) =>
    [
      {},
      { rawSelector: 'a=b' },
      { rawSelector: 'a in b' },
      { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'Exists' }] },
      { requirements: [{ key: 'a', operator: 'Exists' }] },
      { requirements: [{ key: 'a', operator: 'In' }] },
      { requirements: [{ key: 'a', operator: 'In', values: ['b'] }] },
      { requirements: [{ key: 'a', operator: 'Exists', values: ['b'] }] },
      { requirements: [{ key: 'a', operator: 'Odd' }] },
      {
        requirements: [
          { key: 'a', operator: 'In', values: ['b'] },
          { key: 'a', operator: 'Odd' },
        ],
      },
    ].map((selector) =>
      one(`a question with ${name} ${JSON.stringify(selector)}`, review({ ...wanted, [name]: selector })),
    ),
  ),
  one(
    'both selectors are odd',
    review({ ...wanted, fieldSelector: { rawSelector: 'x' }, labelSelector: { rawSelector: 'a in b' } }),
  ),
  one('a local question about nothing', {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/namespaces/<<namespace>>/localsubjectaccessreviews',
    body: { spec: { user: 'x' } },
  }),
  one('the rules of a service account', {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
    body: { spec: { namespace: 'default' } },
    as: { user: 'system:serviceaccount:default:x' },
  }),
  one('a role with paths and resources', {
    method: 'POST',
    path: '/apis/rbac.authorization.k8s.io/v1/namespaces/<<namespace>>/roles',
    body: {
      metadata: { name: 'a' },
      rules: [{ apiGroups: [''], resources: ['pods'], nonResourceURLs: ['/x'], verbs: ['get'] }],
    },
  }),
];

const whoAmI = { path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', method: 'POST', body: {} };
const impersonated: Case[] = [
  ...['system:anonymous', 'someone', 'system:serviceaccount:a:b'].flatMap((user) =>
    [
      ['system:authenticated'],
      ['system:unauthenticated'],
      ['one'],
      ['system:authenticated', 'system:unauthenticated'],
    ].map((groups) => one(`who ${user} is in ${groups.join(' and ')}`, { ...whoAmI, as: { user, groups } })),
  ),
];

const accepts = [
  'text/html',
  'application/yaml',
  'application/yaml,application/json',
  ',',
  '*/*',
  table,
  partial,
  'text/*',
];
/** Not those that list the groups of other cases. */
const documents: Case[] = [
  one('a refusal as YAML', read(`${maps}/missing`, {}, { accept: 'application/yaml' })),
  ...['text/html', ',', 'text/*', table].map((accept) => one(`/apis as ${accept}`, read('/apis', {}, { accept }))),
  ...['/api', '/apis/apps', '/apis/apps/v1', '/api/v2', '/apis/apps/v9', '/apis/nonsense'].flatMap((path) =>
    accepts.map((accept) => one(`${path} as ${accept}`, read(path, {}, { accept }))),
  ),
];

export const lifecycleGroups: Readonly<Record<string, Case[]>> = {
  'deletions do as they are told': deletions,
  'watches tell everything': watches,
  'a dry-run gives nothing away': shown,
  'pages go on': pages,
  'questions are understood': reviews,
  'discovery is negotiated': documents,
  'users are impersonated': impersonated,
};
