import { expect, test } from 'vitest';
import { duplicateFields } from './duplicate-fields.ts';

test.each<[string, string[]]>([
  ['{}', []],
  ['{"a":1,"b":{"a":1}}', []],
  ['{"a":1,"a":2,"a":3}', ['a']],
  ['{"spec":{"x":[{"n":1},{"n":1,"m":"}","n":2}]}}', ['spec.x[1].n']],
  ['{"a\\"b":1, "a\\u0022b" : [ ] }', ['a"b']],
  ['{"a":"{\\"b\\":1,\\"b\\":2}","c":[1,2.5e3,true,null,"]"],"c":{}}', ['c']],
  [' [ {"a" : { } , "a" : [ ] } ] ', ['[0].a']],
])('%s has twice %j', (json, paths) => {
  expect(JSON.parse(json)).toBeDefined();
  expect(duplicateFields(json)).toEqual(paths);
});
