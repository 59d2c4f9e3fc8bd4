import { describe, expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { cronTabDefinition } from './crd-fixture.ts';
import { validateCustomResource } from './validate-custom-resource.ts';

/** The expected texts are those of a kube-apiserver 1.36 for the same schema and the same object. */

const either: Schema['anyOf'] = [{ required: ['a'] }, { required: ['b'] }];
const ab: Schema = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } };

const definition = cronTabDefinition({
  type: 'object',
  required: ['image'],
  properties: {
    image: { type: 'string', minLength: 2, maxLength: 5, pattern: '^[a-z]+$' },
    mode: { type: 'string', enum: ['Push', 'Pull'] },
    n: { type: 'integer', minimum: 1, maximum: 10, multipleOf: 2 },
    x: { type: 'number', minimum: 1, exclusiveMinimum: true },
    t: { type: 'string', format: 'date-time' },
    l: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2 },
    set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    map: {
      type: 'array',
      items: { type: 'object', required: ['k'], properties: { k: { type: 'string' } } },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
    },
    ios: { 'x-kubernetes-int-or-string': true },
    m: { type: 'object', additionalProperties: { type: 'integer' }, maxProperties: 2, minProperties: 1 },
    emb: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    nul: { type: 'string', nullable: true },
    any: { ...ab, anyOf: either },
    one: { ...ab, oneOf: either },
    not: { ...ab, not: { required: ['a'] } },
    all: { type: 'integer', allOf: [{ minimum: 3 }, { maximum: 5 }] },
    cel: {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'integer' }, namespace: { type: 'string' } },
      'x-kubernetes-validations': [
        { rule: 'self.a < self.b', message: 'a must be less' },
        { rule: 'self.a != 7' },
        {
          rule: 'self.b != 9',
          messageExpression: "'b is nine'",
          reason: 'FieldValueForbidden',
          fieldPath: '.b',
        },
        { rule: 'self.b >= oldSelf.b', message: 'b must not shrink' },
        { rule: "!has(self.__namespace__) || self.__namespace__ != 'x'", message: 'not x' },
        { rule: 'self.nothing.like(this', message: 'cannot be compiled' },
      ],
    },
  },
});

function complaints(spec: unknown, old?: unknown): string[] {
  const object = { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: {}, spec };
  const causes = validateCustomResource(definition, object, {
    old: old === undefined ? undefined : { ...object, spec: old },
  });
  return causes.map(({ field, message }) => `${field}: ${message}`);
}

const notChecked =
  '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

describe('a custom resource with', () => {
  test.each<[string, object, string[]]>([
    [
      'a wrong type',
      { image: 1 },
      ['spec.image: Invalid value: "integer": spec.image in body must be of type string: "integer"', notChecked],
    ],
    [
      'too short a text',
      { image: 'a' },
      ['spec.image: Invalid value: "a": spec.image in body should be at least 2 chars long'],
    ],
    ['too long a text', { image: 'abcdef' }, ['spec.image: Too long: may not be more than 5 bytes', notChecked]],
    [
      'a text that does not match',
      { image: 'A1' },
      ['spec.image: Invalid value: "A1": spec.image in body should match \'^[a-z]+$\''],
    ],
    [
      'an unsupported value',
      { mode: 'x' },
      ['spec.mode: Unsupported value: "x": supported values: "Push", "Pull"', notChecked],
    ],
    [
      'several faults',
      { n: 11 },
      [
        'spec.n: Invalid value: 11: spec.n in body should be a multiple of 2',
        'spec.n: Invalid value: 11: spec.n in body should be less than or equal to 10',
      ],
    ],
    ['too small a number', { n: 0 }, ['spec.n: Invalid value: 0: spec.n in body should be greater than or equal to 1']],
    ['a number at an exclusive bound', { x: 1 }, ['spec.x: Invalid value: 1: spec.x in body should be greater than 1']],
    ['no date', { t: 'x' }, ['spec.t: Invalid value: "x": spec.t in body must be of type date-time: "x"', notChecked]],
    ['too few items', { l: [] }, ['spec.l: Invalid value: 0: spec.l in body should have at least 1 items']],
    ['too many items', { l: ['a', 'b', 'c'] }, ['spec.l: Too many: 3: must have at most 2 items', notChecked]],
    [
      'a wrong item',
      { l: [1] },
      ['spec.l[0]: Invalid value: "integer": spec.l[0] in body must be of type string: "integer"', notChecked],
    ],
    ['a duplicate in a set', { set: ['a', 'b', 'a', 'a'] }, ['spec.set[2]: Duplicate value: "a"']],
    ['a duplicate key', { map: [{ k: 'a' }, { k: 'a' }] }, ['spec.map[1]: Duplicate value: {"k":"a"}']],
    ['an item without its key', { map: [{}] }, ['spec.map[0].k: Required value', notChecked]],
    [
      'neither integer nor string',
      { ios: true },
      ['spec.ios: Invalid value: "boolean": spec.ios in body must be of type integer,string: "boolean"', notChecked],
    ],
    [
      'a wrong value in a map',
      { m: { a: 'b' } },
      ['spec.m.a: Invalid value: "string": spec.m.a in body must be of type integer: "string"', notChecked],
    ],
    ['too small a map', { m: {} }, ['spec.m: Invalid value: 0: spec.m in body should have at least 1 properties']],
    [
      'an embedded object of no kind',
      { emb: {} },
      ['spec.emb.apiVersion: Required value', 'spec.emb.kind: Required value', notChecked],
    ],
    [
      'an embedded object of a kind that can be none',
      { emb: { apiVersion: 'a/b/c', kind: true } },
      [
        'spec.emb.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
        'spec.emb.kind: Invalid value: true: must be a string',
      ],
    ],
    [
      'none of any',
      { any: {} },
      [
        '<nil>: Invalid value: "": "spec.any" must validate at least one schema (anyOf)',
        'spec.any.a: Required value',
        notChecked,
      ],
    ],
    [
      'two of one',
      { one: { a: '1', b: '2' } },
      [
        '<nil>: Invalid value: "": "spec.one" must validate one and only one schema (oneOf). Found 2 valid alternatives',
      ],
    ],
    [
      'what must not be',
      { not: { a: '1' } },
      ['<nil>: Invalid value: "": "spec.not" must not validate the schema (not)'],
    ],
    [
      'not all of all',
      { all: 7 },
      [
        'spec.all: Invalid value: 7: spec.all in body should be less than or equal to 5',
        '<nil>: Invalid value: "": "spec.all" must validate all the schemas (allOf)',
      ],
    ],
    ['a rule broken', { cel: { a: 3, b: 2 } }, ['spec.cel: Invalid value: a must be less']],
    [
      'two rules broken',
      { cel: { a: 7, b: 9 } },
      ['spec.cel: Invalid value: failed rule: self.a != 7', 'spec.cel.b: Forbidden: b is nine'],
    ],
    ['a rule on a reserved name', { cel: { a: 1, b: 2, namespace: 'x' } }, ['spec.cel: Invalid value: not x']],
    ['null where it may be', { nul: null }, []],
    ['nothing wrong', { mode: 'Pull', n: 4, t: '2026-01-01T00:00:00Z', cel: { a: 1, b: 2 } }, []],
  ])('%s', (_, spec, expected) => {
    expect(complaints({ image: 'abc', ...spec })).toEqual(expected);
  });

  test('a required field missing', () => {
    expect(complaints({})).toEqual(['spec.image: Required value', notChecked]);
  });

  test('a transition that a rule forbids', () => {
    const spec = { image: 'abc', cel: { a: 1, b: 2 } };
    expect(complaints(spec, { image: 'abc', cel: { a: 1, b: 3 } })).toEqual([
      'spec.cel: Invalid value: b must not shrink',
    ]);
    expect(complaints(spec, { image: 'abc', cel: { a: 1, b: 1 } })).toEqual([]);
    expect(complaints(spec, { image: 'abc' })).toEqual([]);
  });
});
