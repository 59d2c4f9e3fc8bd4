import { describe, expect, test } from 'vitest';
import { builtinNameOfKind, builtinSchema, resolveBuiltin } from './definitions.ts';
import { expandField, expandType, writeRuleOf } from './expand-definition.ts';
import { builtinTables } from './tables.ts';

describe('a type expression', () => {
  test.each([
    ['string', { type: 'string' }],
    ['string~', { type: 'string', default: '' }],
    ['int32~', { type: 'integer', format: 'int32', default: 0 }],
    ['date-time', { type: 'string', format: 'date-time' }],
    ['[]string~', { type: 'array', items: { type: 'string', default: '' } }],
    ['{}a.b.C', { type: 'object', additionalProperties: { $ref: '#/components/schemas/io.k8s.a.b.C' } }],
    ['a.b.C~', { $ref: '#/components/schemas/io.k8s.a.b.C', default: {} }],
    ['any', { 'x-kubernetes-preserve-unknown-fields': true }],
  ])('%s is expanded', (code, schema) => {
    expect(expandType(code)).toEqual(schema);
  });

  test('of a field carries its number, its rules and its attributes', () => {
    const field = expandField('2.7!? []a.b.C~ list=map keys=name,port patch=merge,retainKeys key=name');
    expect(field).toMatchObject({ required: true, protoPath: '2.7' });
    expect(field.schema).toMatchObject({
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name', 'port'],
      'x-kubernetes-patch-strategy': 'merge,retainKeys',
      'x-kubernetes-patch-merge-key': 'name',
    });
    expect(writeRuleOf(field.schema)).toBe('omit-empty');
  });

  test('says which fields are not in protobuf', () => {
    expect(expandField('0 string').protoPath).toBe('');
  });
});

describe('the built-in definitions', () => {
  test('all expand, and every reference leads to one', () => {
    for (const { definitions } of builtinTables) {
      for (const name of Object.keys(definitions)) {
        const schema = builtinSchema(`io.k8s.${name}`);
        const parts = Object.values(schema?.properties ?? {});
        for (const part of parts) expect(() => resolveBuiltin(part.items ?? part)).not.toThrow();
      }
    }
  });

  test('give containers their merge keys and protobuf numbers', () => {
    const containers = builtinSchema('io.k8s.api.core.v1.PodSpec')?.properties?.['containers'];
    expect(containers).toMatchObject({
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'name',
    });
  });

  test('keep what stands beside a reference when it is resolved', () => {
    const strategy = builtinSchema('io.k8s.api.apps.v1.DeploymentSpec')?.properties?.['strategy'];
    const resolved = resolveBuiltin(strategy!);
    expect(resolved).toMatchObject({ type: 'object', default: {}, 'x-kubernetes-patch-strategy': 'retainKeys' });
    expect(resolveBuiltin(strategy!)).toBe(resolved);
  });

  test('are found by kind', () => {
    expect(builtinNameOfKind('autoscaling', 'v1', 'Scale')).toBe('io.k8s.api.autoscaling.v1.Scale');
    expect(builtinNameOfKind('', 'v1', 'PodList')).toBe('io.k8s.api.core.v1.PodList');
    expect(builtinNameOfKind('', 'v1', 'Nothing')).toBeUndefined();
  });
});
