import { describe, expect, test } from 'vitest';
import { type Flag, formatFlags, parseFlags } from './flags.ts';

const table: Flag[] = [
  { name: 'name', type: 'string', help: 'the name', env: 'NAME', alias: 'other-name' },
  { name: 'every', type: 'duration', default: '10s', help: 'how often' },
  { name: 'count', type: 'integer', help: 'how many', short: 'v' },
  { name: 'elect', type: 'boolean', default: 'true', help: 'whether' },
  { name: 'quiet', type: 'boolean', help: 'whether not', short: 'q' },
  { name: 'zones', type: 'list', help: 'where' },
];

describe('parseFlags reads a command line by its table', () => {
  test.each([
    ['nothing given', [], {}, { every: 10_000, elect: true }],
    ['= and space', ['--name=a', '--every', '1m'], {}, { name: 'a', every: 60_000, elect: true }],
    ['an alias', ['--other-name=a'], {}, { name: 'a', every: 10_000, elect: true }],
    ['the environment', [], { NAME: 'e' }, { name: 'e', every: 10_000, elect: true }],
    ['the flag before the environment', ['--name=a'], { NAME: 'e' }, { name: 'a', every: 10_000, elect: true }],
    ['a bare boolean and a false one', ['--elect=false'], {}, { every: 10_000, elect: false }],
    [
      'a list, repeated and with commas',
      ['--zones=a,b', '--zones', 'c'],
      {},
      { zones: ['a', 'b', 'c'], every: 10_000, elect: true },
    ],
    ['a short flag', ['-v', '4'], {}, { count: 4, every: 10_000, elect: true }],
    ['a short flag with =', ['-v=4'], {}, { count: 4, every: 10_000, elect: true }],
    ['a short boolean', ['-q'], {}, { quiet: true, every: 10_000, elect: true }],
  ])('%s', (_name, args, env, expected) => {
    expect(parseFlags(table, args, env)).toEqual(expected);
  });

  test.each([
    [['--what'], 'unknown flag: --what; --help lists those that there are'],
    [['--name'], '--name needs a value'],
    [['--name', '--elect'], '--name needs a value'],
    [['-v'], '--count needs a value'],
    [['--every=soon'], 'invalid value "soon" for --every: give a duration such as 10s or 5m'],
    [['--count=x'], 'invalid value "x" for --count: give a whole number'],
    [['--elect=perhaps'], 'invalid value "perhaps" for --elect: must be true or false'],
    [['stray'], 'unexpected argument "stray"'],
  ])('%s is refused with words', (args, message) => {
    expect(() => parseFlags(table, args, {})).toThrow(message);
  });
});

test('the help shows names, what stands for a value, meaning, default and environment', () => {
  const off: Flag = { name: 'off', type: 'boolean', default: 'false', help: 'or not', short: 'o' };
  const hidden: Flag = { name: 'hidden', type: 'string', help: 'nothing', hidden: true };
  expect(formatFlags([...table.slice(0, 2), { ...off, value: 'MAYBE' }, off, hidden])).toBe(
    '  --name, --other-name VALUE\n        the name [$NAME]\n' +
      '  --every DURATION\n        how often (default: 10s)\n' +
      '  -o, --off MAYBE\n        or not\n' +
      '  -o, --off\n        or not\n',
  );
});

test('the help fits a terminal of 80 columns', () => {
  const help = 'word '.repeat(40).trim();
  const lines = formatFlags([{ name: 'long', type: 'string', help, default: 'x' }])
    .trimEnd()
    .split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.slice(1).every((line) => /^ {8}\S/.test(line))).toBe(true);
  expect(
    lines
      .slice(1)
      .map((line) => line.trim())
      .join(' '),
  ).toBe(`${help} (default: x)`);
});
