import { expect, test } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { type FieldChange, fieldChanges } from './field-changes.ts';

const object = (rest: object, kind = 'ConfigMap'): Unstructured => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'a' },
  ...rest,
});

test.each<[string, Unstructured, Unstructured, FieldChange[]]>([
  ['nothing', object({ data: { a: '1' } }), object({ data: { a: '1' } }), []],
  [
    'a value',
    object({ data: { a: '1' } }),
    object({ data: { a: '2' } }),
    [{ field: '.data.a', before: '1', after: '2' }],
  ],
  ['one more', object({ data: {} }), object({ data: { 'a.b': '2' } }), [{ field: '.data["a.b"]', after: '2' }]],
  [
    'one that is called as what every JavaScript object has',
    object({ data: {} }),
    object({ data: { constructor: '2' } }),
    [{ field: '.data.constructor', after: '2' }],
  ],
  [
    'what kubectl has applied last, with all data of a Secret, is none',
    object({}, 'Secret'),
    object(
      { metadata: { name: 'a', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } } },
      'Secret',
    ),
    [],
  ],
  ['one less', object({ data: { a: '1' } }), object({ data: {} }), [{ field: '.data.a', before: '1' }]],
  [
    'in a list',
    object({ spec: { list: [{ a: 1 }, { a: 2 }] } }),
    object({ spec: { list: [{ a: 1 }, { a: 3 }] } }),
    [{ field: '.spec.list[1].a', before: 2, after: 3 }],
  ],
  [
    'a longer list',
    object({ spec: { list: [1] } }),
    object({ spec: { list: [1, 2] } }),
    [{ field: '.spec.list', before: [1], after: [1, 2] }],
  ],
  [
    'what the server writes, and the marks of delivery, are none',
    object({ metadata: { name: 'a', resourceVersion: '1', uid: 'x', generation: 1 }, status: { a: 1 } }),
    object({
      metadata: {
        name: 'a',
        resourceVersion: '2',
        uid: 'x',
        generation: 2,
        labels: { 'karmada.io/managed': 'true' },
        annotations: { 'work.karmada.io/name': 'w', 'work.karmada.io/namespace': 'n' },
      },
      status: { a: 2 },
    }),
    [],
  ],
  [
    'values of a Secret are masked',
    object({ data: { a: 'MQ==' }, type: 'x' }, 'Secret'),
    object({ data: { a: 'Mg==' }, type: 'y' }, 'Secret'),
    [
      { field: '.data.a', before: '*** (before)', after: '*** (after)' },
      { field: '.type', before: 'x', after: 'y' },
    ],
  ],
  [
    'all values of a Secret that had none are masked',
    object({}, 'Secret'),
    object({ data: { a: 'MQ==' } }, 'Secret'),
    [{ field: '.data', after: '*** (after)' }],
  ],
  [
    'a value of a Secret by any name is masked',
    object({ data: {} }, 'Secret'),
    object({ data: { 'a.b': 'MQ==' } }, 'Secret'),
    [{ field: '.data["a.b"]', after: '*** (after)' }],
  ],
])('%s', (_, before, after, expected) => {
  expect(fieldChanges(before, after)).toEqual(expected);
});

test('a long value is cut', () => {
  const [change] = fieldChanges(object({ data: {} }), object({ data: { a: 'x'.repeat(5000) } }));
  expect(String(change?.after).length).toBeLessThan(1100);
});
