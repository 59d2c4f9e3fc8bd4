import { expect, test } from 'vitest';
import { cronTabDefinition } from '../types/crd-fixture.ts';
import { newFieldSelector } from './field-selector.ts';

test('a field that is called as what every JavaScript object has is there only where an object has it', () => {
  const definition = { ...cronTabDefinition(), selectableFields: ['spec.constructor'] };
  const selector = newFieldSelector(definition, [{ field: 'spec.constructor', isEqual: true, value: '' }]);
  const object = (spec: object) => ({ apiVersion: 'v1', kind: 'CronTab', metadata: { name: 'a' }, spec });
  expect(selector?.matches(object({}))).toBe(true);
  expect(selector?.matches(object({ constructor: 'x' }))).toBe(false);
});
