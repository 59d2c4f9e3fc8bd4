/** Bodies that are sent, and the metadata in them. */

import { clusterRole } from './access-kinds.ts';
import { deployment, namespace, service, widget } from './objects.ts';
import { made, map, maps, one, post, raw } from './protocol-steps.ts';
import { type Case, create } from './single-changes.ts';

export const bodyCases: Case[] = [
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
export const metadataCases: Case[] = [
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
