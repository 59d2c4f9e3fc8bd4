import { expect, test } from 'vitest';
import { podWarnings } from './warnings.ts';

test('a long environment is gone through once', () => {
  const names = Array.from({ length: 40_000 }, (_, index) => ({ name: `A${index}`, value: 'x' }));
  const container = { name: 'c', image: 'i', env: [...names, { name: 'A7', value: 'y' }] };
  expect(podWarnings({ spec: { containers: [container] } })).toEqual([
    'spec.containers[0].env[40000]: hides previous definition of "A7", which may be dropped when using apply',
  ]);
});

test('of ports that are all the same no more is told than is heard', () => {
  const ports = Array.from({ length: 30_000 }, () => ({ containerPort: 80, protocol: 'TCP' }));
  const warnings = podWarnings({ spec: { containers: [{ name: 'c', image: 'i', ports }] } });
  expect(warnings).toHaveLength(100);
  expect(warnings.slice(0, 2)).toEqual([
    'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]',
    'spec.containers[0].ports[2]: duplicate port definition with spec.containers[0].ports[0]',
  ]);
});

test('ports of one number on several ports of the host are gone through in time', () => {
  const ports = Array.from({ length: 30_000 }, (_, index) => ({ containerPort: 80, hostPort: index + 1 }));
  expect(podWarnings({ spec: { containers: [{ name: 'c', image: 'i', ports }] } })).toEqual([]);
});

test('paths of many slashes are read once', () => {
  const configMap = {
    name: 'm',
    items: [
      { key: 'a', path: `a${'/'.repeat(300_000)}b` },
      { key: 'b', path: 'a//' },
    ],
  };
  const warnings = podWarnings({ spec: { containers: [], volumes: [{ name: 'v', configMap }] } });
  expect(warnings.join()).toMatch(/^volume "v" \(ConfigMap "m"\): overlapping paths: "a" with "a\/+b"$/);
});

test('of long paths no more pairs are compared than there is time for', () => {
  const items = Array.from({ length: 1400 }, (_, index) => ({ key: 'a', path: `${'x'.repeat(2100)}${index}` }));
  const configMap = { name: 'm', items: [...items, { key: 'b', path: 'a' }] };
  expect(podWarnings({ spec: { containers: [], volumes: [{ name: 'v', configMap }] } })).toEqual([]);
});
