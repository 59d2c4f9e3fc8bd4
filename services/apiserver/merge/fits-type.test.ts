import { expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { typeOf } from './atom.ts';
import { fitsType } from './fits-type.ts';

const named: Schema = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name'],
  items: { type: 'object', properties: { name: { type: 'string' }, size: { type: 'integer' } } },
};
const schema: Schema = {
  type: 'object',
  properties: {
    size: { type: 'integer' },
    text: { type: 'string' },
    named,
    set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    plain: { type: 'array', items: { type: 'string' } },
    either: { 'x-kubernetes-int-or-string': true },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    map: { type: 'object', additionalProperties: { type: 'boolean' } },
  },
};

test.each<[string, unknown, boolean]>([
  ['nothing', {}, true],
  ['null anywhere', { size: null, named: null, map: { a: null } }, true],
  ['what the schema says', { size: 1, text: 'x', named: [{ name: 'a', size: 2 }], set: ['a'], map: { a: true } }, true],
  ['items that come twice', { named: [{ name: 'a' }, { name: 'a' }], set: ['a', 'a'] }, true],
  ['anything where anything goes', { either: '5%', free: { a: [{ b: 1 }, 'x', null] } }, true],
  ['a field that is not declared', { other: 1 }, false],
  ['text for a number', { size: '1' }, false],
  ['a number for text', { text: 1 }, false],
  ['a map for a list', { plain: {} }, false],
  ['a list for a map', { map: [] }, false],
  ['an item of another type', { plain: [1] }, false],
  ['an item without its name', { named: [{ size: 1 }] }, false],
  ['an item that is no map', { named: ['a'] }, false],
  ['a map in a set', { set: [{}] }, false],
  ['a field of an item that is of another type', { named: [{ name: 'a', size: 'x' }] }, false],
  ['a value of a map that is of another type', { map: { a: 'true' } }, false],
])('%s', (_name, value, fits) => {
  expect(
    fitsType(
      typeOf(schema, (given) => given),
      value,
    ),
  ).toBe(fits);
});
