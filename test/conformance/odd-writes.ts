/** Writes that no well-behaved client sends: patches that say nothing, too much or the wrong thing. Each is answered all the same, and often done. */

import fc from 'fast-check';
import type { Kind } from './objects.ts';
import { contentTypes, nameIn, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const labels = '/metadata/labels';
const finalizers = '/metadata/finalizers';

/** Operations of JSON patches; what upstream's library makes of them is often not RFC 6902. */
export const oddOperations: readonly unknown[] = [
  { op: 'add', path: `${labels}/q` },
  { op: 'replace', path: `${labels}/app` },
  { op: 'replace', path: `${labels}/none`, value: 'n' },
  { op: 'replace', path: '/metadata/none/deep', value: 1 },
  { op: 'test', path: `${labels}/app` },
  { op: 'test', path: `${labels}/none`, value: null },
  { op: 'test', path: `${labels}/none/deep`, value: null },
  { op: 'test', path: labels, value: { app: 'x' } },
  { op: 'test', path: '', value: {} },
  { op: 'copy', from: `${labels}/none`, path: `${labels}/k` },
  { op: 'copy', from: labels, path: '/metadata/annotations' },
  { op: 'copy', path: `${labels}/k` },
  { op: 'move', from: `${labels}/app`, path: `${labels}/moved` },
  { op: 'move', from: `${labels}/none`, path: `${labels}/moved` },
  { op: 'add', path: 'metadata/labels/q', value: 'x' },
  { op: 'remove', path: 'labels' },
  { op: 'add', path: '', value: {} },
  { op: 'replace', path: '', value: { metadata: { name: 'a' } } },
  { op: 'remove', path: '' },
  { op: 'add', path: '/', value: 1 },
  { op: 'nonsense', path: labels },
  { path: labels },
  { op: 'add', value: 1 },
  { op: 'remove' },
  { op: 'add', path: 5, value: 1 },
  { op: 5, path: labels },
  { op: 'add', path: `${finalizers}/-`, value: 'example.com/end' },
  { op: 'add', path: `${finalizers}/0`, value: 'example.com/first' },
  { op: 'add', path: `${finalizers}/7`, value: 'example.com/far' },
  { op: 'add', path: `${finalizers}/-1`, value: 'example.com/last' },
  { op: 'add', path: `${finalizers}/x`, value: 'example.com/x' },
  { op: 'replace', path: `${finalizers}/0`, value: 'example.com/other' },
  { op: 'remove', path: `${finalizers}/-1` },
  { op: 'remove', path: `${finalizers}/9` },
  { op: 'test', path: `${finalizers}/0`, value: 'example.com/hold' },
  { op: 'add', path: `${labels}/a~1b`, value: 'x' },
  { op: 'add', path: `${labels}/a~0b`, value: 'x' },
  { op: 'add', path: labels, value: null },
  { op: 'add', path: labels, value: 5 },
  { op: 'add', path: `${labels}/q`, value: 5 },
  { op: 'add', path: '/nonsense', value: 1 },
  { op: 'replace', path: '/kind', value: 'Secret' },
  { op: 'replace', path: '/apiVersion', value: 'v2' },
  { op: 'remove', path: '/kind' },
  { op: 'remove', path: '/metadata/name' },
  { op: 'remove', path: '/metadata' },
  { op: 'replace', path: '/metadata', value: 5 },
  { op: 'add', path: labels, value: {}, more: 1 },
  null,
  5,
  {},
];

/** Whole patches. */
export const oddJsonPatches: readonly unknown[] = [{}, null, 5, 'text', [], [[]], { op: 'remove', path: labels }];

/** Bodies of merge, strategic and apply patches. */
export const oddBodies: readonly unknown[] = [
  {},
  null,
  5,
  'text',
  [],
  { metadata: 5 },
  { metadata: null },
  { metadata: [] },
  { metadata: { name: null } },
  { metadata: { name: 5 } },
  { metadata: { namespace: 'other' } },
  { metadata: { uid: 'other' } },
  { metadata: { labels: 5 } },
  { metadata: { labels: [] } },
  { metadata: { labels: { app: 5 } } },
  { metadata: { labels: { app: { deep: null } } } },
  { metadata: { finalizers: 'text' } },
  { metadata: { finalizers: [5] } },
  { metadata: { finalizers: [null] } },
  { metadata: { ownerReferences: [{}] } },
  {
    metadata: {
      ownerReferences: [
        { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'n' },
        { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'n' },
      ],
    },
  },
  { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'n', uid: 'n', controller: true }] } },
  { metadata: { finalizers: ['plain'] } },
  { metadata: { finalizers: ['example.com'] } },
  { metadata: { finalizers: ['orphan', 'foregroundDeletion'] } },
  { metadata: { finalizers: ['a/b/c'] } },
  { metadata: { annotations: { 'no good!': 'x' } } },
  { metadata: { managedFields: [] } },
  { metadata: { managedFields: [{}] } },
  { metadata: { managedFields: null } },
  { metadata: { managedFields: [{ manager: 'x' }] } },
  { metadata: { creationTimestamp: 'never' } },
  { metadata: { creationTimestamp: null } },
  { metadata: { deletionTimestamp: '2020-01-01T00:00:00Z' } },
  { metadata: { generateName: 'g-' } },
  { metadata: { selfLink: '/x' } },
  { metadata: { resourceVersion: 'text' } },
  { kind: 'Secret' },
  { kind: 5 },
  { kind: null },
  { apiVersion: 'v2' },
  { apiVersion: null },
  { apiVersion: 'a/b/c' },
  { spec: 5 },
  { spec: [] },
  { status: { nonsense: 1 } },
];

/** Directives of strategic merge patches; in others they are fields like any. */
export const oddDirectives: readonly unknown[] = [
  { $patch: 'replace' },
  { $patch: 'delete' },
  { $patch: 'merge' },
  { $patch: 'nonsense' },
  { $patch: 5 },
  { metadata: { $patch: 'replace', labels: { app: 'only' } } },
  { metadata: { labels: { $patch: 'replace', app: 'only' } } },
  { metadata: { labels: { $patch: 'delete' } } },
  { metadata: { labels: { $patch: 'nonsense', app: 'only' } } },
  { metadata: { labels: { $retainKeys: ['app'], app: 'kept' } } },
  { metadata: { labels: { $retainKeys: ['app'], tier: 'new' } } },
  { metadata: { labels: { $retainKeys: 5, app: 'x' } } },
  { metadata: { '$setElementOrder/finalizers': ['example.com/hold', 'example.com/b'], finalizers: ['example.com/b'] } },
  { metadata: { '$setElementOrder/finalizers': ['example.com/hold'], finalizers: ['example.com/b'] } },
  { metadata: { '$setElementOrder/finalizers': 1 } },
  { metadata: { '$setElementOrder/labels': ['a'] } },
  { $setElementOrder: 1 },
  { '$setElementOrder/': [] },
  { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/hold'] } },
  { metadata: { '$deleteFromPrimitiveList/finalizers': 5 } },
  { metadata: { '$deleteFromPrimitiveList/labels': ['x'] } },
  { metadata: { finalizers: [{ $patch: 'replace' }] } },
  { metadata: { ownerReferences: [{ $patch: 'replace' }, { $patch: 'delete', uid: 'x' }] } },
  { metadata: { ownerReferences: [{ $patch: 'delete' }] } },
  { metadata: { ownerReferences: [{ $patch: 'merge', uid: 'x' }] } },
];

/** Bodies as text: not quite JSON or YAML, and keys that come twice. */
export const oddTexts: readonly string[] = [
  '',
  '{',
  'text',
  'true',
  '{"metadata":{"labels":{"app":"x","app":"y"}}}',
  '{"metadata":{"labels":{"app":"x"}},"metadata":{"labels":{"app":"z"}}}',
  '{"metadata":{"labels":{"app":"x"}},"nonsense":1,"nonsense":2}',
  '{"metadata":{"labels":{"app":"x"}}} more',
];

const names = fc.constantFrom('a', 'b');
const validations = fc.constantFrom(undefined, undefined, 'Strict', 'Ignore', 'Warn');

export function oddPatches(kind: Kind): fc.Arbitrary<Step>[] {
  const patch = (type: keyof typeof contentTypes, body: fc.Arbitrary<Partial<Step>>): fc.Arbitrary<Step> =>
    fc.tuple(names, body, validations).map(([name, content, fieldValidation]) => ({
      method: 'PATCH',
      path: `${pathOf(kind)}/${nameIn(kind, name)}`,
      contentType: contentTypes[type],
      ...content,
      query: { fieldManager: 'odd', fieldValidation },
    }));
  const among = (...lists: (readonly unknown[])[]) => fc.constantFrom(...lists.flat()).map((body) => ({ body }));
  const operations = fc.array(fc.constantFrom(...oddOperations), { minLength: 1, maxLength: 3 });
  const texts = fc.constantFrom(...oddTexts).map((raw) => ({ raw }));
  return [
    patch(
      'json',
      operations.map((body) => ({ body })),
    ),
    patch('json', fc.oneof(among(oddJsonPatches), texts)),
    patch('merge', fc.oneof(among(oddBodies, oddDirectives), texts)),
    patch('strategic', fc.oneof(among(oddBodies, oddDirectives), texts)),
    patch(
      'apply',
      fc.oneof(
        oddConfigurations(kind),
        texts.filter(({ raw }) => !raw.endsWith('more')),
      ),
    ),
  ];
}

function oddConfigurations(kind: Kind): fc.Arbitrary<Partial<Step>> {
  return fc
    .tuple(fc.constantFrom(...oddBodies, ...oddDirectives), fc.boolean())
    .map(([odd, isNamed]) => ({ body: asConfiguration(kind, odd, isNamed) }));
}

/** A configuration has to say what it is. */
export function asConfiguration(kind: Kind, odd: unknown, isNamed: boolean): unknown {
  if (!isMap(odd)) return odd;
  const { metadata = {}, ...rest } = odd;
  const own = isNamed ? { name: nameIn(kind, 'a') } : {};
  return {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    ...rest,
    metadata: isMap(metadata) ? { ...own, ...metadata } : metadata,
  };
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
