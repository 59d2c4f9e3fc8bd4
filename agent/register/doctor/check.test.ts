import { expect, test } from 'vitest';
import { failed, formatChecks, ok } from './check.ts';

test('what a server said can pass for no other check', () => {
  const checks = [ok('name', 'hub'), failed('rights', 'no\nok    rights  all\u001b[2J', 'ask\nfor them')];
  expect(formatChecks(checks)).toBe(
    'ok    name    hub\nFAIL  rights  no\\nok    rights  all^[[2J\n              → ask\\nfor them\n',
  );
});
