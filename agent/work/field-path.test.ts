import { afterEach, describe, expect, test } from 'vitest';
import { type ItemIdentity, ownField, ownsField, pathOf, removeAt, setAt, valueAt } from './field-path.ts';

/** As it comes over the wire: `__proto__` is a key of the object itself. */
const parsed = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

const kept = Object.getOwnPropertyDescriptors(Object.prototype);

describe('what every JavaScript object has', () => {
  afterEach(() => {
    Object.defineProperties(Object.prototype, kept);
    delete (Object.prototype as { shared?: unknown }).shared;
  });

  test.each(['/__proto__', '/__proto__/toString', '/spec/constructor/prototype', '/spec/toString', '/spec/list/map'])(
    'is no field of a manifest: %s',
    (pointer) => {
      expect(pathOf({ spec: { list: [] } }, pointer)).toBeUndefined();
    },
  );

  test('is not taken away', () => {
    removeAt({ a: {} }, ['__proto__', 'toString']);
    removeAt({ a: {} }, ['a', 'constructor', 'prototype', 'toString']);
    expect(Object.hasOwn(Object.prototype, 'toString')).toBe(true);
  });

  test('is not written to', () => {
    const object = {};
    setAt(object, ['__proto__', 'shared'], 1);
    expect(({} as { shared?: unknown }).shared).toBeUndefined();
    expect(JSON.stringify(object)).toBe('{"__proto__":{"shared":1}}');
  });

  test('is a field where the object has one of that name', () => {
    const object = parsed('{"data":{"__proto__":{"a":"1"},"toString":"2"}}');
    const path = pathOf(object, '/data/__proto__/a') ?? [];
    expect([valueAt(object, path), valueAt(object, ['data', 'toString'])]).toEqual(['1', '2']);
    const copy = { data: {} };
    setAt(copy, path, '3');
    expect(JSON.stringify(copy)).toBe('{"data":{"__proto__":{"a":"3"}}}');
    removeAt(object, path);
    expect(JSON.stringify(object)).toBe('{"data":{"toString":"2"}}');
  });

  test('is not read', () => {
    const none = [undefined, undefined, undefined];
    expect([ownField({}, 'constructor'), ownField({}, '__proto__'), ownField([], 'map')]).toEqual(none);
  });
});

test.each(['name', 'containerPort', 'port', 'protocol', 'mountPath', 'devicePath', 'ip', 'key', 'type'])(
  'an item of a list is known by its %s, and by nothing else that it has',
  (key) => {
    expect(pathOf({ list: [{ [key]: 'x', other: 1 }] }, '/list/0/other')).toEqual(['list', { [key]: 'x' }, 'other']);
  },
);

test.each<[string, unknown]>([
  ['has no name', { other: 1 }],
  ['has a name that is none', { name: {} }],
  ['is nothing', null],
])('an item that %s is none that a pointer can lead through', (_what, item) => {
  expect(() => pathOf({ list: [item] }, '/list/0/other')).toThrow('leads into a list whose items have no name');
});

test('where a list was meant and something else is, there is no item', () => {
  const path = ['list', { name: 'x' }, 'other'];
  for (const list of [undefined, 'text', { x: 1 }]) expect(valueAt({ list }, path)).toBeUndefined();
});

const items = [
  null,
  'text',
  { name: 'x', v: 1 },
  { name: 'y', v: 2 },
  { port: 1, protocol: 'TCP', v: 3 },
  { port: 1, v: 4 },
];

test.each<[ItemIdentity, number | undefined]>([
  [{ name: 'x' }, 1],
  [{ name: 'y' }, 2],
  [{ port: 1, protocol: 'TCP' }, 3],
  [{ port: 1, protocol: 'UDP' }, 4], // which does not say what it is
  [{ name: 'z', port: 2 }, undefined],
  [{ key: 'x' }, undefined],
])('the item %j of a list is the first that says nothing else', (identity, expected) => {
  expect(valueAt({ list: items }, ['list', identity, 'v'])).toBe(expected);
});

test('an item that is not there is not taken away, and neither is another', () => {
  const object = { list: [{ name: 'y' }] };
  removeAt(object, ['list', { name: 'x' }]);
  expect(object).toEqual({ list: [{ name: 'y' }] });
});

test.each<[string, ItemIdentity, boolean]>([
  ['k:{"port":1,"protocol":"TCP"}', { port: 1, protocol: 'TCP' }, true],
  ['k:{"port":1,"protocol":"TCP"}', { port: 1 }, true],
  ['k:{"port":1,"protocol":"TCP"}', { port: 1, protocol: 'UDP' }, false],
  ['k:{"port":1,"protocol":"TCP"}', { port: 2 }, false],
  ['v:1', { port: 1 }, false],
  ['f:port', { port: 1 }, false],
])('managed fields that name the item %s own %j: %j', (name, identity, expected) => {
  expect(ownsField({ 'f:list': { [name]: {} } }, ['list', identity])).toBe(expected);
});
