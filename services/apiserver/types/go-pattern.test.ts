import { describe, expect, test } from 'vitest';
import { goPattern } from './go-pattern.ts';

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
    ['^[[:alpha:]_]+[[:digit:]]$', ['aZ_1'], ['1', 'a']],
    ['^\\pL\\d$', ['é1'], ['11']],
    ['^\\Qa.b\\E$', ['a.b'], ['axb']],
    ['^[]a]$', [']', 'a'], ['b']],
    ['^[a[]$', ['[', 'a'], ['b']],
    ['^\\p{Lu}+$', ['É'], ['é']],
    ['^[\\w.-]+/[^/]{1,3}$', ['a.b-c/abc'], ['a/abcd']],
  ])('%s', (source, matching, others) => {
    const pattern = goPattern(source);
    for (const text of matching) expect([text, pattern?.test(text)]).toEqual([text, true]);
    for (const text of others) expect([text, pattern?.test(text)]).toEqual([text, false]);
  });

  test.each(['(', 'a**', '[b-a]', '\\'])('is not %s', (source) => {
    expect(goPattern(source)).toBeUndefined();
  });
});
