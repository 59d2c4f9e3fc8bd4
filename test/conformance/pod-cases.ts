/** What is done to pods by creating something, and the subresources that change a part of their spec. */

import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

const pods = '/api/v1/namespaces/<<namespace>>/pods';
const send = (method: string, path: string, body?: unknown, more: Partial<Step> = {}): Step => ({
  method,
  path,
  body,
  ...more,
});
const get = (path: string): Step => ({ method: 'GET', path });
const merge = { contentType: 'application/merge-patch+json' };
const one = (name: string, ...steps: Step[]): Case => ({ name, steps });

const pod = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', labels: { app: 'x' }, ...metadata },
  spec: { containers: [{ name: 'c', image: 'i:1' }], ...spec },
});
const make = (spec?: object, metadata?: object): Step => send('POST', pods, pod(spec, metadata));
const binding = (more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { name: 'p' },
  target: { apiVersion: 'v1', kind: 'Node', name: 'node-1' },
  ...more,
});
const bind = (more?: object, query: Step['query'] = {}): Step =>
  send('POST', `${pods}/p/binding`, binding(more), { query });
const status = (fields: object): Step => send('PATCH', `${pods}/p/status`, { status: fields }, merge);
const evict = (more: object = {}): Step =>
  send('POST', `${pods}/p/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' }, ...more });
const budget = (name: string): Step =>
  send('POST', '/apis/policy/v1/namespaces/<<namespace>>/poddisruptionbudgets', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } },
  });
const allowing = (name: string, fields: object): Step =>
  send(
    'PATCH',
    `/apis/policy/v1/namespaces/<<namespace>>/poddisruptionbudgets/${name}/status`,
    { status: fields },
    merge,
  );

const bindings: Case[] = [
  one('once', make(), bind(), get(`${pods}/p`), bind()),
  one(
    'with labels and annotations',
    make(),
    bind({ metadata: { name: 'p', labels: { a: 'b' }, annotations: { c: 'd' } } }),
    get(`${pods}/p`),
  ),
  one('of a uid', make(), bind({ metadata: { name: 'p', uid: '<<uid Pod/p>>' } }), get(`${pods}/p`)),
  one('of no kind', make(), bind({ target: { name: 'n' } }), get(`${pods}/p`)),
  one('to a service', make(), bind({ target: { kind: 'Service', name: 'n' } })),
  one('to nothing', make(), bind({ target: {} })),
  one('of a pod that is not there', bind()),
  one('by another name', make(), bind({ metadata: { name: 'q' } })),
  one('of another namespace', make(), bind({ metadata: { name: 'p', namespace: 'odd' } })),
  one('as a dry run', make(), bind({}, { dryRun: 'All' }), get(`${pods}/p`)),
  one('of a gated pod', make({ schedulingGates: [{ name: 'example.com/wait' }] }), bind()),
  one(
    'in the older way',
    make(),
    send('POST', '/api/v1/namespaces/<<namespace>>/bindings', binding()),
    get(`${pods}/p`),
  ),
  one('read', make(), get(`${pods}/p/binding`), get('/api/v1/namespaces/<<namespace>>/bindings')),
];

const evictions: Case[] = [
  one('of a pending pod', make(), evict(), get(`${pods}/p`)),
  one('of a pod that is not there', evict()),
  one('by another name', make(), evict({ metadata: { name: 'q' } })),
  one('of another namespace', make(), evict({ metadata: { name: 'p', namespace: 'odd' } })),
  one('of another name and namespace', make(), evict({ metadata: { name: 'q', namespace: 'odd' } })),
  one('of a running pod', make({ nodeName: 'n' }), status({ phase: 'Running' }), evict(), get(`${pods}/p`)),
  one('against a new budget', make(), status({ phase: 'Running' }), budget('b'), evict(), get(`${pods}/p`)),
  one('against two budgets', make(), status({ phase: 'Running' }), budget('b'), budget('c'), evict()),
  one(
    'against a budget that allows none',
    make(),
    status({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }),
    budget('b'),
    allowing('b', {
      observedGeneration: 1,
      disruptionsAllowed: 0,
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 1,
    }),
    evict(),
  ),
  one(
    'against a budget that allows one',
    make(),
    status({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }),
    budget('b'),
    allowing('b', {
      observedGeneration: 1,
      disruptionsAllowed: 1,
      currentHealthy: 2,
      desiredHealthy: 1,
      expectedPods: 2,
    }),
    evict(),
    get(`${pods}/p`),
  ),
];

const debug = { name: 'debug', image: 'busybox', targetContainerName: 'c' };
const limits = { limits: { cpu: '2' }, requests: { cpu: '1' } };
const parts: Case[] = [
  one(
    'ephemeral containers',
    make(),
    send('PATCH', `${pods}/p/ephemeralcontainers`, { spec: { ephemeralContainers: [debug] } }, merge),
    send('PATCH', `${pods}/p/ephemeralcontainers`, { spec: { ephemeralContainers: [] } }, merge),
    send(
      'PATCH',
      `${pods}/p/ephemeralcontainers`,
      { spec: { nodeName: 'stolen' }, metadata: { labels: { a: 'b' } } },
      merge,
    ),
    get(`${pods}/p`),
  ),
  one(
    'a resize',
    make({ containers: [{ name: 'c', image: 'i:1', resources: { requests: { cpu: '500m' }, limits: { cpu: '1' } } }] }),
    send(
      'PATCH',
      `${pods}/p/resize`,
      { spec: { nodeName: 'stolen', containers: [{ name: 'c', image: 'other', resources: limits }] } },
      merge,
    ),
    get(`${pods}/p`),
  ),
];

/** By what they are about. */
export const podGroups: Readonly<Record<string, Case[]>> = {
  'pods are bound': bindings,
  'pods are evicted': evictions,
  'parts of pods are changed': parts,
};
