import { expect, test } from 'vitest';
import { managerFromUserAgent } from './manager-name.ts';

test.each([
  ['kubectl/v1.32.1 (linux/amd64) kubernetes/ab12', 'kubectl'],
  ['kube controller', 'kube controller'],
  ['a\u0000b\tc/1', 'abc'],
  ['', ''],
  [undefined, ''],
  ['x'.repeat(200), 'x'.repeat(128)],
  ['é'.repeat(100), 'é'.repeat(64)],
])('the manager of user agent %j is %j', (userAgent, manager) => {
  expect(managerFromUserAgent(userAgent)).toBe(manager);
});
