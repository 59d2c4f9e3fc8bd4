import { describe, expect, test } from 'vitest';
import { MOST_OF_OBJECT, working } from '../cel/budget.ts';
import { countingDefinition, takePattern } from '../cel/compile-steps.ts';
import { type GoPattern, goPattern, patternError } from './go-pattern.ts';

function newPattern(source: string): GoPattern {
  const pattern = goPattern(source);
  if (typeof pattern === 'string') throw new Error(pattern);
  return pattern;
}

/** So that little more may be done. */
const nearlyDone = (): { done: number } => ({ done: MOST_OF_OBJECT - 20_000_000 });

describe('a pattern of Go', () => {
  test.each<[string, string[], string[]]>([
    ['^[a-z]+$', ['ab'], ['AB', 'ab\n', '']],
    ['^(?i)[a-z]([-a-z0-9]*[a-z0-9])?$', ['Ab-1', 'z'], ['1a', 'a-']],
    ['^(?i)(abort|warn)?$', ['', 'ABORT', 'Warn'], ['no']],
    ['^((?i)sun|mon)day(?:((:(sun|mon)day)$)|$)', ['SUNday', 'MoNday:sunday'], ['SUNDAY', 'sunday:SUNday']],
    ['^(?i:a)b$', ['Ab', 'ab'], ['aB']],
    ['(?i)^[^a-c]$', ['d', 'D'], ['a', 'A']],
    ['^a.b$', ['a\rb', 'axb'], ['a\nb']],
    ['(?s)^a.b$', ['a\nb'], ['ab']],
    ['(?m)^b$', ['a\nb', 'b\na'], ['ab']],
    ['\\Aab\\z', ['ab'], ['ab\n', 'xab']],
    ['^(?P<name>a)+$', ['aa'], ['b']],
    ['^(?P<n>a)(?<n>b)\\(?[(?P<n>]$', ['abn', 'ab(<'], ['ab']],
    ['^[[:alpha:]_]+[[:digit:]]$', ['aZ_1'], ['1', 'a']],
    ['^\\pL\\d$', ['é1'], ['11']],
    ['^\\Qa.b\\E$', ['a.b'], ['axb']],
    ['^[]a]$', [']', 'a'], ['b']],
    ['^[a[]$', ['[', 'a'], ['b']],
    ['^\\p{Lu}+$', ['É'], ['é']],
    ['^[\\w.-]+/[^/]{1,3}$', ['a.b-c/abc'], ['a/abcd']],
  ])('%s', (source, matching, others) => {
    const pattern = newPattern(source);
    for (const text of matching) expect([text, pattern.test(text)]).toEqual([text, true]);
    for (const text of others) expect([text, pattern.test(text)]).toEqual([text, false]);
  });

  test.each([
    ['(', 'missing closing ): `(`'],
    ['a)', 'unexpected ): `a)`'],
    ['[a', 'missing closing ]: `[a`'],
    ['[b-a]', 'invalid character class range: `b-a`'],
    ['[[:no:]]', 'invalid character class range: `[:no:]`'],
    ['\\p{No such}', 'invalid character class range: `\\p{No such}`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['+a', 'missing argument to repetition operator: `+`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['a{2,1}', 'invalid repeat count: `{2,1}`'],
    ['\\', 'trailing backslash at end of expression: ``'],
    ['\\y', 'invalid escape sequence: `\\y`'],
    ['\\1', 'invalid escape sequence: `\\1`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(?<!a)', 'invalid named capture: `(?<!a)`'],
    ['(?z)', 'invalid or unsupported Perl syntax: `(?z`'],
    ['(?P<a', 'invalid named capture: `(?P<a`'],
    ['((a{500}){500}){500}', 'invalid repeat count: `{500}`'],
  ])('is not %s', (source, why) => {
    expect(patternError(source)).toBe(`error parsing regexp: ${why}`);
  });

  test.each([
    ['a name repeated', `(${'abcdefghijklm'.repeat(100)}){1000}`],
    ['a long text', 'a'.repeat(200_000)],
  ])('is not as large as %s', (_, source) => {
    expect(patternError(source)).toBe('error parsing regexp: expression too large');
  });

  test.each(['^.{0,1000}$', '^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?[.]){1,16}$', 'x{1000}'])('may be %s', (source) => {
    expect(patternError(source)).toBeUndefined();
  });

  test('of which none is closed, after groups of one name', () => {
    expect(patternError(`(?P<n>a)(?P<n>b)${'['.repeat(90_000)}`)).toMatch(/^error parsing regexp: missing closing ]/);
  });

  test('takes a time that grows with the text, and not with what could match', () => {
    const text = `${'a'.repeat(50_000)}!`;
    for (const source of ['^(a+)+$', '^(a|aa)+$', '^(a*)*b', '^([a-z]+[0-9]*)+$'])
      expect(newPattern(source).test(text)).toBe(false);
  });

  test('is not looked for in all that is left of a text time and again', () => {
    const all = (): string[] => newPattern('a.*z|a').all('a'.repeat(300_000), Number.POSITIVE_INFINITY);
    expect(() => working(nearlyDone(), all)).toThrow('operation cancelled: actual cost limit exceeded');
  });

  test('is not made of texts without end', () => {
    const made = (): unknown[] => Array.from({ length: 10_000 }, (_, index) => goPattern(`(abcd){900}${index}`));
    expect(() => working(nearlyDone(), made)).toThrow('operation cancelled: actual cost limit exceeded');
  });

  test('is counted once by what is evaluated, known or not', () => {
    const make = (): unknown => goPattern('(abcd){900}known');
    const most = { done: MOST_OF_OBJECT - 8_000_000 };
    working(most, () => Array.from({ length: 100 }, make));
    expect(() => working(most, () => goPattern('(abcd){900}other'))).toThrow('operation cancelled');
    expect(() => working({ done: MOST_OF_OBJECT - 1_000_000 }, make)).toThrow('operation cancelled');
  });

  test('is counted for each definition that has it, known or not', () => {
    const mistakes = (): (string | undefined)[] =>
      countingDefinition(() => {
        takePattern('others', 280_000);
        return Array.from({ length: 24 }, (_, index) => patternError(`b{900}${index}`));
      });
    const before = mistakes();
    expect([before[0], before.at(-1)]).toEqual([undefined, expect.stringMatching(/take too long to be checked$/)]);
    expect(mistakes()).toEqual(before);
  });

  test.each(['[\\x00-\\x{ffff}]', '[a-\uffff]'])('of the range %s without case takes long to be made', (range) => {
    const mistakes = countingDefinition(() =>
      Array.from({ length: 300 }, (_, index) => patternError(`(?i)${range}${index}`)),
    );
    expect(mistakes.at(-1)).toMatch(/take too long to be checked$/);
  });

  test('of many sets of Unicode takes long to be made', () => {
    const mistakes = countingDefinition(() =>
      Array.from({ length: 300 }, (_, index) => patternError(`${'\\pL(?i)\\p{Greek}'.repeat(200)}${index}`)),
    );
    expect(mistakes.at(-1)).toMatch(/take too long to be checked$/);
  });

  test('that has very many states is not looked for in a long text', () => {
    const pattern = newPattern('(a|aa|aaa|aaaa|b){900}c');
    expect(pattern.test(`${'a'.repeat(1000)}c`)).toBe(true);
    expect(() => working(nearlyDone(), () => pattern.test('a'.repeat(1_000_000)))).toThrow('operation cancelled');
  });

  test('that has very many states is not looked for in many short texts', () => {
    const pattern = newPattern('(0|00|000|0000|1){900}[23]');
    const texts = Array.from({ length: 1000 }, (_, at) => ((at + 1) * 1_234_567_891).toString(2).repeat(4));
    const searches = [() => texts.filter((text) => pattern.test(text)), () => texts.map((text) => pattern.first(text))];
    for (const search of searches) expect(() => working(nearlyDone(), search)).toThrow('operation cancelled');
  });

  test('that has many states is looked for in all texts of a large object', () => {
    const pattern = newPattern('^[ab].{0,1000}$');
    const search = (): boolean => Array.from({ length: 1000 }).every((_, at) => pattern.test('ab'.repeat(at % 400)));
    expect(working({ done: 0 }, search)).toBe(false);
  });

  test('finds one part after the other', () => {
    expect(newPattern('[0-9]+').first('a12b3')).toBe('12');
    expect(newPattern('x').first('a')).toBe('');
    expect(newPattern('[0-9]+').all('a12b3c4', 2)).toEqual(['12', '3']);
    expect(newPattern('a*').all('baac', Number.POSITIVE_INFINITY)).toEqual(['', 'aa', '']);
  });
});
