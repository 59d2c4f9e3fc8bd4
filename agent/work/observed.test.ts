import { expect, test } from 'vitest';
import { isOlder } from './observed.ts';

const at = (resourceVersion: string | undefined) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: resourceVersion === undefined ? {} : { resourceVersion },
});

test.each<[string | undefined, string | undefined, boolean]>([
  ['5', '6', true],
  ['9', '10', true],
  ['9007199254740992', '9007199254740993', true],
  ['6', '5', false],
  ['10', '9', false],
  ['5', '5', false],
  ['opaque', '6', false],
  ['5', 'opaque', false],
  [undefined, '6', false],
  ['5', undefined, false],
])('a state of version %s is older than one of version %s: %s', (one, other, expected) => {
  expect(isOlder(at(one), at(other))).toBe(expected);
});
