import { expect, test } from 'vitest';
import { isDnsSubdomain } from './object-names.ts';
import { validateFinalizerNames, validateMetadata } from './validate-metadata.ts';

/** More than anybody is told of, each with a message of some hundred characters. */
const wrong = Array.from({ length: 20_000 }, (_, n) => `-${n}`);
const marks = Object.fromEntries(wrong.map((name) => [name, '']));

test.each([
  ['labels', { labels: marks }],
  ['annotations', { annotations: marks }],
  ['finalizers', { finalizers: wrong }],
  ['owners', { ownerReferences: wrong.map((name) => ({ apiVersion: 'v1', kind: 'Pod', name, uid: '' })) }],
])('of thousands of wrong %s the first are told', (_what, parts) => {
  expect(validateMetadata({ name: 'x', ...parts }, isDnsSubdomain)).toHaveLength(1000);
});

test('and of finalizers of built-in kinds', () => {
  expect(validateFinalizerNames({ finalizers: wrong })).toHaveLength(1000);
});
