import { expect, test } from 'vitest';
import { newLogger } from './log.ts';

test('a line of text is one line, which does not command the terminal', () => {
  let written = '';
  const write = (line: string): void => {
    written += line;
  };
  newLogger({ format: 'text', verbosity: 1, write }).info({ cluster: 'a\u001b[2J\u202e' }, 'told\u009b\nfalsely');
  expect(written).toMatch(/^[ -~]+\n$/);
  expect(written).toContain('told\\nfalsely');
});

test('a line of text says when: the day too, in UTC', () => {
  let written = '';
  const write = (line: string): void => {
    written += line;
  };
  newLogger({ format: 'text', verbosity: 1, write }).info({}, 'told');
  expect(written).toMatch(/^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\] INFO: told\n$/);
});
