import { describe, expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { typeOf } from './atom.ts';
import { decodeFieldsV1 } from './fields-v1.ts';
import { removeItems } from './remove-items.ts';

const inner: Schema = { type: 'object', properties: { x: { type: 'string' }, y: { type: 'string' } } };
const schema: Schema = {
  type: 'object',
  properties: {
    inner,
    outer: { type: 'object', properties: { inner } },
    items: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: { type: 'object', properties: { name: { type: 'string' }, inner } },
    },
    atomic: { type: 'array', items: { type: 'string' } },
  },
};
const type = typeOf(schema, (given) => given);
const value = { inner: { x: '1' }, items: [{ name: 'a', inner: { x: '1', y: '2' } }, { name: 'b' }], atomic: ['1'] };

describe('removeItems', () => {
  test.each([
    ['a field', { 'f:inner': {} }, { items: value.items, atomic: value.atomic }],
    ['an item', { 'f:items': { 'k:{"name":"b"}': {} } }, { ...value, items: [value.items[0]] }],
    [
      'a field of an item',
      { 'f:items': { 'k:{"name":"a"}': { 'f:inner': { 'f:y': {} } } } },
      { ...value, items: [{ name: 'a', inner: { x: '1' } }, { name: 'b' }] },
    ],
    ['nothing', { 'f:other': {} }, value],
  ])('takes %s away', (_name, fields, expected) => {
    expect(removeItems(type, value, decodeFieldsV1(fields))).toEqual(expected);
  });

  test('leaves null where nothing is left, in items too', () => {
    const below = { 'f:x': {}, 'f:y': {} };
    const set = decodeFieldsV1({ 'f:inner': below, 'f:items': { 'k:{"name":"a"}': { 'f:inner': below } } });
    const expected = { inner: null, items: [{ name: 'a', inner: null }, { name: 'b' }], atomic: ['1'] };
    expect(removeItems(type, value, set)).toStrictEqual(expected);
  });

  test('leaves a map around one that becomes empty', () => {
    const set = decodeFieldsV1({ 'f:outer': { 'f:inner': { 'f:x': {} } } });
    expect(removeItems(type, { outer: { inner: { x: '1' } } }, set)).toStrictEqual({ outer: { inner: null } });
  });
});
