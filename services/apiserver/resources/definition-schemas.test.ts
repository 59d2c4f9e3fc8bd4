import { describe, expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { newCronTabCrd } from '../types/crd-fixture.ts';
import { generalSchemaErrors, unservedText } from '../types/general-schema.ts';
import { formatWarnings, settleSchemas } from './definition-schemas.ts';

/** As a client may send it, of any type. */
const crdWith = (spec: unknown) => newCronTabCrd(spec as Schema);
const UNUSABLE =
  'CustomResourceDefinition in version "v1" cannot be handled as a CustomResourceDefinition: json: cannot unmarshal';
const WAY = 'JSONSchemaProps.spec.versions.schema.openAPIV3Schema.properties';

describe('parts of a schema that may be of several types', () => {
  test.each<[string, object, string]>([
    [
      'a field of a map',
      { additionalProperties: { type: 'string', format: 5 } },
      `number into Go struct field ${WAY}.additionalProperties.format of type string`,
    ],
    [
      'a list of parts of items',
      { items: { allOf: 5 } },
      `number into Go struct field ${WAY}.items.allOf of type []v1.JSONSchemaProps`,
    ],
    [
      'what is further below',
      { items: { properties: { a: { additionalProperties: { anyOf: [{ items: { maxLength: 'x' } }] } } } } },
      `string into Go struct field ${WAY}.items.properties.additionalProperties.anyOf.items.maxLength of type int64`,
    ],
    [
      'an item of a list of schemas',
      { items: [{}, 5] },
      `number into Go struct field ${WAY}.items of type v1.JSONSchemaProps`,
    ],
  ])('are of their types also inside: %s', (_what, spec, why) => {
    expect(() => settleSchemas(crdWith(spec))).toThrow(`${UNUSABLE} ${why}`);
  });

  test('lose what they do not know, and nulls', () => {
    const crd = crdWith({
      items: [null, { type: 'string', odd: 1 }],
      additionalProperties: { type: 'string', odd: 1 },
    });
    settleSchemas(crd);
    expect(crd.spec.versions[0]?.schema?.openAPIV3Schema?.properties?.['spec']).toEqual({
      items: [{}, { type: 'string' }],
      additionalProperties: { type: 'string' },
    });
  });
});

describe('what was stored before it was looked at so closely', () => {
  test.each([
    ['a format that is no text', { additionalProperties: { type: 'string', format: 5 } }],
    ['a type that every object has', { type: 'constructor', format: 'x' }],
  ])('can be warned of: %s', (_what, spec) => {
    expect(formatWarnings(crdWith(spec))).toEqual('type' in spec ? ['unrecognized format "x"'] : []);
  });

  test('can be looked through', () => {
    const schema = { type: 'array', items: { type: 'string', allOf: 5, anyOf: {} } } as unknown as Schema;
    expect(generalSchemaErrors(schema, 'schema')).toEqual([]);
    expect(unservedText(schema)).toBeUndefined();
  });
});
