import { expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { applyDefaults } from './apply-defaults.ts';

test('a field named as what every JavaScript object has gets its default', () => {
  const schema = JSON.parse(`{"type": "object", "properties": {
    "__proto__": {"type": "object", "default": {"a": 1}, "properties": {"b": {"type": "integer", "default": 2}}},
    "constructor": {"type": "string", "default": "c"}
  }}`) as Schema;
  const object = applyDefaults({}, schema, (given) => given);
  expect(JSON.stringify(object)).toBe('{"__proto__":{"a":1,"b":2},"constructor":"c"}');
});
