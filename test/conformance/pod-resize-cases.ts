/** `pods/resize` and `pods/ephemeralcontainers`: what they let through of what is sent, and what they refuse. */

import type { Fields } from './pod-container.ts';
import { type Case, contentTypes } from './single-changes.ts';
import type { Step } from './step.ts';

const pods = '/api/v1/namespaces/<<namespace>>/pods';
const { merge } = contentTypes;
const main = (resources?: Fields, more: Fields = {}) => ({
  name: 'c',
  image: 'i:1',
  ...(resources ? { resources } : {}),
  ...more,
});
const make = (spec: Fields, metadata: Fields = {}): Step => ({
  method: 'POST',
  path: pods,
  body: { metadata: { name: 'p', ...metadata }, spec },
});
const resize = (spec: Fields, more: Fields = {}): Step => ({
  method: 'PATCH',
  path: `${pods}/p/resize`,
  contentType: merge,
  body: { spec, ...more },
});
const put = (patch: Fields): Step => ({ method: 'PUT', path: `${pods}/p/resize`, live: { key: 'Pod/p', patch } });
const get: Step = { method: 'GET', path: `${pods}/p` };
const told = (status: Fields): Step => ({
  method: 'PATCH',
  path: `${pods}/p/status`,
  contentType: merge,
  body: { status },
});
const amounts = (cpu: string, memory: string, l?: [string, string]) => ({
  requests: { cpu, memory },
  ...(l ? { limits: { cpu: l[0], memory: l[1] } } : {}),
});
const burst = { containers: [main(amounts('1', '1Gi', ['2', '2Gi']))] };
const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
const to = (name: string, from: Fields, spec: Fields, meta?: Fields): Case =>
  one(name, make(from, meta), resize(spec), get);
const init = (resources?: Fields, more: Fields = {}) => ({
  name: 'i',
  image: 'i:1',
  ...(resources ? { resources } : {}),
  ...more,
});
const resizes: Case[] = [
  to('more', burst, { containers: [main(amounts('2', '2Gi', ['3', '3Gi']))] }),
  to('qos', burst, { containers: [main(amounts('2', '2Gi', ['2', '2Gi']))] }),
  to('qos from best effort', { containers: [main()] }, { containers: [main(amounts('2', '2Gi'))] }),
  to('request above limit', burst, { containers: [main(amounts('5', '2Gi', ['2', '2Gi']))] }),
  to('removed requests', burst, { containers: [main({ limits: { cpu: '2', memory: '2Gi' } })] }),
  to('removed all', burst, { containers: [main()] }),
  to('removed one', burst, { containers: [main({ requests: { cpu: '1' }, limits: { cpu: '2', memory: '2Gi' } })] }),
  to('removed limits', burst, { containers: [main({ requests: { cpu: '1', memory: '1Gi' } })] }),
  to('removed one limit', burst, {
    containers: [main({ requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2' } })],
  }),
  to('other resource', burst, {
    containers: [
      main({ requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' }, limits: { cpu: '2', memory: '2Gi' } }),
    ],
  }),
  to(
    'other resource changed',
    { containers: [main({ requests: { cpu: '1', 'ephemeral-storage': '1Gi' } })] },
    { containers: [main({ requests: { cpu: '1', 'ephemeral-storage': '2Gi' } })] },
  ),
  to(
    'limits added',
    { containers: [main(amounts('1', '1Gi'))] },
    { containers: [main(amounts('1', '1Gi', ['2', '2Gi']))] },
  ),
  to(
    'cpu added',
    { containers: [main({ requests: { memory: '1Gi' } })] },
    { containers: [main({ requests: { cpu: '1', memory: '1Gi' } })] },
  ),
  to('resizePolicy', burst, {
    containers: [
      main(amounts('1', '1Gi', ['2', '2Gi']), {
        resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }],
      }),
    ],
  }),
  to(
    'resizePolicy set',
    {
      containers: [
        main(amounts('1', '1Gi'), { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }),
      ],
    },
    { containers: [main(amounts('1', '1Gi'))] },
  ),
  to('memory shrinks', burst, { containers: [main(amounts('1', '512Mi', ['2', '1Gi']))] }),
  to('bad quantity', burst, { containers: [main(amounts('-1', '512Mi', ['2', '1Gi']))] }),
  to('bad quantity text', burst, { containers: [main(amounts('x', '512Mi', ['2', '1Gi']))] }),
  to('fraction', burst, { containers: [main(amounts('1', '100m', ['2', '1Gi']))] }),
  to('container added', burst, {
    containers: [main(amounts('1', '1Gi', ['2', '2Gi'])), main(undefined, { name: 'd' })],
  }),
  to(
    'container removed',
    { containers: [main(amounts('1', '1Gi')), main(undefined, { name: 'd' })] },
    { containers: [main(amounts('1', '1Gi'))] },
  ),
  to('containers none', burst, { containers: [] }),
  to('renamed', burst, { containers: [main(amounts('1', '1Gi', ['2', '2Gi']), { name: 'x' })] }),
  to(
    'reordered',
    { containers: [main(amounts('1', '1Gi')), main(undefined, { name: 'd' })] },
    { containers: [main(undefined, { name: 'd' }), main(amounts('1', '1Gi'))] },
  ),
  to('renamed badly', burst, { containers: [main(amounts('1', '1Gi', ['2', '2Gi']), { name: 'X Y', image: '' })] }),
  to('other fields', burst, { nodeName: 'n', containers: [main(amounts('2', '1Gi', ['3', '2Gi']), { image: 'o' })] }),
  to('only other fields', burst, { nodeName: 'n' }),
  to('claims', burst, { containers: [main({ ...amounts('2', '1Gi', ['3', '2Gi']), claims: [{ name: 'x' }] })] }),
  to('windows', { os: { name: 'windows' }, ...burst }, { containers: [main(amounts('2', '2Gi', ['3', '3Gi']))] }),
  to(
    'static',
    { nodeName: 'n', ...burst },
    { containers: [main(amounts('2', '2Gi', ['3', '3Gi']))] },
    { annotations: { 'kubernetes.io/config.mirror': 'x' } },
  ),
  to(
    'init',
    { ...burst, initContainers: [init(amounts('1', '1Gi'))] },
    { initContainers: [init(amounts('2', '1Gi'))] },
  ),
  to(
    'init sidecar',
    { ...burst, initContainers: [init(amounts('1', '1Gi'), { restartPolicy: 'Always' })] },
    { initContainers: [init(amounts('2', '1Gi'), { restartPolicy: 'Always' })] },
  ),
  to(
    'init removed',
    { ...burst, initContainers: [init(amounts('1', '1Gi'), { restartPolicy: 'Always' })] },
    { initContainers: [init(undefined, { restartPolicy: 'Always' })] },
  ),
  to('init plain removed', { ...burst, initContainers: [init(amounts('1', '1Gi'))] }, { initContainers: [init()] }),
  to(
    'init storage',
    { ...burst, initContainers: [init(amounts('1', '1Gi'))] },
    { initContainers: [init({ requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' } })] },
  ),
  to('init added', { ...burst }, { initContainers: [init()] }),
  to('init gone', { ...burst, initContainers: [init(amounts('1', '1Gi'))] }, { initContainers: [] }),
  to(
    'init renamed',
    { ...burst, initContainers: [init(amounts('1', '1Gi'))] },
    { initContainers: [init(amounts('1', '1Gi'), { name: 'z' })] },
  ),
  to(
    'init policy',
    {
      ...burst,
      initContainers: [
        init(amounts('1', '1Gi'), { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }),
      ],
    },
    { initContainers: [init(amounts('2', '1Gi'))] },
  ),
  to(
    'sidecar policy',
    {
      ...burst,
      initContainers: [
        init(amounts('1', '1Gi'), {
          restartPolicy: 'Always',
          resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }],
        }),
      ],
    },
    {
      initContainers: [
        init(amounts('2', '1Gi'), {
          restartPolicy: 'Always',
          resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }],
        }),
      ],
    },
  ),
  to(
    'pod level',
    { resources: amounts('2', '2Gi', ['4', '4Gi']), ...burst },
    { resources: amounts('3', '3Gi', ['4', '4Gi']) },
  ),
  to(
    'pod level qos',
    { resources: amounts('2', '2Gi', ['4', '4Gi']), ...burst },
    { resources: amounts('4', '4Gi', ['4', '4Gi']) },
  ),
  to('pod level null', { resources: amounts('2', '2Gi', ['4', '4Gi']), ...burst }, { resources: null }),
  to(
    'pod level removed',
    { resources: amounts('2', '2Gi', ['4', '4Gi']), ...burst },
    { resources: { requests: { cpu: null }, limits: { cpu: null } } },
  ),
  to('pod level added', burst, { resources: amounts('3', '3Gi', ['4', '4Gi']) }),
  to('pod level empty', burst, { resources: {} }),
  to(
    'pod level hugepages',
    { resources: amounts('2', '2Gi', ['4', '4Gi']), ...burst },
    { resources: { requests: { 'hugepages-2Mi': '2Mi' }, limits: { 'hugepages-2Mi': '2Mi' } } },
  ),
  to(
    'pod level too small',
    { resources: amounts('2', '2Gi', ['4', '4Gi']), ...burst },
    { resources: amounts('500m', '2Gi', ['4', '4Gi']) },
  ),
  to(
    'pod level and container',
    { resources: amounts('2', '2Gi', ['4', '4Gi']), ...burst },
    { resources: amounts('3', '2Gi', ['4', '4Gi']), containers: [main(amounts('2', '1Gi', ['3', '2Gi']))] },
  ),
  one(
    'metadata',
    make(burst),
    resize(
      { containers: [main(amounts('2', '1Gi', ['3', '2Gi']))] },
      { metadata: { labels: { a: 'b' }, annotations: { c: 'd' }, finalizers: ['a.b/c'] } },
    ),
    get,
  ),
  one(
    'metadata with added',
    make(burst),
    resize(
      { containers: [main(amounts('2', '1Gi', ['3', '2Gi'])), main(undefined, { name: 'd' })] },
      { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } }, status: { phase: 'Running' } },
    ),
    get,
  ),
  one(
    'bad metadata',
    make(burst),
    resize({ containers: [main(amounts('2', '1Gi', ['3', '2Gi']))] }, { metadata: { labels: { 'a b': 'b' } } }),
    get,
  ),
  one(
    'node without support',
    make(burst),
    told({
      containerStatuses: [
        {
          name: 'c',
          image: 'i',
          imageID: 'x',
          ready: true,
          restartCount: 0,
          state: { running: { startedAt: '2020-01-01T00:00:00Z' } },
        },
      ],
    }),
    resize({ containers: [main(amounts('2', '1Gi', ['3', '2Gi']))] }),
  ),
  one(
    'node with support',
    make(burst),
    told({
      containerStatuses: [
        {
          name: 'c',
          image: 'i',
          imageID: 'x',
          ready: true,
          restartCount: 0,
          resources: {},
          state: { running: { startedAt: '2020-01-01T00:00:00Z' } },
        },
      ],
    }),
    resize({ containers: [main(amounts('2', '1Gi', ['3', '2Gi']))] }),
  ),
  one('put', make(burst), put({ spec: { containers: [main(amounts('2', '1Gi', ['3', '2Gi']))] } }), get),
  one('nothing', make(burst), put({}), get),

  one('resources in main', make(burst), {
    method: 'PATCH',
    path: `${pods}/p`,
    contentType: merge,
    body: { spec: { containers: [main(amounts('2', '1Gi', ['3', '2Gi']))] } },
  }),
  one(
    'by apply',
    make(burst),
    {
      method: 'PATCH',
      path: `${pods}/p/resize`,
      contentType: contentTypes.apply,
      query: { fieldManager: 'm', force: true },
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: { containers: [{ name: 'c', resources: amounts('2', '1Gi', ['3', '2Gi']) }] },
      },
    },
    get,
  ),
  one(
    'by strategic',
    make(burst),
    {
      method: 'PATCH',
      path: `${pods}/p/resize`,
      contentType: contentTypes.strategic,
      body: { spec: { containers: [{ name: 'c', resources: { requests: { cpu: '1500m' } } }] } },
    },
    get,
  ),
  one('by strategic unknown container', make(burst), {
    method: 'PATCH',
    path: `${pods}/p/resize`,
    contentType: contentTypes.strategic,
    body: { spec: { containers: [{ name: 'd', resources: { requests: { cpu: '1500m' } } }] } },
  }),
  one('read', make(burst), { method: 'GET', path: `${pods}/p/resize` }),
  to('best effort stays', { containers: [main()] }, { containers: [main({ requests: { cpu: '0' } })] }),
  to(
    'guaranteed',
    { containers: [main(amounts('1', '1Gi', ['1', '1Gi']))] },
    { containers: [main(amounts('2', '2Gi', ['2', '2Gi']))] },
  ),
  to(
    'guaranteed, only limits',
    { containers: [main(amounts('1', '1Gi', ['1', '1Gi']))] },
    { containers: [{ name: 'c', image: 'i:1', resources: { limits: { cpu: '2', memory: '2Gi' } } }] },
  ),
];
const debugged = (ephemeralContainers: Fields[], more: Fields = {}): Step => ({
  method: 'PATCH',
  path: `${pods}/p/ephemeralcontainers`,
  contentType: merge,
  body: { spec: { ephemeralContainers }, ...more },
});
const debug = { name: 'd', image: 'b' };
const ephemerals: Case[] = [
  one('bad', make(burst), debugged([{ name: 'D E' }])),
  one('resources', make(burst), debugged([{ ...debug, resources: { limits: { cpu: '1' } } }])),
  one(
    'ports',
    make(burst),
    debugged([{ ...debug, ports: [{ containerPort: 1 }], livenessProbe: { exec: { command: ['a'] } } }]),
  ),
  one('same name', make(burst), debugged([{ ...debug, name: 'c' }])),
  one('changed', make(burst), debugged([debug]), debugged([{ ...debug, image: 'c' }])),
  one('removed', make(burst), debugged([debug]), debugged([])),
  one('two', make(burst), debugged([debug]), debugged([{ ...debug, name: 'e' }, debug]), get),
  one(
    'static',
    make({ ...burst, nodeName: 'n' }, { annotations: { 'kubernetes.io/config.mirror': 'x' } }),
    debugged([debug]),
  ),
  one('none', make(burst), debugged([]), get),
  one('in the main', make(burst), {
    method: 'PATCH',
    path: `${pods}/p`,
    contentType: merge,
    body: { spec: { ephemeralContainers: [debug] } },
  }),
  one('on create', make({ ...burst, ephemeralContainers: [debug] })),
  one('target', make(burst), debugged([{ ...debug, targetContainerName: 'x' }])),
  one(
    'strategic',
    make(burst),
    { ...debugged([debug]), contentType: contentTypes.strategic },
    { ...debugged([{ ...debug, name: 'e' }]), contentType: contentTypes.strategic },
    get,
  ),
];

export const podResizeGroups: Readonly<Record<string, Case[]>> = {
  'pods are resized': resizes,
  'pods are debugged': ephemerals,
};
