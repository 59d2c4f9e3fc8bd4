import { describe, expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { type Form, objectProperties, structuralForm } from './structural-form.ts';

const either = [{ type: 'integer' }, { type: 'string' }];
const open = { 'x-kubernetes-preserve-unknown-fields': true };
const embedded = { 'x-kubernetes-embedded-resource': true };
const text = { type: 'string' } as const;

describe('a schema as it is published', () => {
  test.each<[string, Schema, Form, object]>([
    ['what says nothing is left out', { ...text, title: '', nullable: false, enum: [] }, 'newer', text],
    ['a bound of zero says something', { type: 'integer', minimum: 0 }, 'newer', { type: 'integer', minimum: 0 }],
    [
      'a number or text is said to be either',
      { 'x-kubernetes-int-or-string': true },
      'newer',
      { 'x-kubernetes-int-or-string': true, anyOf: either },
    ],
    [
      'and besides other alternatives',
      { 'x-kubernetes-int-or-string': true, anyOf: [{ pattern: 'a' }] },
      'newer',
      { 'x-kubernetes-int-or-string': true, anyOf: [{ pattern: 'a' }], allOf: [{ anyOf: either }] },
    ],
    [
      'a whole object has a type and metadata',
      { type: 'object', ...embedded, ...open },
      'newer',
      { type: 'object', ...embedded, ...open, required: ['kind', 'apiVersion'], properties: objectProperties },
    ],
    [
      'but not where older clients would then refuse the rest',
      { type: 'object', ...embedded, ...open },
      'older',
      {
        ...embedded,
        ...open,
      },
    ],
    ['older documents know no null', { ...text, nullable: true, enum: ['a', null] }, 'older', { enum: ['a', null] }],
    ['nor lists without items', { type: 'array', items: text, nullable: true }, 'older', {}],
    ['nor defaults and combinations', { ...text, default: 'a', not: { pattern: 'b' } }, 'older', text],
    [
      'what may be null is not required there',
      { type: 'object', required: ['a', 'b'], properties: { a: text, b: { ...text, nullable: true } } },
      'older',
      { type: 'object', required: ['a'], properties: { a: text, b: {} } },
    ],
  ])('%s', (_name, schema, form, expected) => {
    expect(structuralForm(schema, form)).toEqual(expected);
  });
});
