import { describe, expect, test } from 'vitest';
import { collectToleration, nodeSelectorFlag, resourcesFlag } from './agent-pod-flags.ts';

describe('--agent-requests', () => {
  test('is read as kubectl reads resources', () => {
    expect(resourcesFlag('--agent-requests')('cpu=100m, memory=64Mi')).toEqual({ cpu: '100m', memory: '64Mi' });
  });

  test.each(['cpu', 'cpu=', 'cpu=lots', '=1', 'cpu=1=2'])('%s is refused', (text) => {
    expect(() => resourcesFlag('--agent-requests')(text)).toThrow('give quantities such as cpu=100m,memory=64Mi');
  });
});

describe('--agent-node-selector', () => {
  test('is labels with their values, which may be empty', () => {
    expect(nodeSelectorFlag('node-role.kubernetes.io/edge=, disk=ssd')).toEqual({
      'node-role.kubernetes.io/edge': '',
      disk: 'ssd',
    });
  });

  test.each(['', 'disk', '=ssd', 'disk=ssd,', 'a=b=c', 'disk!=ssd'])('%j is refused', (text) => {
    expect(() => nodeSelectorFlag(text)).toThrow('give labels such as kubernetes.io/os=linux');
  });
});

describe('--agent-toleration', () => {
  test.each([
    ['edge=yes:NoSchedule', { key: 'edge', operator: 'Equal', value: 'yes', effect: 'NoSchedule' }],
    ['edge:NoExecute', { key: 'edge', operator: 'Exists', effect: 'NoExecute' }],
    ['edge', { key: 'edge', operator: 'Exists' }],
    ['*', { operator: 'Exists' }],
  ])('%s', (text, expected) => {
    expect(collectToleration(text, undefined)).toEqual([expected]);
  });

  test.each(['', ':NoExecute', 'edge:Never'])('%j is refused', (text) => {
    expect(() => collectToleration(text, undefined)).toThrow('give KEY=VALUE:EFFECT');
  });
});
