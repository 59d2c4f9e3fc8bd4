/** Autoscalers of both versions: what the older one keeps in annotations, who owns it, and what becomes of texts that are none. */

import { bodyOf, collection, type Fields, made, NAME, type PlainKind, patched, replaced } from './kind-steps.ts';
import { type Case, contentTypes } from './single-changes.ts';
import type { Step } from './step.ts';

const ofVersion = (version: string): PlainKind => ({
  kind: 'HorizontalPodAutoscaler',
  apiVersion: `autoscaling/${version}`,
  resource: 'horizontalpodautoscalers',
  namespaced: true,
  base: { spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } } },
});
const [older, newer] = [ofVersion('v1'), ofVersion('v2')];

const get = (kind: PlainKind): Step => ({ method: 'GET', path: `${collection(kind)}/${NAME}` });
const list = (kind: PlainKind): Step => ({ method: 'GET', path: collection(kind) });
const seen: Step[] = [get(older), get(newer), list(older)];
const followed = (kind: PlainKind): Step => ({
  method: 'GET',
  path: collection(kind),
  query: { watch: 1, resourceVersion: '<<start>>' },
  isWatch: true,
});
const unchanged = (kind: PlainKind, part = ''): Step => ({
  method: 'PUT',
  path: `${collection(kind)}/${NAME}${part}`,
  live: { key: `${kind.kind}/x` },
  query: { fieldManager: 'again' },
});

const utilization = { type: 'Utilization', averageUtilization: 50 };
const average = { type: 'AverageValue', averageValue: '2000m' };
const value = { type: 'Value', value: '1.5' };
const metric = { name: 'm' };
const selected = {
  name: 'm<&>\u2028"é',
  selector: {
    matchLabels: { b: 'c', a: '' },
    matchExpressions: [
      { key: 'k', operator: 'In', values: ['x', 'y'] },
      { key: 'k', operator: 'Exists' },
    ],
  },
};
const describedObject = { kind: 'K', name: 'n', apiVersion: 'a.b/v1' };
const resource = (name: string, target: Fields): Fields => ({ type: 'Resource', resource: { name, target } });

const metrics: Fields[] = [
  resource('cpu', utilization),
  resource('cpu', { ...utilization, type: 'AverageValue' }),
  resource('cpu', average),
  resource('memory', { ...average, averageValue: '1024Mi' }),
  resource('memory', utilization),
  { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'c', target: utilization } },
  { type: 'ContainerResource', containerResource: { name: 'memory', container: 'c', target: average } },
  { type: 'Pods', pods: { metric, target: average } },
  { type: 'Pods', pods: { metric: { ...metric, selector: {} }, target: { ...average, value: '5' } } },
  { type: 'Pods', pods: { metric: selected, target: { ...average, averageUtilization: 5 } } },
  { type: 'Object', object: { describedObject, metric, target: value } },
  { type: 'Object', object: { describedObject: { kind: 'K', name: 'n' }, metric, target: average } },
  { type: 'Object', object: { describedObject, metric: selected, target: { ...average, value: '7' } } },
  { type: 'External', external: { metric, target: value } },
  { type: 'External', external: { metric: { ...metric, selector: selected.selector }, target: average } },
];

const rules = { policies: [{ type: 'Pods', value: 1, periodSeconds: 5 }] };
const behaviors: Fields[] = [
  {},
  { scaleUp: rules },
  { scaleDown: { ...rules, selectPolicy: 'Disabled', stabilizationWindowSeconds: 7, tolerance: '0.05' } },
  { scaleUp: { stabilizationWindowSeconds: 0 }, scaleDown: { policies: null } },
];

const specs: Fields[] = [
  {},
  { minReplicas: 2 },
  ...metrics.map((one) => ({ metrics: [one] })),
  { metrics },
  { metrics: [resource('cpu', utilization), resource('cpu', { ...utilization, averageUtilization: 60 })] },
  ...behaviors.map((behavior) => ({ behavior })),
];

const newerSeen: Case[] = specs.map((spec) => ({
  name: `seen in both versions: ${JSON.stringify(spec)}`,
  steps: [
    made(newer, { spec }),
    ...seen,
    followed(older),
    unchanged(older),
    patched(older, { spec: { maxReplicas: 5 } }),
    ...seen,
    patched(older, { metadata: { annotations: { other: 'x' } }, spec: { targetCPUUtilizationPercentage: 70 } }),
    get(newer),
    replaced(older, {}),
    get(newer),
  ],
}));

const current = (averageUtilization: number | undefined, averageValue?: string): Fields => ({
  type: 'Resource',
  resource: { name: 'cpu', current: { averageUtilization, averageValue } },
});
const condition = { type: 'AbleToScale', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' };
const statuses: Fields[] = [
  {},
  { observedGeneration: 3, lastScaleTime: '2020-01-01T00:00:00Z', currentReplicas: 1, desiredReplicas: 2 },
  { currentMetrics: [] },
  { currentMetrics: [current(5, '100m')] },
  { currentMetrics: [current(undefined, '1'), current(5), current(7), current(undefined)] },
  {
    currentMetrics: [
      { type: 'Pods', pods: { metric: selected, current: { averageValue: '5' } } },
      { type: 'Object', object: { metric, describedObject, current: { value: '1.0', averageValue: '2k' } } },
      { type: 'Object', object: { metric, describedObject, current: { value: '1' } } },
      { type: 'External', external: { metric: selected, current: { value: '3' } } },
      { type: 'External', external: { metric, current: { averageValue: '3' } } },
      {
        type: 'ContainerResource',
        containerResource: { name: 'memory', container: 'c', current: { averageUtilization: 3, averageValue: '1Gi' } },
      },
      { type: 'Odd' },
    ],
  },
  { conditions: [condition] },
  {
    conditions: [
      { ...condition, reason: 'R', message: '<x>' },
      { type: 'Odd', status: '' },
    ],
  },
];

const statusSeen: Case[] = statuses.flatMap((status) => [
  {
    name: `a status seen in both versions: ${JSON.stringify(status)}`,
    steps: [
      made(newer, { spec: { metrics } }),
      patched(newer, { status }, '/status'),
      ...seen,
      patched(older, { status: { desiredReplicas: 4 } }, '/status'),
      ...seen,
      unchanged(older, '/status'),
      replaced(older, {}),
      ...seen,
      replaced(older, { status: { currentReplicas: 2, desiredReplicas: 3 } }, '/status'),
      ...seen,
    ],
  },
  {
    name: `an autoscaler made with the status ${JSON.stringify(status)}`,
    steps: [made(newer, { status }), ...seen],
  },
]);

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
const annotated = (name: string, text: unknown): Fields => ({
  metadata: { annotations: { [PREFIX + name]: typeof text === 'string' ? text : JSON.stringify(text) } },
});
const pods = { type: 'Pods', pods: { metricName: 'm', targetAverageValue: '5' } };
const external = { type: 'External', external: { metricName: 'm', targetValue: 5 } };

const texts: readonly (readonly [string, unknown])[] = [
  ...[
    '',
    'x',
    'null',
    '[]',
    '{}',
    '"x"',
    '[null]',
    ' [ ] ',
    '[]x',
    [pods],
    [{ TYPE: 'Pods', PODS: { metricname: 'm', targetAverageValue: '5000m' }, other: 5 }],
    [{ type: 'Pods', pods: { metricName: 'm' } }],
    [{ type: 'Pods', pods: null }],
    [{ type: 5 }],
    [{ ...pods, resource: {} }],
    [{ type: 'Pods', pods: { metricName: 'm', targetAverageValue: 'x' } }],
    [{ type: 'Pods', pods: { metricName: 'm', targetAverageValue: '' } }],
    [{ type: 'Pods', pods: { metricName: 'm', targetAverageValue: ' 5 ' } }],
    [{ type: 'Pods', pods: { metricName: 'm', targetAverageValue: true } }],
    [external],
    [external, pods],
    [{ type: 'External', external: { metricName: 'm', targetAverageValue: '1', metricSelector: {} } }],
    [
      {
        type: 'External',
        external: { metricName: 'm', targetAverageValue: '1', metricSelector: { MatchLabels: { a: null } } },
      },
    ],
    [
      {
        type: 'Object',
        object: { target: { kind: 'K', name: 'n' }, metricName: 'm', targetValue: '0', averageValue: '5' },
      },
    ],
    [
      {
        type: 'Object',
        object: { target: { kind: 'K', name: 'n' }, metricName: 'm', targetValue: '2', averageValue: '5' },
      },
    ],
    [{ type: 'Object', object: { target: { kind: 'K', name: 'n' }, metricName: 'm', targetValue: '2' } }],
    [{ type: 'Object', object: { metricName: 'm' } }],
    [{ type: 'Resource', resource: { name: 'cpu', targetAverageValue: '5' } }],
    [{ type: 'Resource', resource: { name: 'memory', targetAverageUtilization: 0 } }],
    [{ type: 'Resource', resource: { name: 'memory', targetAverageUtilization: 5_000_000_000 } }],
    [{ type: 'Resource', resource: { name: 'memory', targetAverageUtilization: 0.5 } }],
    [{ type: 'ContainerResource', containerResource: { name: 'memory', targetAverageUtilization: 5, container: 'c' } }],
    [{ type: 'Pods', pods: { metric: { name: 'm' }, target: average } }],
  ].map((text) => ['metrics', text] as const),
  ...[
    'x',
    'null',
    '{}',
    '[]',
    { ScaleUp: {} },
    { ScaleUp: null, ScaleDown: null },
    { SCALEDOWN: { selectPolicy: 'Odd', policies: [{ Type: 'Percent', VALUE: 5, periodseconds: 7 }], tolerance: 0.1 } },
    { ScaleUp: { Policies: [] } },
    { ScaleUp: { Policies: [null] } },
    { ScaleUp: { Policies: {} } },
    { ScaleUp: { StabilizationWindowSeconds: '5' } },
  ].map((text) => ['behavior', text] as const),
  ...['x', '[]', '{}', [condition], [{ type: 5 }]].map((text) => ['conditions', text] as const),
  ...['x', '[]', [{ type: 'Odd' }]].map((text) => ['current-metrics', text] as const),
  ...['scale-up-tolerance', 'scale-down-tolerance', 'scale-odd'].map((name) => [name, '1'] as const),
];

const annotations: Case[] = texts.flatMap(([name, text]) => {
  const more = annotated(name, text);
  const what = `${name} ${JSON.stringify(text)}`;
  return [
    {
      name: `made with the annotation ${what}`,
      steps: [made(older, more), ...seen, patched(older, { metadata: { labels: { a: 'b' } } }), get(newer)],
    },
    {
      name: `made with the annotation ${what}, and a target`,
      steps: [made(older, { ...more, spec: { targetCPUUtilizationPercentage: 60 } }), ...seen],
    },
    {
      name: `the annotation ${what} comes and goes`,
      steps: [
        made(newer, { spec: { metrics, behavior: { scaleUp: rules } } }),
        patched(older, more),
        ...seen,
        unchanged(older),
        patched(older, { metadata: { annotations: { [PREFIX + name]: null } } }),
        ...seen,
      ],
    },
    {
      name: `the status with the annotation ${what}`,
      steps: [
        made(newer, { spec: { metrics } }),
        patched(older, { ...more, status: { desiredReplicas: 2, currentReplicas: 1 } }, '/status'),
        ...seen,
      ],
    },
    {
      name: `the newer version with the annotation ${what}`,
      steps: [made(newer, more), ...seen, patched(newer, annotated(name, `${what}x`)), ...seen],
    },
  ];
});

const applying = (kind: PlainKind, more: Fields, fieldManager: string, force = false): Step => ({
  method: 'PATCH',
  path: `${collection(kind)}/${NAME}`,
  contentType: contentTypes.apply,
  query: { fieldManager, force },
  body: bodyOf(kind, more),
});
const bare = (kind: PlainKind): PlainKind => ({ ...kind, base: {} });

const owners: Case[] = [
  {
    name: 'appliers of both versions',
    steps: [
      applying(newer, { spec: { metrics: [metrics[7]], behavior: { scaleUp: rules } } }, 'one'),
      ...seen,
      applying(older, {}, 'two'),
      applying(older, { spec: { targetCPUUtilizationPercentage: 60 } }, 'two'),
      applying(older, annotated('metrics', [external]), 'two'),
      applying(older, annotated('metrics', [external]), 'two', true),
      ...seen,
      applying(newer, { spec: { metrics: [metrics[7]], maxReplicas: 4 } }, 'one'),
      applying(newer, { spec: { metrics: [metrics[7]], maxReplicas: 4 } }, 'one', true),
      ...seen,
    ],
  },
  {
    name: 'an applier of the older version',
    steps: [
      applying(older, annotated('metrics', [pods]), 'one'),
      applying(older, annotated('metrics', 'x'), 'one'),
      ...seen,
      applying(older, annotated('behavior', { ScaleUp: rules }), 'one'),
      ...seen,
      applying(older, {}, 'one'),
      ...seen,
      applying(bare(older), annotated('conditions', [condition]), 'two'),
      ...seen,
    ],
  },
  {
    name: 'writers of both versions',
    steps: [
      made(older, annotated('metrics', [pods])),
      { ...patched(newer, { spec: { metrics } }), query: { fieldManager: 'two' } },
      ...seen,
      { ...patched(older, { spec: { scaleTargetRef: { name: 'e' } } }), query: { fieldManager: 'three' } },
      ...seen,
      { ...patched(older, { metadata: { annotations: null } }), query: { fieldManager: 'four' } },
      ...seen,
      { ...patched(newer, { spec: { behavior: { scaleUp: rules } } }), query: { fieldManager: 'two' } },
      ...seen,
      { ...patched(newer, { spec: { maxReplicas: 9 } }), query: { fieldManager: 'five' } },
      { ...patched(older, { spec: { maxReplicas: 8 } }), query: { fieldManager: 'six' } },
      ...seen,
      { ...patched(newer, { status: { conditions: [condition] } }, '/status'), query: { fieldManager: 'seven' } },
      { ...patched(older, { status: { currentReplicas: 1 } }, '/status'), query: { fieldManager: 'eight' } },
      ...seen,
    ],
  },
];

export const autoscalerVersionGroups: Readonly<Record<string, Case[]>> = {
  'autoscalers seen in both versions': [...newerSeen, ...statusSeen],
  'annotations of autoscalers': annotations,
  'owners of autoscalers in both versions': owners,
};
