import { expect, test } from 'vitest';
import { podSpecWarnings } from './warnings.ts';

test('a long environment is gone through once', () => {
  const names = Array.from({ length: 40_000 }, (_, index) => ({ name: `A${index}`, value: 'x' }));
  const container = { name: 'c', image: 'i', env: [...names, { name: 'A7', value: 'y' }] };
  expect(podSpecWarnings({ containers: [container] }, 'spec')).toEqual([
    'spec.containers[0].env[40000]: hides previous definition of "A7", which may be dropped when using apply',
  ]);
});
