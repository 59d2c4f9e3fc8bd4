import { describe, expect, test } from 'vitest';
import { newLogger } from './log.ts';

function lines(format: 'text' | 'json', verbosity = 2): { log: ReturnType<typeof newLogger>; written: string[] } {
  const written: string[] = [];
  return { written, log: newLogger({ format, verbosity, now: () => 0, write: (line) => written.push(line) }) };
}

describe('a line of the log', () => {
  test('as text has its fields, quoted where they need it', () => {
    const { log, written } = lines('text');
    log.child({ work: 'ns/w' }).warn({ object: 'ConfigMap a', tries: 2 }, 'not yet');
    expect(written).toEqual(['1970-01-01T00:00:00.000Z WARN  not yet work=ns/w object="ConfigMap a" tries=2\n']);
  });

  test('as text is one line, which does not command the terminal', () => {
    const { log, written } = lines('text');
    log.warn({ object: 'a\u001b[2J', why: '\u009b2J \u202e\n' }, 'told\r\nfalsely');
    expect(written).toEqual([
      '1970-01-01T00:00:00.000Z WARN  told\\r\\nfalsely object=a^[[2J why="\\u009b2J \\u202e\\n"\n',
    ]);
  });

  test('as JSON is one object', () => {
    const { log, written } = lines('json');
    log.info({ tries: 2 }, 'not yet');
    expect(JSON.parse(written[0] ?? '')).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      level: 'info',
      msg: 'not yet',
      tries: 2,
    });
  });

  test.each(['text', 'json'] as const)(
    'as %s tells an error in words, with its cause and without a stack',
    (format) => {
      const { log, written } = lines(format);
      log.error({ err: new Error('could not renew', { cause: new Error('refused') }) }, 'oh');
      expect(written[0]).toContain('could not renew: refused');
      expect(written[0]).not.toContain('log.test.ts');
    },
  );

  test.each([
    [0, 1],
    [2, 2],
    [4, 3],
  ])('is left out below verbosity %i', (verbosity, expected) => {
    const { log, written } = lines('text', verbosity);
    log.debug({}, 'a');
    log.info({}, 'b');
    log.warn({}, 'c');
    expect(written).toHaveLength(expected);
  });
});
