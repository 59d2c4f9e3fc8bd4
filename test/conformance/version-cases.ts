/** Objects that are seen through more than one group or version: events, and custom resources whose CRD has several versions. */

import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

const core = '/api/v1/namespaces/<<namespace>>/events';
const recent = '/apis/events.k8s.io/v1/namespaces/<<namespace>>/events';
const send = (method: string, path: string, body?: unknown, more: Partial<Step> = {}): Step => ({
  method,
  path,
  body,
  ...more,
});
const get = (path: string, query: Step['query'] = {}, more: Partial<Step> = {}): Step => ({
  method: 'GET',
  path,
  query,
  ...more,
});
const merge = { contentType: 'application/merge-patch+json' };
const one = (name: string, ...steps: Step[]): Case => ({ name, steps });

const about = { kind: 'Pod', name: 'p', namespace: '<<namespace>>', uid: 'u-1' };
const oldEvent = (more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'old' },
  involvedObject: about,
  reason: 'Pulled',
  message: 'an image',
  type: 'Normal',
  count: 3,
  firstTimestamp: '2024-01-01T00:00:00Z',
  lastTimestamp: '2024-01-02T00:00:00Z',
  source: { component: 'kubelet', host: 'node-1' },
  ...more,
});
const newEvent = (more: object = {}) => ({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'new' },
  regarding: about,
  related: { kind: 'Node', name: 'n' },
  reason: 'Pulled',
  note: 'an image',
  type: 'Warning',
  action: 'Pulling',
  eventTime: '2024-01-01T00:00:00.123456Z',
  reportingController: 'example.com/kubelet',
  reportingInstance: 'kubelet-1',
  series: { count: 2, lastObservedTime: '2024-01-01T00:00:01.000000Z' },
  ...more,
});
const read = (path: string, name: string): Step[] => [get(`${path}/${name}`), get(path)];

const events: Case[] = [
  one('an old one through the new group', send('POST', core, oldEvent()), ...read(recent, 'old'), ...read(core, 'old')),
  one(
    'a new one through the old group',
    send('POST', recent, newEvent()),
    ...read(core, 'new'),
    ...read(recent, 'new'),
  ),
  one(
    'a sparse one',
    send('POST', core, oldEvent({ source: null, count: null, message: null })),
    ...read(recent, 'old'),
  ),
  one(
    'patched through the other group',
    send('POST', core, oldEvent()),
    send('PATCH', `${recent}/old`, { note: 'patched' }, merge),
    send('PATCH', `${recent}/old`, { metadata: { labels: { a: 'b' } } }, merge),
    get(`${core}/old`),
    send('POST', recent, newEvent()),
    send('PATCH', `${core}/new`, { message: 'patched' }, merge),
    send('PATCH', `${recent}/new`, { series: { count: 3 } }, merge),
    send('PATCH', `${recent}/new`, { series: { count: 1 } }, merge),
    send('PATCH', `${recent}/new`, { reportingInstance: 'other' }, merge),
    send('PATCH', `${recent}/new`, { action: 'Other', type: 'Normal' }, merge),
    send('DELETE', `${recent}/new`),
    get(`${core}/new`),
  ),
  one(
    'chosen by fields',
    send('POST', core, oldEvent()),
    send('POST', recent, newEvent()),
    get(core, { fieldSelector: 'source=kubelet' }),
    get(core, { fieldSelector: 'source=example.com/kubelet' }),
    get(core, { fieldSelector: 'reportingComponent=example.com/kubelet' }),
    get(core, { fieldSelector: 'involvedObject.uid=u-1,type=Warning' }),
    get(recent, { fieldSelector: 'regarding.name=p,reportingController=example.com/kubelet' }),
    get(recent, { fieldSelector: 'regarding.kind=Node' }),
    get(recent, { fieldSelector: 'involvedObject.name=p' }),
  ),
  one(
    'watched through both groups',
    send('POST', core, oldEvent({ metadata: { name: 'old', labels: { end: 'old' } } })),
    // Upstream keeps no cache of events, by which a watch could be told to be silent.
    get(recent, { watch: 1, resourceVersion: 0 }, { isWatch: true, endsAt: 'old' }),
    get(core, { watch: 1, resourceVersion: 0 }, { isWatch: true, endsAt: 'old' }),
    send('POST', recent, newEvent({ metadata: { name: 'new', labels: { end: 'new' } } })),
    get(core, { watch: 1, resourceVersion: '<<rv Event/old>>' }, { isWatch: true, endsAt: 'new' }),
    get(recent, { watch: 1, resourceVersion: '<<rv Event/old>>' }, { isWatch: true, endsAt: 'new' }),
  ),
  one('twice', send('POST', core, oldEvent()), send('POST', recent, newEvent({ metadata: { name: 'old' } }))),
  ...[
    { eventTime: null },
    { type: 'Strange' },
    { series: { count: 1, lastObservedTime: null } },
    { deprecatedCount: 1, deprecatedSource: { component: 'c' }, deprecatedFirstTimestamp: '2024-01-01T00:00:00Z' },
    { reportingController: null, reportingInstance: null },
    { reportingController: 'not a name' },
    { action: null, reason: null },
    { regarding: null },
    { regarding: { ...about, namespace: 'other' } },
    { note: 'x'.repeat(1025) },
    { action: 'x'.repeat(129) },
  ].map((change) =>
    one(`a new one with ${JSON.stringify(change).slice(0, 60)}`, send('POST', recent, newEvent(change))),
  ),
  ...[
    { involvedObject: null },
    { involvedObject: { ...about, namespace: 'other' } },
    { eventTime: '2024-01-01T00:00:00.000000Z' },
    { type: 'Strange' },
  ].map((change) => one(`an old one with ${JSON.stringify(change)}`, send('POST', core, oldEvent(change)))),
];

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const crd = `${crds}/gears.<<namespace>>.example.com`;
const gears = (version: string) => `/apis/<<namespace>>.example.com/${version}/namespaces/<<namespace>>/gears`;
const version = (name: string, properties: object, more: object = {}) => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
  ...more,
});
const definition = (versions: object[], more: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gears.<<namespace>>.example.com' },
  spec: {
    group: '<<namespace>>.example.com',
    scope: 'Namespaced',
    names: { kind: 'Gear', plural: 'gears', singular: 'gear', listKind: 'GearList' },
    versions,
    ...more,
  },
});
const text = { type: 'string' };
const stored = { storage: true };
const gear = (of: string, name: string, spec: object) => ({
  apiVersion: `<<namespace>>.example.com/${of}`,
  kind: 'Gear',
  metadata: { name },
  spec,
});
/** Not compared until the server has come to serve it. */
const ready = { until: { status: 200 } };
const served = (of: string): Step => get(gears(of), {}, ready);
const unserved = (of: string): Step => get(gears(of), {}, { until: { status: 404 } });
const redefine = (versions: object[]): Step => send('PATCH', crd, { spec: { versions } }, merge);
const v1 = version('v1', { a: text, b: { type: 'integer', default: 1 } }, stored);
const v2 = version('v2', { a: text, c: { type: 'string', default: 'x' } });
const asTable = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' };
const bothServed = [send('POST', crds, definition([v1, v2])), served('v1'), served('v2')];

const versions: Case[] = [
  one(
    'read and written through either',
    ...bothServed,
    send('POST', gears('v1'), gear('v1', 'a', { a: '1' })),
    send('POST', gears('v2'), gear('v2', 'b', { a: '2', c: 'y' })),
    send('POST', gears('v2'), gear('v1', 'c', {})),
    ...['v1', 'v2'].flatMap((of) => [
      get(`${gears(of)}/a`, {}, ready),
      get(`${gears(of)}/b`, {}, ready),
      get(gears(of), {}, ready),
    ]),
    get(gears('v2'), {}, asTable),
    get(gears('v2'), { watch: 1, resourceVersion: 0 }, { isWatch: true }),
    send('PATCH', `${gears('v2')}/a`, { spec: { a: '3', c: 'z' } }, merge),
    send('PATCH', `${gears('v1')}/b`, { spec: { b: 5 } }, merge),
    get(`${gears('v2')}/b`, {}, ready),
    send('DELETE', `${gears('v2')}/a`),
    get(crd),
  ),
  one(
    'the storage version moves',
    send('POST', crds, definition([v1])),
    served('v1'),
    send('POST', gears('v1'), gear('v1', 'a', { a: '1', b: 7 })),
    redefine([
      { ...v1, storage: false },
      { ...v2, storage: true },
    ]),
    served('v2'),
    get(`${gears('v1')}/a`, {}, ready),
    get(`${gears('v2')}/a`, {}, ready),
    get(gears('v2'), {}, ready),
    redefine([{ ...v2, storage: true }]),
    { method: 'PUT', path: `${gears('v2')}/a`, live: { key: 'Gear/a' } },
    { method: 'PUT', path: `${gears('v2')}/a`, live: { key: 'Gear/a' } },
    get(`${gears('v1')}/a`, {}, ready),
    send('PATCH', `${crd}/status`, { status: { storedVersions: ['v2'] } }, merge),
    redefine([{ ...v2, storage: true }]),
    unserved('v1'),
    get(`${gears('v2')}/a`, {}, ready),
  ),
  one(
    'one is served no longer',
    ...bothServed,
    redefine([v1, { ...v2, served: false }]),
    unserved('v2'),
    get(gears('v1'), {}, ready),
  ),
  one(
    'a default comes later',
    send('POST', crds, definition([version('v1', { a: text }, stored)])),
    served('v1'),
    send('POST', gears('v1'), gear('v1', 'a', { a: '1' })),
    redefine([version('v1', { a: text, b: { type: 'integer', default: 4 } }, stored)]),
    get(`${gears('v1')}/a`, {}, { until: { status: 200, text: '"b":4' } }),
    get(gears('v1'), {}, ready),
    get(gears('v1'), { watch: 1, resourceVersion: 0 }, { isWatch: true }),
    { method: 'PUT', path: `${gears('v1')}/a`, live: { key: 'Gear/a' } },
    { method: 'PUT', path: `${gears('v1')}/a`, live: { key: 'Gear/a' } },
  ),
  one(
    'a field goes',
    send('POST', crds, definition([version('v1', { a: text, gone: text }, stored)])),
    served('v1'),
    send('POST', gears('v1'), gear('v1', 'a', { a: '1', gone: 'GONE' })),
    send('POST', gears('v1'), gear('v1', 'b', { a: '1' })),
    redefine([version('v1', { a: text, mark: { type: 'string', default: 'now' } }, stored)]),
    get(`${gears('v1')}/b`, {}, { until: { status: 200, text: '"mark"' } }),
    get(`${gears('v1')}/a`, {}, ready),
    get(gears('v1'), {}, ready),
  ),
  ...[
    { strategy: 'None' },
    { strategy: 'Other' },
    { strategy: 'None', webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://a.example.com' } } },
  ].map((conversion) =>
    one(`conversion ${JSON.stringify(conversion)}`, send('POST', crds, definition([v1, v2], { conversion }))),
  ),
  one('no storage version', send('POST', crds, definition([v2]))),
  one('two storage versions', send('POST', crds, definition([v1, { ...v2, storage: true }]))),
  one('the same version twice', send('POST', crds, definition([v1, { ...v1, storage: false }]))),
];

const autoscalers = (of: string): string => `/apis/autoscaling/${of}/namespaces/<<namespace>>/horizontalpodautoscalers`;
const autoscaler = (of: string, spec: object) => ({
  apiVersion: `autoscaling/${of}`,
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'h' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, maxReplicas: 3, ...spec },
});
const utilization = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } },
};
const scaling = (name: string, ...steps: Step[]): Case =>
  one(name, ...steps, get(`${autoscalers('v1')}/h`), get(`${autoscalers('v2')}/h`), get(autoscalers('v1')));

const autoscaling: Case[] = [
  scaling('the old one', send('POST', autoscalers('v1'), autoscaler('v1', { targetCPUUtilizationPercentage: 50 }))),
  scaling('the old one without a target', send('POST', autoscalers('v1'), autoscaler('v1', { minReplicas: 2 }))),
  scaling('the new one', send('POST', autoscalers('v2'), autoscaler('v2', { metrics: [utilization] }))),
];

/** By what they are about. */
export const versionGroups: Readonly<Record<string, Case[]>> = {
  'events are seen through both groups': events,
  'versions of a custom resource': versions,
  'versions of an autoscaler': autoscaling,
};
