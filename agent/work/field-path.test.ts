import { afterEach, describe, expect, test } from 'vitest';
import { ownField, pathOf, removeAt, setAt, valueAt } from './field-path.ts';

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
