import { describe, expect, test } from 'vitest';
import type { FieldsV1, Unstructured } from '../../shared/apis/meta/v1.ts';
import { ownedDigest } from './owned-digest.ts';

const OWNED: FieldsV1 = {
  'f:metadata': { 'f:labels': { 'f:app': {} } },
  'f:spec': {
    'f:replicas': {},
    'f:template': {
      'f:containers': {
        'k:{"name":"web"}': {
          '.': {},
          'f:name': {},
          'f:image': {},
          'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': {} },
        },
      },
    },
    'f:finalizers': { 'v:"mine"': {} },
    'f:args': { 'i:1': {} },
    'f:atomic': {},
  },
};

function live(): Unstructured {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'd',
      labels: { app: 'a', theirs: 'x' },
      managedFields: [
        { manager: 'other', operation: 'Update', fieldsV1: { 'f:spec': {} } },
        { manager: 'pullet-agent', operation: 'Apply', apiVersion: 'apps/v1', fieldsV1: OWNED, time: 'then' },
      ],
    },
    spec: {
      replicas: 2,
      theirs: 1,
      template: {
        containers: [
          { name: 'sidecar', image: 's:1' },
          { name: 'web', image: 'w:1', ports: [{ containerPort: 80 }, { containerPort: 81 }] },
        ],
      },
      finalizers: ['theirs', 'mine'],
      args: ['a', 'b'],
      atomic: { b: 1, a: 2 },
    },
    status: { replicas: 1 },
  };
}

type Anything = { [field: string]: Anything } & Anything[];

/** The digest after a change of the live object. */
function digestAfter(change: (object: Anything) => void): string {
  const object = live();
  change(object as unknown as Anything);
  return ownedDigest(object);
}

const set = (object: unknown, value: unknown): void => void Object.assign(object as object, value);

describe('the digest changes with', () => {
  test.each<[string, (object: Anything) => void]>([
    ['a value', (o) => set(o['spec'], { replicas: 3 })],
    ['a label', (o) => set(o['metadata']!['labels'], { app: 'b' })],
    ['a list item by its key', (o) => set(o['spec']!['template']!['containers']![1], { image: 'w:2' })],
    ['a removed list item', (o) => void o['spec']!['template']!['containers']!.pop()],
    [
      'a nested item whose other keys have defaults',
      (o) => void o['spec']!['template']!['containers']![1]!['ports']!.shift(),
    ],
    ['a set item', (o) => void o['spec']!['finalizers']!.pop()],
    ['an indexed item', (o) => set(o['spec']!['args'], { 1: 'c' })],
    ['an atomic field', (o) => set(o['spec']!['atomic'], { a: 3 })],
    [
      'a field that somebody took from us',
      (o) => set(o['metadata']!['managedFields']![1], { fieldsV1: { 'f:metadata': OWNED['f:metadata'] } }),
    ],
    ['all that we owned', (o) => void o['metadata']!['managedFields']!.pop()],
  ])('%s', (_name, change) => {
    expect(digestAfter(change)).not.toBe(ownedDigest(live()));
  });
});

describe('the digest stays the same with', () => {
  test.each<[string, (object: Anything) => void]>([
    ['the status', (o) => set(o['status'], { replicas: 2 })],
    ["a field of somebody else's", (o) => set(o['spec'], { theirs: 2 })],
    ["a label of somebody else's", (o) => set(o['metadata']!['labels'], { theirs: 'y' })],
    ["a list item of somebody else's", (o) => set(o['spec']!['template']!['containers']![0], { image: 's:2' })],
    ['another order of items', (o) => void o['spec']!['template']!['containers']!.reverse()],
    ['another order of fields', (o) => set(o['spec'], { atomic: { a: 2, b: 1 } })],
    ['the time of the entry', (o) => set(o['metadata']!['managedFields']![1], { time: 'now' })],
    [
      'what another operation or subresource of our own name owns',
      (o) =>
        void o['metadata']!['managedFields']!.unshift(
          { manager: 'pullet-agent', operation: 'Apply', subresource: 'status', fieldsV1: {} } as unknown as Anything,
          { manager: 'pullet-agent', operation: 'Update', fieldsV1: {} } as unknown as Anything,
        ),
    ],
    ['a resourceVersion', (o) => set(o['metadata'], { resourceVersion: '7', generation: 9 })],
  ])('%s', (_name, change) => {
    expect(digestAfter(change)).toBe(ownedDigest(live()));
  });
});

test('the digest of what is not ours is empty', () => {
  expect(ownedDigest({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } })).toBe('');
});

test('a field that every JavaScript object has is none unless it is the own one', () => {
  const fieldsV1 = { 'f:data': { 'f:__proto__': {} } };
  const of = (data: unknown): string =>
    ownedDigest({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', data },
      metadata: { name: 'a', managedFields: [{ manager: 'pullet-agent', operation: 'Apply', fieldsV1 }] },
    });
  expect(of({})).not.toBe(of(JSON.parse('{"__proto__":{}}')));
});
