import { expect, test } from 'vitest';
import { isBehind, isOlder, type Observed } from './observed.ts';

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

const object = { ...at('3'), digest: 'd' } as Observed;

test.each<[string, { object: Observed | undefined; upTo: string | undefined }, string, boolean]>([
  ['has not come to it', { object, upTo: '4' }, '5', true],
  ['has come to it', { object, upTo: '5' }, '5', false],
  ['has come further, whatever the object is', { object, upTo: '10' }, '9', false],
  ['has come further, and shows nothing', { object: undefined, upTo: '6' }, '5', false],
  ['has not come to it, and shows nothing', { object: undefined, upTo: '4' }, '5', true],
  ['shows something, and nobody can say how far it is', { object, upTo: 'opaque' }, '5', false],
  ['shows nothing, and nobody can say how far it is', { object: undefined, upTo: 'opaque' }, '5', true],
  ['has not begun', { object: undefined, upTo: undefined }, '5', true],
])('whether a watch is behind an apply that %s', (_how, sight, resourceVersion, expected) => {
  const labels = { 'karmada.io/managed': 'true' };
  expect(isBehind(sight, { ...object, metadata: { resourceVersion, labels } })).toBe(expected);
});

test('a watch never comes to an object from which the member took our label when it was applied', () => {
  expect(isBehind({ object: undefined, upTo: '6' }, { ...object, metadata: { resourceVersion: '5' } })).toBe(true);
});
