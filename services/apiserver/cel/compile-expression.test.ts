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

  test('of many mistakes is told the first hundred', () => {
    const lines = outcome(`[${'a,'.repeat(15_000)}a]`).split('\n');
    const told = "ERROR: <input>:1:2: undeclared reference to 'a' (in container '')";
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([101, told, '14901 more errors were truncated']);
  });

  test.each([
    ['long', 'true && '.repeat(12_600), 'expression code point size exceeds limit: size: 100800, limit 100000'],
    ['wide', '"🙂" != '.repeat(16_667), 'expression code point size exceeds limit: size: 116669, limit 100000'],
  ])('may not be that %s', (_, rule, why) => {
    expect(outcome(rule)).toBe(`ERROR: <input>:-1:0: ${why}`);
  });

  test.each([
    ['&&', `true${' && true'.repeat(12_000)}`],
    ['||', `false${' || true'.repeat(10_000)}`],
    ['==', `[1 == 1${', 1 == 1'.repeat(4_000)}].size() > 1`],
    ['+', `1${' + 1'.repeat(240)} > 0`],
  ])('may have many %s', (_, rule) => {
    expect(outcome(rule)).toBe('bool');
  });

  test.each([
    ['!', `${'!'.repeat(50_000)}true`],
    ['-', `${'-'.repeat(20_000)}self.a`],
    ['+', `1${' + 1'.repeat(20_000)}`],
    ['?:', `${'true ? '.repeat(600)}1${' : 2'.repeat(600)}`],
    ['.', `self${'.a'.repeat(20_000)}`],
  ])('may not have that many %s', (_, rule) => {
    expect(outcome(rule)).toMatch(/^ERROR: <input>:.*(expression recursion limit exceeded: 500|Exceeded maxDepth)/);
  });

  test.each([
    ['by loops', `[1]${'.map(a, {a: a})'.repeat(30)}`],
    ['by what is left open', `[[]]${'.map(x, [[], [{x: x}]][0])'.repeat(30)}`],
    ['by macros', `self.?a${'.optMap(v, v + 1)'.repeat(60)}.hasValue()`],
  ])('whose types grow %s is refused', (_, rule) => {
    expect(outcome(rule)).toBe('ERROR: <input>:-1:0: the types of the expression are too large to be checked');
  });

  test('that is no expression is refused', () => {
    expect(outcome('self.a ==')).toMatch(/^ERROR: <input>:1:10: Syntax error: /);
  });
});
