import { describe, expect, test } from 'vitest';
import { isStatusError } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import { strategicMergePatch } from './strategic-merge-patch.ts';

const object = (spec: unknown): Unstructured => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x' }, spec });

function statusOf(run: () => unknown): {
  code: number | undefined;
  reason: string | undefined;
  message: string | undefined;
} {
  try {
    run();
  } catch (error) {
    if (!isStatusError(error)) throw error;
    const { code, reason, message } = error.status;
    return { code, reason, message };
  }
  throw new Error('not refused');
}

describe('JSON patch', () => {
  test('that copies the object into itself again and again is refused before it grows without end', () => {
    const copies = Array.from({ length: 60 }, (_, n) => ({ op: 'copy', from: '/spec', path: `/spec/c${n}` }));
    expect(statusOf(() => jsonPatch(object({ a: 'x'.repeat(100) }), copies)).code).toBe(422);
    const copied = { a: 1, c0: { a: 1 }, c1: { a: 1, c0: { a: 1 } } };
    expect(jsonPatch(object({ a: 1 }), copies.slice(0, 2))).toEqual(object(copied));
  });

  test.each([
    ['add to an object', [{ op: 'add', path: '/spec/b', value: 2 }], { a: [1, 2], b: 2 }],
    ['add into a list', [{ op: 'add', path: '/spec/a/1', value: 9 }], { a: [1, 9, 2] }],
    ['add to the end of a list', [{ op: 'add', path: '/spec/a/-', value: 3 }], { a: [1, 2, 3] }],
    ['remove', [{ op: 'remove', path: '/spec/a/0' }], { a: [2] }],
    ['replace', [{ op: 'replace', path: '/spec/a', value: 'x' }], { a: 'x' }],
    [
      'replace what is not there, as upstream does',
      [{ op: 'replace', path: '/spec/b', value: 1 }],
      { a: [1, 2], b: 1 },
    ],
    ['move', [{ op: 'move', from: '/spec/a', path: '/spec/c' }], { c: [1, 2] }],
    ['copy', [{ op: 'copy', from: '/spec/a/0', path: '/spec/c' }], { a: [1, 2], c: 1 }],
    ['a test that holds', [{ op: 'test', path: '/spec/a', value: [1, 2] }], { a: [1, 2] }],
    ['escaped names', [{ op: 'add', path: '/spec/x~1y~0z', value: 1 }], { a: [1, 2], 'x/y~z': 1 }],
    ['a value that is missing is null', [{ op: 'add', path: '/spec/b' }], { a: [1, 2], b: null }],
    ['copy of what is not there', [{ op: 'copy', from: '/spec/none', path: '/spec/b' }], { a: [1, 2], b: null }],
    ['a test of what is not there', [{ op: 'test', path: '/spec/none', value: null }], { a: [1, 2] }],
    ['indices from the end', [{ op: 'remove', path: '/spec/a/-1' }], { a: [1] }],
    ['adding from the end', [{ op: 'add', path: '/spec/a/-1', value: 3 }], { a: [1, 2, 3] }],
  ])('%s', (_name, patch, spec) => {
    const live = object({ a: [1, 2] });
    expect(jsonPatch(live, patch)).toEqual(object(spec));
    expect(live).toEqual(object({ a: [1, 2] }));
  });

  test('that nests the object into itself step by step is refused before it is deeper than a body may be', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`);
    const below = { op: 'add', path: `/spec${'/a'.repeat(300)}`, value: deep };
    expect(jsonPatch(object(deep), [{ ...below, value: { a: 1 } }])).toBeDefined();
    expect(statusOf(() => jsonPatch(object(deep), [below])).code).toBe(422);
  });

  test('that moves all items of a long list again and again is refused', () => {
    const list = Array(100_000).fill(1);
    const adds = Array(5000).fill({ op: 'add', path: '/spec/0', value: 1 });
    expect(jsonPatch(object(list), adds.slice(0, 100))).toMatchObject({ spec: { length: 100_100 } });
    expect(statusOf(() => jsonPatch(object(list), adds)).code).toBe(422);
    const removes = Array(5000).fill({ op: 'remove', path: '/spec/0' });
    expect(statusOf(() => jsonPatch(object(list), removes)).code).toBe(422);
  });

  const rejected = {
    code: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
  };

  test.each([
    ['a test that fails', { op: 'test', path: '/spec/a', value: 1 }],
    ['removing what is not there', { op: 'remove', path: '/spec/b' }],
    ['replacing below what is not there', { op: 'replace', path: '/spec/b/c', value: 1 }],
    ['replacing an item that is not there', { op: 'replace', path: '/spec/a/5', value: 1 }],
    ['adding below what is not there', { op: 'add', path: '/spec/b/c', value: 1 }],
    ['an unknown operation', { op: 'frob', path: '/spec/a' }],
    ['an index out of range', { op: 'add', path: '/spec/a/7', value: 1 }],
    ['replacing the object by a number', { op: 'replace', path: '', value: 1 }],
    ['a path without a slash', { op: 'add', path: 'spec', value: 1 }],
    ['adding in place of everything', { op: 'add', path: '', value: {} }],
    ['an operation without a path', { op: 'remove' }],
    ['a prototype', { op: 'add', path: '/__proto__/x', value: 1 }],
  ])('%s is 422', (_name, operation) => {
    expect(statusOf(() => jsonPatch(object({ a: [1] }), [operation]))).toEqual(rejected);
  });

  test('more than 10000 operations are 413', () => {
    const patch = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/kind', value: 'Thing' }));
    expect(statusOf(() => jsonPatch(object({}), patch)).code).toBe(413);
  });
});

describe('merge patch', () => {
  /** The examples of RFC 7396, appendix A, as far as they are about objects. */
  test.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (live, patch, expected) => {
    expect(mergePatch(object(live), { spec: patch })).toEqual(object(expected));
  });

  test('null is 400, a list is what becomes of the object', () => {
    expect(statusOf(() => mergePatch(object({}), null)).code).toBe(400);
    expect(mergePatch(object({}), [{ a: null }, null])).toEqual([{}, null]);
  });

  test('a key named __proto__ is a key', () => {
    const patched = mergePatch(object({}), JSON.parse('{"spec":{"__proto__":{"x":1}}}'));
    expect(JSON.stringify(patched)).toContain('"spec":{"__proto__":{"x":1}}');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

const text: Schema = { type: 'string' };
const list = (items: Schema, more: Partial<Schema>): Schema => ({ type: 'array', items, ...more });
const merged = (key?: string): Partial<Schema> => ({
  'x-kubernetes-patch-strategy': 'merge',
  ...(key ? { 'x-kubernetes-patch-merge-key': key } : {}),
});
const schema: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        containers: list(
          {
            type: 'object',
            properties: { name: text, image: text, ports: list({ type: 'object' }, merged('containerPort')) },
          },
          merged('name'),
        ),
        tolerations: list({ type: 'object' }, {}),
        finalizers: list(text, merged()),
        volumes: list(
          { type: 'object' },
          { 'x-kubernetes-patch-strategy': 'merge,retainKeys', 'x-kubernetes-patch-merge-key': 'name' },
        ),
        strategy: { type: 'object', 'x-kubernetes-patch-strategy': 'retainKeys' },
        whole: { type: 'object', 'x-kubernetes-patch-strategy': 'replace' },
        labels: { type: 'object', additionalProperties: text },
      },
    },
  },
};

describe('strategic merge patch', () => {
  const patched = (live: unknown, patch: unknown): unknown =>
    strategicMergePatch(object(live), { spec: patch }, { schema, resolve: (given) => given })['spec'];

  const [nginx, redis] = [
    { name: 'nginx', image: 'nginx' },
    { name: 'redis', image: 'redis' },
  ];

  test('deletes items by their keys from a list that is longer than a call can have arguments', () => {
    const containers = Array.from({ length: 130_000 }, (_, n) => ({ name: `c${n}` }));
    const deleted = containers.slice(1, -1).map(({ name }) => ({ $patch: 'delete', name }));
    const patch = { containers: [...deleted, { name: 'c0', image: 'i' }] };
    expect(patched({ containers }, patch)).toEqual({ containers: [{ name: 'c0', image: 'i' }, containers.at(-1)] });
  });

  test('deletes scalars from a long list', () => {
    const finalizers = Array.from({ length: 40_000 }, (_, n) => `f${n}`);
    const patch = { '$deleteFromPrimitiveList/finalizers': finalizers.slice(1) };
    expect(patched({ finalizers }, patch)).toEqual({ finalizers: ['f0'] });
  });

  test.each([
    // "Update API Objects in Place Using kubectl patch", its examples.
    ['adds a container in front', { containers: [nginx] }, { containers: [redis] }, { containers: [redis, nginx] }],
    [
      'changes a container by its name',
      { containers: [nginx, redis] },
      { containers: [{ name: 'redis', image: 'redis:7' }] },
      { containers: [nginx, { name: 'redis', image: 'redis:7' }] },
    ],
    [
      'replaces a list without strategy',
      { tolerations: [{ key: 'a' }, { key: 'b' }] },
      { tolerations: [{ key: 'c' }] },
      { tolerations: [{ key: 'c' }] },
    ],
    [
      'retains the listed keys only',
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
      { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
      { strategy: { type: 'Recreate' } },
    ],
    ['merges scalars', { finalizers: ['a', 'b'] }, { finalizers: ['c', 'b'] }, { finalizers: ['c', 'a', 'b'] }],
    [
      'deletes from a list of scalars',
      { finalizers: ['a', 'b', 'c'] },
      { '$deleteFromPrimitiveList/finalizers': ['b', 'z'] },
      { finalizers: ['a', 'c'] },
    ],
    [
      'deletes an item by its key',
      { containers: [nginx, redis] },
      { containers: [{ $patch: 'delete', name: 'nginx' }] },
      { containers: [redis] },
    ],
    [
      'replaces a merged list',
      { containers: [nginx] },
      { containers: [{ $patch: 'replace' }, redis] },
      { containers: [redis] },
    ],
    ['replaces a map', { labels: { a: '1' } }, { labels: { $patch: 'replace', b: '2' } }, { labels: { b: '2' } }],
    ['empties a map', { labels: { a: '1' } }, { labels: { $patch: 'delete' } }, { labels: {} }],
    ['replaces a map whose strategy says so', { whole: { a: 1 } }, { whole: { b: 2 } }, { whole: { b: 2 } }],
    ['removes with null', { labels: { a: '1', b: '2' } }, { labels: { a: null } }, { labels: { b: '2' } }],
    ['adds without nulls and directives', {}, { labels: { a: null, b: '2' } }, { labels: { b: '2' } }],
    [
      'orders items as asked',
      { containers: [nginx, redis, { name: 'third' }] },
      {
        '$setElementOrder/containers': [{ name: 'third' }, { name: 'nginx' }],
        containers: [{ name: 'third', image: 't' }],
      },
      { containers: [redis, { name: 'third', image: 't' }, nginx] },
    ],
    [
      'orders without other changes',
      { finalizers: ['a', 'b', 'c'] },
      { '$setElementOrder/finalizers': ['c', 'a'] },
      { finalizers: ['b', 'c', 'a'] },
    ],
    [
      'deletes and orders, as kubectl apply does',
      { containers: [nginx, redis] },
      {
        '$setElementOrder/containers': [{ name: 'redis' }, { name: 'new' }],
        containers: [{ name: 'new' }, { $patch: 'delete', name: 'nginx' }],
      },
      { containers: [redis, { name: 'new' }] },
    ],
    [
      'merges below items',
      { containers: [{ name: 'a', ports: [{ containerPort: 80, name: 'web' }] }] },
      { containers: [{ name: 'a', ports: [{ containerPort: 80, protocol: 'TCP' }, { containerPort: 443 }] }] },
      {
        containers: [
          { name: 'a', ports: [{ containerPort: 80, name: 'web', protocol: 'TCP' }, { containerPort: 443 }] },
        ],
      },
    ],
    [
      'switches a volume with retained keys',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/' } }] },
      { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
    ],
    [
      'keeps what it does not name',
      { labels: { a: '1' }, finalizers: ['a'] },
      { labels: { b: '2' } },
      { labels: { a: '1', b: '2' }, finalizers: ['a'] },
    ],
    [
      'puts what is new where it is asked to, also where another item goes',
      { containers: [{ name: 'a' }, nginx, redis] },
      {
        '$setElementOrder/containers': [{ name: 'new' }, { name: 'redis' }],
        containers: [{ name: 'new' }, { $patch: 'delete', name: 'a' }],
      },
      { containers: [nginx, { name: 'new' }, redis] },
    ],
    [
      'adds items with their directives, which are fields of no kind',
      { containers: [nginx] },
      { containers: [{ name: 'new', $retainKeys: null }] },
      { containers: [{ name: 'new', $retainKeys: null }, nginx] },
    ],
  ])('%s', (_name, live, patch, expected) => {
    expect(patched(live, patch)).toEqual(expected);
  });

  test.each([
    [
      'retained keys that miss one',
      { strategy: { a: 1 } },
      { strategy: { $retainKeys: ['a'], b: 1 } },
      400,
      'invalid patch format of retainKeys',
    ],
    [
      'an order that is no list',
      {},
      { '$setElementOrder/finalizers': 1 },
      500,
      'expected a []interface {}, but received a int64',
    ],
    ['an order of nothing', {}, { $setElementOrder: [] }, 400, 'invalid patch format of setElementOrder list'],
    ['deletions from nothing', {}, { $deleteFromPrimitiveList: [] }, 400, 'invalid patch format of primitive list'],
    ['an unknown directive', {}, { $patch: 'frob' }, 500, 'unknown patch type: frob in map: map[$patch:frob]'],
    [
      'an item without its key',
      { containers: [nginx] },
      { containers: [{ image: 'x' }] },
      500,
      'map: map[image:x] does not contain declared merge key: name',
    ],
    [
      'an item that is null, over which upstream breaks off',
      {},
      { '$setElementOrder/finalizers': [], finalizers: [null] },
      400,
      undefined,
    ],
    ['a name that is a list', { containers: [{ name: ['x'] }] }, { containers: [{ name: ['y'] }] }, 400, undefined],
    [
      'an item that is no map in an order',
      { containers: [nginx] },
      { '$setElementOrder/containers': ['x'] },
      500,
      'value for key 0 is not a map',
    ],
    [
      'maps below a map of no declared fields',
      { labels: { a: { b: 1 } } },
      { labels: { a: { c: 1 } } },
      500,
      'merging an object in json but data type is not struct, instead is: map',
    ],
    [
      'an order that contradicts the list',
      { finalizers: ['a'] },
      { '$setElementOrder/finalizers': ['a', 'b'], finalizers: ['b', 'a'] },
      500,
      "The order in patch list:\n[b a]\n doesn't match $setElementOrder list:\n[a b]\n",
    ],
  ])('refuses %s', (_name, live, patch, code, message) => {
    expect(statusOf(() => patched(live, patch))).toMatchObject({ code, ...(message ? { message } : {}) });
  });

  test('a patch that is no object is 400', () => {
    expect(statusOf(() => strategicMergePatch(object({}), 'x', { schema, resolve: (given) => given })).code).toBe(400);
  });
});

test('a patch may retain as many keys as a body has room for, and sets each of them', () => {
  const keys = Array.from({ length: 500_000 }, (_, n) => `k${n}`);
  const spec = Object.fromEntries(keys.map((key) => [`${key}x`, 1]));
  const patch = { spec: { $retainKeys: keys } };
  const typed = {
    schema: { type: 'object', properties: { spec: { type: 'object' } } } as Schema,
    resolve: (schema: Schema) => schema,
  };
  expect(strategicMergePatch(object(spec), patch, typed)).toMatchObject({ spec: {} });
});
