/** What is left out of what kubectl says: what depends on the moment its time runs out at, and nothing else. */

import { expect, test } from 'vitest';
import { withoutGivingUp } from './run-kubectl.ts';

const logged = (why: string): string =>
  `E1123 00:31:38.454398   10797 reflector.go:166] "Unhandled Error" err="k8s.io/client-go/tools/watch/informerwatcher.go:146: Failed to watch *unstructured.Unstructured: ${why}"\n`;

test('a watch asked for after the deadline is left out', () => {
  const told = 'error: timed out waiting for the condition on configmaps/settings\nexit 1';
  expect(withoutGivingUp(`${logged('context deadline exceeded')}${told}`)).toBe(told);
});

test('a watch that the server refused or never answered is not', () => {
  for (const why of ['the server rejected our request', 'Get "https://127.0.0.1:1/api": context deadline exceeded'])
    expect(withoutGivingUp(logged(why))).toBe(logged(why));
});
