/** Deletions: options, finalizers, collections. */

import { configMap, deployment, namespace, pod, widget } from './objects.ts';
import { get, made, map, maps, merge, one, post, remove } from './protocol-steps.ts';
import { at, read } from './requests.ts';
import { type Case, create, nameIn, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const held = create(configMap, 'a', { metadata: { finalizers: ['example.com/hold'] } });
const release: Step = {
  method: 'PATCH',
  path: `${maps}/a`,
  contentType: merge,
  body: { metadata: { finalizers: null } },
};
const options = (more: object) => ({ kind: 'DeleteOptions', apiVersion: 'v1', ...more });
export const deletionCases: Case[] = [
  one('a deletion', made, remove(), get(`${maps}/a`)),
  one('a deletion of nothing', remove()),
  ...[
    { uid: '<<uid ConfigMap/a>>' },
    { uid: 'other' },
    { uid: '' },
    { resourceVersion: '<<rv ConfigMap/a>>' },
    { resourceVersion: '0' },
    { resourceVersion: 'x' },
  ].flatMap((query) => [
    one(`a deletion of ${JSON.stringify(query)}`, made, remove(undefined, query), get(`${maps}/a`)),
    one(`a deletion of ${JSON.stringify(query)} beside a body`, made, remove({}, query), get(`${maps}/a`)),
  ]),
  // Not from a later state: upstream may list one that is older than the last object.
  ...[{ uid: '<<uid ConfigMap/a>>' }, { uid: 'other' }, { resourceVersion: '0' }].map((query) =>
    one(
      `a deletion of all of ${JSON.stringify(query)}`,
      made,
      create(configMap, 'b'),
      { method: 'DELETE', path: maps, query },
      get(maps),
    ),
  ),
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
  ...['Background', 'Foreground', 'Orphan', undefined].flatMap((propagationPolicy) =>
    [
      ['orphan', 'example.com/hold'],
      ['foregroundDeletion', 'example.com/hold'],
      ['orphan', 'foregroundDeletion', 'example.com/hold'],
    ].map((finalizers) =>
      one(
        `deletion ${propagationPolicy} with the finalizers ${finalizers.join(', ')}`,
        create(configMap, 'a', { metadata: { finalizers } }),
        remove(propagationPolicy === undefined ? undefined : options({ propagationPolicy })),
      ),
    ),
  ),
  ...[undefined, 5, 30, 3, -1].map((gracePeriodSeconds) =>
    one(
      `a deletion with other options and ${gracePeriodSeconds} s while a node has time for the pod`,
      create(pod, 'a', { spec: { nodeName: 'n' } }),
      { ...remove(options({ gracePeriodSeconds: 5 })), path: `${pathOf(pod)}/a` },
      { ...remove(options({ propagationPolicy: 'Orphan', gracePeriodSeconds })), path: `${pathOf(pod)}/a` },
      get(`${pathOf(pod)}/a`),
    ),
  ),
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
  ...[configMap, widget, deployment].flatMap((kind) => [
    one(
      `${kind.kind}: a change with the last finalizer's removal`,
      create(kind, 'a', { metadata: { finalizers: ['example.com/hold'] } }),
      { method: 'DELETE', path: at(kind, 'a') },
      {
        method: 'PUT',
        path: at(kind, 'a'),
        live: {
          key: `${kind.kind}/a`,
          patch: {
            metadata: { finalizers: null, labels: { a: 'b' } },
            spec: kind === configMap ? undefined : { replicas: 5 },
          },
        },
      },
      read(pathOf(kind), { watch: 1, resourceVersion: '<<start>>' }, { isWatch: true }),
    ),
  ]),
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
    'a pod that is orphaning is deleted again',
    create(pod, 'a'),
    { method: 'DELETE', path: `${pathOf(pod)}/a`, body: options({ propagationPolicy: 'Orphan' }) },
    { method: 'DELETE', path: `${pathOf(pod)}/a`, body: options({ propagationPolicy: 'Background' }) },
    get(`${pathOf(pod)}/a`),
  ),
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
    { method: 'DELETE', path: `/api/v1/namespaces/${nameIn(namespace, 'a')}` },
    get(`/api/v1/namespaces/${nameIn(namespace, 'a')}`),
    post(`/api/v1/namespaces/${nameIn(namespace, 'a')}/configmaps`, map({ name: 'x' })),
    {
      method: 'PUT',
      path: `/api/v1/namespaces/${nameIn(namespace, 'a')}/finalize`,
      live: { key: 'Namespace/a', patch: { spec: { finalizers: null } } },
    },
    get(`/api/v1/namespaces/${nameIn(namespace, 'a')}`),
  ),
  one(
    'a namespace with finalizers goes',
    create(namespace, 'a', { metadata: { finalizers: ['example.com/b', 'example.com/a'] } }),
    {
      method: 'DELETE',
      path: `/api/v1/namespaces/${nameIn(namespace, 'a')}`,
      body: options({ propagationPolicy: 'Foreground' }),
    },
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
