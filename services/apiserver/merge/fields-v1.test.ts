import { describe, expect, test } from 'vitest';
import { difference, fieldSetOf, hasPath, intersection, pathsOf, recursiveDifference, union } from './field-set.ts';
import { decodeFieldsV1, encodeFieldsV1 } from './fields-v1.ts';
import { keyElement, pathText, valueElement } from './path-element.ts';

describe('fieldsV1', () => {
  test('a set comes back as it was, its keys in order', () => {
    const fields = {
      'f:metadata': { 'f:annotations': { '.': {}, 'f:a': {}, 'f:b': {} } },
      'f:spec': {
        'f:args': {},
        'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:image': {} }, 'k:{"name":"b"}': { '.': {} } },
        'f:finalizers': { 'v:"x"': {}, 'v:"y"': {} },
      },
    };
    const expected = structuredClone(fields) as unknown as Record<string, Record<string, object>>;
    // An item with nothing below it is a plain member.
    Object.assign(expected['f:spec']!['f:containers']!, { 'k:{"name":"b"}': {} });
    expect(JSON.stringify(encodeFieldsV1(decodeFieldsV1(fields)))).toBe(JSON.stringify(expected));
  });

  test('keys are read in any order and escaping, and written canonically', () => {
    const set = decodeFieldsV1({ 'k:{"protocol":"TCP","containerPort":80}': {}, 'v:"<"': {} });
    expect(Object.keys(encodeFieldsV1(set))).toEqual(['k:{"containerPort":80,"protocol":"TCP"}', 'v:"\\u003c"']);
  });

  test('items with number keys are sorted as numbers', () => {
    const set = decodeFieldsV1({ 'k:{"port":443}': {}, 'k:{"port":80}': {}, 'k:{"port":8080}': {} });
    expect(Object.keys(encodeFieldsV1(set))).toEqual(['k:{"port":80}', 'k:{"port":443}', 'k:{"port":8080}']);
  });

  test.each([
    ['a string', 'x'],
    ['a step without a colon', { fspec: {} }],
    ['a key that is no JSON', { 'k:{': {} }],
    ['a member that is no object', { 'f:spec': 1 }],
    ['an index that is no number', { 'i:x': {} }],
  ])('%s is refused', (_name, fields) => {
    expect(() => decodeFieldsV1(fields)).toThrow();
  });

  test('kinds of steps that are not known are dropped', () => {
    expect(encodeFieldsV1(decodeFieldsV1({ 'z:x': { 'f:a': {} }, 'f:a': {} }))).toEqual({ 'f:a': {} });
  });
});

describe('field sets', () => {
  const a = decodeFieldsV1({ 'f:a': { '.': {}, 'f:x': {}, 'f:y': {} }, 'f:b': {} });
  const b = decodeFieldsV1({ 'f:a': { 'f:x': {} }, 'f:c': {} });

  test.each([
    ['union', union(a, b), { 'f:a': { '.': {}, 'f:x': {}, 'f:y': {} }, 'f:b': {}, 'f:c': {} }],
    ['intersection', intersection(a, b), { 'f:a': { 'f:x': {} } }],
    ['difference', difference(a, b), { 'f:a': { '.': {}, 'f:y': {} }, 'f:b': {} }],
    ['difference with a parent', difference(a, fieldSetOf([['a']])), { 'f:a': { 'f:x': {}, 'f:y': {} }, 'f:b': {} }],
    ['recursive difference with a parent', recursiveDifference(a, fieldSetOf([['a']])), { 'f:b': {} }],
  ])('%s', (_name, set, expected) => {
    expect(encodeFieldsV1(set)).toEqual(expected);
  });

  test('has only its members', () => {
    expect(hasPath(b, ['f:a', 'f:x'])).toBe(true);
    expect(hasPath(b, ['f:a'])).toBe(false);
    expect(hasPath(b, [])).toBe(false);
  });

  test('paths are listed as upstream lists them, members first', () => {
    expect([...pathsOf(a)].map(pathText)).toEqual(['.a', '.b', '.a.x', '.a.y']);
  });

  test('paths are printed as in conflicts', () => {
    const port = keyElement({ protocol: 'TCP', containerPort: 80 });
    expect(pathText(['f:spec', 'f:ports', port, 'f:hostPort'])).toBe(
      '.spec.ports[containerPort=80,protocol="TCP"].hostPort',
    );
    expect(pathText(['f:metadata', 'f:finalizers', valueElement('a/b')])).toBe('.metadata.finalizers[="a/b"]');
    expect(pathText(['f:a', 'i:2'])).toBe('.a[2]');
  });
});
