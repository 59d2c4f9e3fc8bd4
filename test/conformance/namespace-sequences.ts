/** Namespaces that are deleted while something in them, or on them, is held: what goes, what can still be done, what they say, and how they go in the end. */

import fc from 'fast-check';
import { lease } from './cluster-kinds.ts';
import { type Body, configMap, type Kind, pod, secret } from './objects.ts';
import { at, mergePatch, post, read } from './requests.ts';
import { contentTypes, create, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const namespace = '/api/v1/namespaces/<<namespace>>';
const hold = ['example.com/hold'];

/** Which objects there are, and which of them, by index, is held. */
const contents = fc.record({
  kinds: fc.shuffledSubarray<Kind>([configMap, secret, lease, pod], { minLength: 2 }),
  finalizers: pick(hold, ['example.com/hold', 'example.com/other']),
  isHeldItself: pick(false, false, true),
  options: pick<Body | undefined>(
    undefined,
    { propagationPolicy: 'Foreground' },
    { propagationPolicy: 'Background' },
    { gracePeriodSeconds: 0 },
  ),
});

const tries: fc.Arbitrary<Step> = pick<Step>(
  create(configMap, 'late'),
  { ...create(configMap, 'late'), query: { dryRun: 'All' } },
  post(pathOf(secret), { metadata: { generateName: 'late-' } }),
  { method: 'PUT', path: at(lease, 'late'), body: { metadata: { name: 'late' } } },
  {
    method: 'PATCH',
    path: at(configMap, 'late'),
    contentType: contentTypes.apply,
    query: { fieldManager: 'm' },
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late' } },
  },
  create(pod, 'late'),
  post(`${namespace}/serviceaccounts/none/token`, {}),
  post('/apis/authorization.k8s.io/v1/namespaces/<<namespace>>/localsubjectaccessreviews', {
    metadata: { namespace: '<<namespace>>' },
    spec: { user: 'u', resourceAttributes: { namespace: '<<namespace>>', verb: 'get', resource: 'pods' } },
  }),
  mergePatch(namespace, { metadata: { labels: { a: 'b' } } }),
  mergePatch(namespace, { metadata: { finalizers: ['example.com/late'] } }),
  mergePatch(namespace, { spec: { finalizers: [] } }),
  mergePatch(`${namespace}/status`, { status: { phase: 'Active' } }),
  { method: 'DELETE', path: namespace },
  post('/api/v1/namespaces', { metadata: { name: '<<namespace>>' } }),
);

export const namespaceSequences: fc.Arbitrary<Step[]> = fc
  .tuple(contents, fc.array(tries, { minLength: 2, maxLength: 5 }))
  .map(([{ kinds, finalizers, isHeldItself, options }, late]) => {
    const [held = configMap, ...others] = kinds;
    const lists = kinds.map((kind) => read(pathOf(kind)));
    const told = { status: 200, text: '"NamespaceFinalizersRemaining"' };
    return [
      ...(isHeldItself ? [mergePatch(namespace, { metadata: { finalizers } })] : []),
      ...others.map((kind) => create(kind, 'a')),
      { ...create(held, 'held', { metadata: { finalizers } }), isNeeded: true },
      { method: 'DELETE', path: namespace, ...(options ? { body: options } : {}), isUncompared: true, isNeeded: true },
      read(namespace, {}, { until: told, isUncompared: true, isNeeded: true }),
      ...late.map((step) => ({
        ...step,
        isRewritten: true,
        opaque: held === pod,
      })),
      ...lists,
      // Upstream says that all is removed while there are pods.
      { ...read(namespace), isRewritten: true, ...(held === pod ? { opaque: true } : {}) },
      mergePatch(at(held, 'held'), { metadata: { finalizers: null } }),
      ...(isHeldItself
        ? [
            read(namespace, {}, { until: { status: 200, text: '"ContentRemoved"' }, isUncompared: true }),
            read(namespace, {}, { until: { status: 200, lacks: '"kubernetes"' }, isRewritten: true }),
          ]
        : []),
      { ...mergePatch(namespace, { metadata: { finalizers: null } }), opaque: true, isUncompared: true },
      read(namespace, {}, { until: { status: 404 } }),
      ...lists,
    ];
  });
