import { describe, expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { type CelType, formatType } from './cel-type.ts';
import { compileExpression } from './compile-expression.ts';
import { hasOptionalEntries } from './parse-expression.ts';
import { schemaType } from './schema-type.ts';

/** The expected texts are those of a kube-apiserver 1.36 for the same schema and the same rule; test/conformance has more of them. */

const schema: Schema = {
  type: 'object',
  properties: {
    a: { type: 'integer' },
    s: { type: 'string' },
    q: { type: 'number' },
    'x-y': { type: 'string' },
    namespace: { type: 'string' },
    mixed: { 'x-kubernetes-int-or-string': true },
    any: { 'x-kubernetes-preserve-unknown-fields': true },
    list: { type: 'array', items: { type: 'object', properties: { n: { type: 'string' } } } },
    map: { type: 'object', additionalProperties: { type: 'integer' } },
    time: { type: 'string', format: 'date-time' },
  },
};

function outcome(rule: string): string {
  const self = schemaType(schema, 'self', false) as CelType;
  const compiled = compileExpression(rule, new Map([['self', self]]));
  return 'error' in compiled ? compiled.error : formatType(compiled.type);
}

describe('a rule', () => {
  test.each([
    ['self.a > 1.5 && self.q < 2', 'bool'],
    ['self.list.filter(x, x.n == self.x__dash__y).map(x, x.n)', 'list(string)'],
    ['self.map.transformMap(k, v, k.size() + v)', 'map(string, int)'],
    ['self.mixed == 1 || self.mixed == "x"', 'bool'],
    ['self.__namespace__ + self.namespace', 'string'],
    ['self.?a.optMap(v, v > 1).orValue(false)', 'bool'],
    ['self.time - duration("1h")', 'timestamp'],
    ['type(self.a)', 'type(int)'],
    ['quantity("1").add(quantity("2"))', 'kubernetes.Quantity'],
    ['[]', 'list(dyn)'],
  ])('%s is %s', (rule, type) => {
    expect(outcome(rule)).toBe(type);
  });

  test.each([
    [
      'self.a == self.s',
      "ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(int, string)'\n | self.a == self.s\n | .......^",
    ],
    ['self.nope', "ERROR: <input>:1:5: undefined field 'nope'\n | self.nope\n | ....^"],
    ['self.any', "ERROR: <input>:1:5: undefined field 'any'\n | self.any\n | ....^"],
    ['has(self.nope)', "ERROR: <input>:1:4: undefined field 'nope'\n | has(self.nope)\n | ...^"],
    ['nope', "ERROR: <input>:1:1: undeclared reference to 'nope' (in container '')\n | nope\n | ^"],
    [
      'self.list.all(x, x.n)',
      "ERROR: <input>:1:19: expected type 'bool' but found 'string'\n | self.list.all(x, x.n)\n | ..................^",
    ],
    [
      '"ä" ==\n (nope) &&\n\tself.s',
      "ERROR: <input>:2:3: undeclared reference to 'nope' (in container '')\n |  (nope) &&\n | ..^\nERROR: <input>:3:6: expected type 'bool' but found 'string'\n |  self.s\n | .....^",
    ],
    [
      '"ä" == 1',
      "ERROR: <input>:1:5: found no matching overload for '_==_' applied to '(string, int)'\n | \"ä\" == 1\n | .．..^",
    ],
    [
      "self.s.matches('(')",
      "ERROR: <input>:1:16: invalid matches argument\n | self.s.matches('(')\n | ...............^",
    ],
    ['[1, "a"]', "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, \"a\"]\n | ....^"],
    [
      'self.list.all(x.y, true)',
      'ERROR: <input>:1:16: argument must be a simple name\n | self.list.all(x.y, true)\n | ...............^',
    ],
  ])('%s is refused', (rule, error) => {
    expect(outcome(rule)).toBe(error);
  });

  test.each([
    ['[?self.?a, 1].size() == 1', true],
    ["{?'a': self.?a}.size() == 1", true],
    ['[1, ?self.?a].size() == 1', true],
    ['self.list[?0].hasValue()', false],
    ['[1, self.a ? 1 : 2].size() == 1', false],
    ['[1, self.a', false],
  ])('%s has entries that may be missing: %s', (rule, has) => {
    expect(hasOptionalEntries(rule)).toBe(has);
  });

  test('that is no expression is refused', () => {
    expect(outcome('self.a ==')).toMatch(/^ERROR: <input>:1:10: Syntax error: /);
  });
});
