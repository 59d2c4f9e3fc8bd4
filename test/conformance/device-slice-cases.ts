/** Slices of devices: each rule of upstream's about what a driver may say of them. */

import { creations, type Fields, type PlainKind, updates } from './kind-steps.ts';
import type { Case } from './single-changes.ts';

export const resourceSlice: PlainKind = {
  kind: 'ResourceSlice',
  apiVersion: 'resource.k8s.io/v1',
  resource: 'resourceslices',
  base: {
    spec: {
      driver: 'a.b',
      pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
      nodeName: 'n',
      devices: [{ name: 'd' }],
    },
  },
};

const spec = (more: Fields): Fields => ({ spec: more });
const pool = (more: Fields): Fields => spec({ pool: more });
const devices = (...list: Fields[]): Fields => spec({ devices: list });
const device = (more: Fields): Fields => devices({ name: 'd', ...more });
const placed = (more: Fields): Fields =>
  spec({ nodeName: null, perDeviceNodeSelection: true, devices: [{ name: 'd', ...more }] });
const many = <T>(length: number, item: (n: number) => T): T[] => Array.from({ length }, (_, n) => item(n));
const keyed = <T>(length: number, value: T): Record<string, T> =>
  Object.fromEntries(many(length, (n): [string, T] => [`k${n}`, value]));

const term = { matchExpressions: [{ key: 'a', operator: 'Exists' }] };
const oddTerm = {
  matchExpressions: [
    { key: 'a b', operator: 'Odd' },
    { key: 'a', operator: 'In', values: ['c d'] },
  ],
  matchFields: [{ key: 'odd', operator: 'In' }],
};
const terms = (...nodeSelectorTerms: Fields[]): Fields => ({ nodeSelectorTerms });

const slices: Fields[] = [
  {},
  { spec: null },
  ...[null, 'A_b', 'A.B', 'a'.repeat(64), `${'a'.repeat(62)}.b`].map((driver) => spec({ driver })),
  spec({ pool: null }),
  pool({ name: null }),
  pool({ name: 'a/b.c/d' }),
  pool({ name: 'A/b//c' }),
  pool({ name: 'a'.repeat(254) }),
  pool({ generation: -1, resourceSliceCount: 0 }),
  pool({ generation: null, resourceSliceCount: null }),
  spec({ nodeName: null }),
  spec({ nodeName: '' }),
  spec({ nodeName: 'A b' }),
  spec({ allNodes: true }),
  spec({ allNodes: false, perDeviceNodeSelection: false }),
  spec({ nodeName: null, allNodes: true }),
  spec({ nodeName: null, nodeSelector: {} }),
  spec({ nodeName: null, nodeSelector: terms() }),
  spec({ nodeName: null, nodeSelector: terms(term) }),
  spec({ nodeName: null, nodeSelector: terms(term, oddTerm) }),
  spec({ nodeSelector: terms(term), allNodes: true, perDeviceNodeSelection: true }),
];

const counters = (...sharedCounters: Fields[]): Fields => spec({ devices: null, sharedCounters });
const counter = { value: '1' };
const shared: Fields[] = [
  counters({ name: 'a', counters: { c: counter } }),
  spec({ sharedCounters: [{ name: 'a', counters: { c: counter } }] }),
  counters({}, { name: 'A', counters: {} }, { name: 'a', counters: { 'B c': counter } }, { name: 'a' }),
  counters({ name: 'a', counters: keyed(32, counter) }),
  counters({ name: 'a', counters: keyed(33, counter) }),
  counters({ name: 'a', counters: { c: {} } }),
  counters(...many(8, (n) => ({ name: `s${n}`, counters: { c: counter } }))),
  counters(...many(9, () => ({}))),
];

const taint = { key: 'a.b/c', value: 'd', effect: 'NoSchedule', timeAdded: '2020-01-01T00:00:00Z' };
const named = (n: number): Fields => ({ name: `d${n}` });
const parts: Fields[] = [
  spec({ devices: null }),
  devices({}, { name: 'A.b' }, { name: 'd' }, { name: 'd' }),
  devices(...many(128, named)),
  devices(...many(129, () => ({}))),
  devices({ name: 'x', taints: [taint] }, ...many(63, named)),
  devices({ name: 'x', taints: [taint] }, ...many(64, named)),
  devices({ name: 'x', consumesCounters: [{ counterSet: 'a', counters: { c: counter } }] }, ...many(64, named)),
  device({ taints: [{}, { key: 'a b', value: 'c d', effect: 'Odd' }] }),
  device({ taints: [{ key: 'a', effect: 'None' }, taint] }),
  device({ taints: many(17, () => ({})) }),
  device({ consumesCounters: [{}, { counterSet: 'A' }] }),
  device({ consumesCounters: many(2, () => ({ counterSet: 'a', counters: { 'B c': counter } })) }),
  device({ consumesCounters: many(3, () => ({})) }),
  device({ consumesCounters: [{ counterSet: 'a', counters: keyed(33, counter) }] }),
  device({ nodeName: 'n' }),
  device({ nodeName: '', allNodes: false, nodeSelector: {} }),
  placed({}),
  placed({ nodeName: 'n' }),
  placed({ nodeName: '' }),
  placed({ nodeName: 'A b', allNodes: true, nodeSelector: terms(term, term) }),
  placed({ allNodes: false, nodeSelector: {} }),
  placed({ nodeSelector: terms(oddTerm) }),
  device({ bindsToNode: true, bindingConditions: ['a'], bindingFailureConditions: ['b'] }),
  device({ bindingConditions: ['a'] }),
  device({ bindingFailureConditions: ['b', 'b c'] }),
  device({ bindingFailureConditions: ['b'] }),
  device({ bindingConditions: ['a', 'a', 'b c'], bindingFailureConditions: ['a', 'b', 'b'] }),
  device({ bindingConditions: many(5, () => 'a b'), bindingFailureConditions: many(5, () => 'c') }),
  device({ nodeAllocatableResourceMappings: { cpu: { capacityKey: 'c' }, 'a b': {} } }),
];

const attribute = (value: Fields, key = 'a'): Fields => device({ attributes: { [key]: value } });
const attributes: Fields[] = [
  ...[
    {},
    { int: 0 },
    { bool: false },
    { string: '' },
    { string: 'x'.repeat(65) },
    { int: 1, bool: true, string: 'x', version: '1.2.3' },
    { strings: ['x'] },
    { ints: [1], bools: [], int: 2 },
    ...['', '1.2', 'v1.2.3', '01.2.3', '1.2.3-a.01', '1.2.3-a.1+b.02', `1.2.3-${'a'.repeat(64)}`].map((version) => ({
      version,
    })),
  ].map((value) => attribute(value)),
  ...[
    '',
    'a b',
    '1a',
    'a.b/c',
    'A_/c',
    '/c',
    'a.b/',
    'a.b/c-d',
    'a/b/c',
    'x'.repeat(33),
    `${'d'.repeat(70)}/${'e'.repeat(40)}`,
  ].map((key) => attribute({}, key)),
  device({ attributes: keyed(32, { int: 1 }) }),
  device({ attributes: keyed(33, { int: 1 }) }),
  device({ attributes: keyed(49, { int: 1 }) }),
  device({ attributes: keyed(20, { int: 1 }), capacity: keyed(13, { value: '1' }) }),
];

const capacity = (requestPolicy: Fields | undefined, value = '10', more: Fields = {}): Fields =>
  device({
    allowMultipleAllocations: true,
    capacity: { c: { value, ...(requestPolicy ? { requestPolicy } : {}) } },
    ...more,
  });
const capacities: Fields[] = [
  device({ capacity: { 'a.b/c': { value: '1024Mi' } } }),
  device({ capacity: { c: {} } }),
  device({ capacity: { 'a b': { value: '1' } } }),
  capacity({}, '1', { allowMultipleAllocations: null }),
  capacity({ default: '1' }, '1', { allowMultipleAllocations: false }),
  capacity(undefined),
  capacity({}),
  ...[
    { default: '20' },
    { validValues: ['1'] },
    { validRange: { min: '1' } },
    { default: '1', validValues: ['1', '2', '5'] },
    { default: '3', validValues: ['2', '1', '1', '20'] },
    { default: '1', validValues: ['500m', '1', '1200m', '1800m'] },
    { default: '0', validValues: many(11, (n) => String(n)) },
    { default: '1', validValues: ['1'], validRange: { min: '1' } },
    { default: '1', validRange: {} },
    { default: '1', validRange: { min: '1' } },
    { default: '1', validRange: { min: '2', max: '1' } },
    { default: '3', validRange: { min: '11', max: '12' } },
    { default: '30', validRange: { min: '20', max: '25', step: '7' } },
    { default: '4', validRange: { min: '1', max: '9', step: '3' } },
    { default: '4', validRange: { min: '1', max: '10', step: '3' } },
    { default: '5', validRange: { min: '1', step: '3' } },
    { default: '1500m', validRange: { min: '500m', step: '1' } },
  ].map((policy) => capacity(policy)),
  capacity({ default: '512Mi', validRange: { min: '256Mi', max: '1Gi', step: '256Mi' } }, '1Gi'),
  capacity({ default: '512Mi', validRange: { min: '0.25Gi', max: '1000M', step: '1e9' } }, '1Gi'),
];

const changes: [Fields, Fields][] = [
  [{}, spec({ driver: 'c.d' })],
  [{}, spec({ driver: 'A.B' })],
  [{}, spec({ nodeName: 'm' })],
  [{}, spec({ nodeName: null, allNodes: true })],
  [{}, pool({ name: 'q' })],
  [{}, pool({ name: null, generation: -1 })],
  [{}, pool({ generation: 2, resourceSliceCount: 3 })],
  [{}, spec({ nodeSelector: terms(term) })],
  [{}, devices({ name: 'd' }, { name: 'd' })],
  [{}, spec({ devices: null, sharedCounters: [{ name: 'a', counters: { c: counter } }] })],
  [{}, { metadata: { labels: { 'a b': 'c' }, finalizers: ['x'] } }],
  [device({ taints: [taint] }), device({ taints: [taint], attributes: { a: { int: 1 } } })],
  [device({ taints: [taint] }), device({ taints: [{ ...taint, effect: 'Odd' }] })],
  [device({ taints: [taint] }), spec({ devices: null })],
  [attribute({ int: 1 }), attribute({ ints: [1] })],
];

export const deviceSliceGroups: Readonly<Record<string, Case[]>> = {
  'slices of devices': [...creations(resourceSlice, slices), ...creations(resourceSlice, shared)],
  'devices of slices': creations(resourceSlice, parts),
  'attributes of devices': creations(resourceSlice, attributes),
  'capacities of devices': creations(resourceSlice, capacities),
  'slices that change': updates(resourceSlice, changes),
};
