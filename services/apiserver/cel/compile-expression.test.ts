import { describe, expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { type CelType, formatType } from './cel-type.ts';
import { compileExpression } from './compile-expression.ts';
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
  const self = schemaType(schema, { name: 'self', isResource: false }) as CelType;
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
    ['+', `1${' + 1'.repeat(249)} > 0`],
    ['!', `${'!'.repeat(50_000)}true`],
    ['-', `${'-'.repeat(20_000)}self.a == self.a`],
    ['?:', `${'true ? true : '.repeat(249)}false`],
    ['items, deep within others,', `${'['.repeat(240)}${'1,'.repeat(49_400)}${']'.repeat(240)} == []`],
    ['(', `${'('.repeat(249)}true${')'.repeat(249)}`],
  ])('may have many %s', (_, rule) => {
    expect(outcome(rule)).toBe('bool');
  });

  const tooDeep = 'max recursion depth exceeded';
  const tooOften = 'expression recursion limit exceeded: 250';
  test.each([
    ['+', `1${' + 1'.repeat(251)} > 0`, tooDeep],
    ['.', `self${'.a'.repeat(20_000)}`, tooDeep],
    ['==', `true${' == true'.repeat(251)}`, tooDeep],
    ['?:', `${'true ? 1 : '.repeat(600)}2`, tooOften],
    ['[', `${'['.repeat(20_000)}1`, tooOften],
    ['(', `${'('.repeat(250)}1${')'.repeat(250)} > 0`, tooOften],
    ['( that are added', `${'1 + ('.repeat(125)}1${')'.repeat(125)} > 0`, tooOften],
  ])('may not have that many %s', (_, rule, why) => {
    expect(outcome(rule)).toBe(`ERROR: <input>:-1:0: ${why}`);
  });

  test.each([
    ['by loops', `[1]${'.map(a, {a: a})'.repeat(30)}`],
    ['by what is left open', `[[]]${'.map(x, [[], [{x: x}]][0])'.repeat(30)}`],
    ['by macros', `self.?a${'.optMap(v, v + 1)'.repeat(60)}.hasValue()`],
    ['by constants', `${'dyn('.repeat(200)}{${'1: 1, '.repeat(4000)}}${')'.repeat(200)} == 1`],
  ])('whose types grow %s is refused', (_, rule) => {
    expect(outcome(rule)).toBe('ERROR: <input>:-1:0: the types of the expression are too large to be checked');
  });

  test.each([
    ['self.a ==', '1:10'],
    ['self.a == 1)', '1:12'],
    ["self.s == 'a", '1:11'],
    ['self.s == "a\\q"', '1:11'],
    ['true ? true ? true : true : true', '1:13'],
    ['!-self.a', '1:3'],
    ['[1,,]', '1:4'],
    ['size(self.s,) == 1', '1:13'],
    ['self.in', '1:6'],
    ['self.?size()', '1:11'],
    ['1 == 2 # no', '1:8'],
    ['size(self.s){a: 1} == 1', '1:13'],
  ])('%s is no expression', (rule, place) => {
    expect(outcome(rule)).toMatch(new RegExp(`^ERROR: <input>:${place}: Syntax error: `));
  });

  test.each([
    ['9223372036854775808 == 1', '1:1: invalid int literal'],
    ['-9223372036854775809 == 1', '1:1: invalid int literal'],
    ['18446744073709551616u == 1u', '1:1: invalid uint literal'],
    ['1e400 == 1.0', '1:1: invalid double literal'],
    ["self.s == '\\ud800'", '1:11: invalid unicode code point'],
    ["b'\\u0041' == b'A'", '1:1: unable to unescape string'],
    ['self.`x-y` == 1', "1:6: unsupported syntax: '`'"],
    ['self.a == namespace', '1:11: reserved identifier: namespace'],
    ['Nope{a: self.nope}.a == 1', "1:5: undeclared reference to 'Nope' (in container '')"],
    ['int{}', "1:4: 'int' is not a message type"],
    ['self{a: 1}', "1:5: 'self' is not a type"],
    ['[?self.a]', "1:7: expected type 'optional_type(int)' but found 'int'"],
    ["{?'a': self.?a, ?'b': self.a}", "1:27: expected type 'optional_type(int)' but found 'int'"],
    ['[1, ?self.?s]', "1:10: expected type 'int' but found 'string'"],
    ["{'a': 1, ?'b': self.?s}", "1:20: expected type 'int' but found 'string'"],
    ['[?optional.of(1), self.s]', "1:23: expected type 'int' but found 'string'"],
  ])('%s is wrong', (rule, error) => {
    expect(outcome(rule).split('\n')[0]).toBe(`ERROR: <input>:${error}`);
  });

  test.each([
    ['size(1 && true && true) == 1', ['1:6', '1:5']],
    ['size(true && true && 1) == 1', ['1:22']],
    ['size(1 && true) == 1', ['1:6']],
  ])('%s is wrong as a whole if cel-go divides it so', (rule, places) => {
    const told = [...outcome(rule).matchAll(/^ERROR: <input>:(\d+:\d+)/gm)].map(([, place]) => place);
    expect(told.sort()).toEqual([...places].sort());
  });

  test.each([
    ["'%s %d'.format([self.s, self.a])", 'string'],
    [
      "'%d'.format([self.s])",
      '1:18: error during formatting: decimal clause can only be used on integers, was given string',
    ],
    [
      "'%s'.format([[1, self.?a]])",
      '1:22: error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given optional_type',
    ],
    ["'%q'.format([1])", '1:12: could not parse formatting clause: unrecognized formatting clause "q"'],
    ["'%'.format([1])", '1:11: unexpected end of string'],
    ["'%s'.format([])", '1:12: index 0 out of range'],
    ["'%%'.format([1])", '1:12: too many arguments supplied to string.format (expected 0, got 1)'],
  ])('%s is formatted: %s', (rule, told) => {
    expect(outcome(rule).split('\n')[0]?.replace('ERROR: <input>:', '')).toBe(told);
  });

  test('all of whose literals are wrong is told so', () => {
    const lines = outcome('for(1e400) == 1 || 1e400 == has(1)').split('\n');
    expect(lines.filter((line) => line.startsWith('ERROR'))).toEqual([
      'ERROR: <input>:1:1: reserved identifier: for',
      'ERROR: <input>:1:20: invalid double literal',
      'ERROR: <input>:1:33: invalid argument to has() macro',
    ]);
  });

  test.each([
    ['[?self.?a, 1]', 'list(int)'],
    ["{?'a': self.?s, 'b': 'x'}", 'map(string, string)'],
    ['[?self.?list, []]', 'list(list(self.list.@idx))'],
    ['[?dyn(self.a)]', 'list(dyn)'],
    ['[?optional.none()]', 'list(dyn)'],
    ['[,]', 'list(dyn)'],
    ['{,}', 'map(dyn, dyn)'],
    ['1 < 2 == true', 'bool'],
    ['.5 + 1.', 'ERROR'],
    ['.5 + 1e-3', 'double'],
    ['-1.5 - -1.5', 'double'],
    ['.self.a', 'int'],
    ["'a' in {'a': 1}", 'bool'],
  ])('%s is of the type %s', (rule, type) => {
    expect(outcome(rule).split(':')[0]).toBe(type);
  });
});
