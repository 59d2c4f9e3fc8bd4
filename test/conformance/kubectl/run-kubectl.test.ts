/** What is left out of what kubectl says: what depends on the moment its time runs out at, and nothing else. */

import { expect, test } from 'vitest';
import { saidByBoth, withoutGivingUp } from './run-kubectl.ts';

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

test.each([
  ['kubectl wait --for=delete configmap/settings --timeout=4s', 'alike'],
  ['kubectl logs deployment/made --pod-running-timeout=4s', 'alike'],
  ['kubectl wait --for=create configmap/settings --timeout=20s', 'otherwise once'],
  ['kubectl create configmap settings', 'otherwise once'],
])('only a line whose time runs out is said again where it was otherwise: %s', async (command, told) => {
  const said = ['otherwise once', 'alike'];
  expect(await saidByBoth(command, async () => ['alike', said.shift() ?? 'alike'])).toEqual(['alike', told]);
});

test('a line that is otherwise each time is told as it is', async () => {
  expect(await saidByBoth('kubectl wait --timeout=4s', async () => ['one', 'other'])).toEqual(['one', 'other']);
});
