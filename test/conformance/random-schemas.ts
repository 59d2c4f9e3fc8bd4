/** Random structural schemas, and values that fit them more or less: defaults, nulls, unknown fields, lists of every type and rules. */

import fc from 'fast-check';
import type { Body } from './objects.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const NAMES = ['a', 'b', 'c'];

const scalars: fc.Arbitrary<Body> = pick<Body>(
  { type: 'string' },
  { type: 'string', default: 'x' },
  { type: 'string', enum: ['x', 'y'] },
  { type: 'string', enum: ['x', 'y'], default: 'y' },
  { type: 'string', minLength: 2, maxLength: 3 },
  { type: 'string', pattern: '^[a-x]+$' },
  { type: 'string', format: 'date-time' },
  { type: 'string', format: 'ipv4' },
  { type: 'string', nullable: true },
  { type: 'string', nullable: true, default: 'x' },
  { type: 'integer' },
  { type: 'integer', default: 2 },
  { type: 'integer', minimum: 1, maximum: 5 },
  { type: 'integer', minimum: 1, exclusiveMinimum: true, multipleOf: 2 },
  { type: 'integer', format: 'int32' },
  { type: 'number' },
  { type: 'number', default: 1.5 },
  { type: 'boolean' },
  { type: 'boolean', default: true },
  { 'x-kubernetes-int-or-string': true },
  { type: 'string', 'x-kubernetes-validations': [{ rule: "self != 'y'", message: 'is y' }] },
  { type: 'string', not: { enum: ['y'] } },
  { type: 'integer', anyOf: [{ minimum: 3 }, { maximum: 1 }] },
  { type: 'integer', oneOf: [{ minimum: 1 }, { minimum: 3 }] },
);

function objects(depth: number): fc.Arbitrary<Body> {
  const below = schemas(depth - 1);
  const fields = fc.dictionary(pick(...NAMES), below, { minKeys: 1, maxKeys: 3 });
  const declared = fc
    .tuple(fields, fc.subarray(NAMES, { maxLength: 1 }), pick({}, {}, {}, ...extras))
    .map(([properties, required, more]) => ({
      type: 'object',
      properties,
      ...(required.some((name) => name in properties)
        ? { required: required.filter((name) => name in properties) }
        : {}),
      ...(Object.keys(properties).length > 1 ? ruled(Object.keys(properties)) : {}),
      ...more,
    }));
  const entries = fc
    .tuple(below, pick({}, {}, { maxProperties: 2 }, { 'x-kubernetes-map-type': 'atomic' }))
    .map(([additionalProperties, more]) => ({ type: 'object', additionalProperties, ...more }));
  const free = pick<Body>(
    { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    { type: 'object', nullable: true, 'x-kubernetes-preserve-unknown-fields': true },
  );
  return fc.oneof(
    { weight: 5, arbitrary: declared },
    { weight: 2, arbitrary: entries },
    { weight: 1, arbitrary: free },
  );
}

const ruled = ([one, other]: string[]): Body => ({
  'x-kubernetes-validations': [{ rule: `!has(self.${one}) || !has(self.${other})`, message: 'both are there' }],
});

const extras: Body[] = [
  { default: {} },
  { nullable: true },
  { 'x-kubernetes-preserve-unknown-fields': true },
  { 'x-kubernetes-map-type': 'atomic' },
  { maxProperties: 1 },
];

function lists(depth: number): fc.Arbitrary<Body> {
  const plain = fc
    .tuple(
      schemas(depth - 1),
      pick<Body>({}, {}, { maxItems: 2 }, { 'x-kubernetes-list-type': 'atomic' }, { minItems: 1 }),
    )
    .map(([items, more]) => ({ type: 'array', items, ...more }));
  const sets = pick<Body>({ type: 'string' }, { type: 'integer' }).map((items) => ({
    type: 'array',
    items,
    'x-kubernetes-list-type': 'set',
  }));
  const maps = fc
    .tuple(
      pick<Body>({ type: 'string' }, { type: 'string', default: 'k1' }),
      schemas(depth - 1),
      pick<Body>({}, { maxItems: 2 }),
    )
    .map(([key, a, more]) => ({
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
      items: { type: 'object', properties: { k: key, a }, ...('default' in key ? {} : { required: ['k'] }) },
      ...more,
    }));
  return fc.oneof(plain, sets, { weight: 2, arbitrary: maps });
}

export function schemas(depth: number): fc.Arbitrary<Body> {
  if (depth <= 0) return scalars;
  return fc.oneof(
    { weight: 3, arbitrary: scalars },
    { weight: 3, arbitrary: objects(depth) },
    { weight: 2, arbitrary: lists(depth) },
  );
}

/** Most often one that fits. */
export function valueFor(schema: Body): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 14, arbitrary: fitting(schema) },
    { weight: 1, arbitrary: pick<unknown>(null, null, 'x', 'zz', 7, 1.5, true, {}, [], [null], { a: null }) },
  );
}

const texts = pick<unknown>('x', 'y', 'ab', 'abcd', 'x', '2020-01-01T00:00:00Z', '10.0.0.1', '');
const counts = pick<unknown>(1, 2, 3, 4, 5, 6, 0, -1);

function fitting(schema: Body): fc.Arbitrary<unknown> {
  const { type, items, properties, additionalProperties } = schema;
  if (schema['x-kubernetes-int-or-string']) return pick<unknown>(1, '2', '50%');
  if (type === 'integer') return counts;
  if (type === 'number') return pick<unknown>(1, 1.5, -0.5, 3);
  if (type === 'boolean') return pick<unknown>(true, false);
  if (type === 'array') return fc.array(valueFor(items as Body), { maxLength: 3 });
  if (type !== 'object') return texts;
  if (additionalProperties)
    return fc.dictionary(pick('a', 'b', 'k'), valueFor(additionalProperties as Body), { maxKeys: 3 });
  if (!properties) return pick<unknown>({}, { a: 1 }, { a: null, b: { c: [1, null] } }, { d: 'x' });
  const fields = Object.entries(properties).map(([name, own]) => [name, valueFor(own as Body)]);
  const more = fc.record({ unknown: pick<unknown>(1, null, { a: 1 }) }, { requiredKeys: [] });
  return fc
    .tuple(
      fc.record(Object.fromEntries(fields), { requiredKeys: [] }),
      fc.oneof({ weight: 6, arbitrary: pick({}) }, more),
    )
    .map(([own, extra]) => ({ ...own, ...(extra as Body) }));
}
