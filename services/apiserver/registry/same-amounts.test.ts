import { expect, test } from 'vitest';
import { withSameAmounts } from './same-amounts.ts';

const pod = (memory: unknown, more: object = {}) => ({
  spec: { containers: [{ name: 'c', resources: { limits: { memory } } }], ...more },
});

test.each<[string, object, object, object]>([
  ['as much', pod('1Gi'), pod('1073741824'), pod('1073741824')],
  ['more', pod('1Gi'), pod('1073741825'), pod('1Gi')],
  ['gone', pod('1Gi'), {}, pod('1Gi')],
  ['no quantity', pod('x'), pod('y'), pod('x')],
  ['no text', pod(1), pod('1'), pod(1)],
  ['in another container', pod('1Gi'), { spec: { containers: [{}, ...pod('1024Mi').spec.containers] } }, pod('1Gi')],
  ['a label', pod('1', { limits: '1' }), pod('01', { limits: '01' }), pod('01', { limits: '1' })],
])('an amount that is %s is compared as such', (_, old, next, expected) => {
  const before = structuredClone(old);
  expect(withSameAmounts(old, next)).toEqual(expected);
  expect(old).toEqual(before);
});

test('where nothing is written otherwise it is what it was', () => {
  const old = pod('1Gi');
  expect(withSameAmounts(old, pod('2Gi'))).toBe(old);
});
