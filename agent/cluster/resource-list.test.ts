import { describe, expect, test } from 'vitest';
import { podRequests } from './resource-list.ts';

const container = (cpu: string, more: object = {}) => ({ name: 'c', resources: { requests: { cpu } }, ...more });

describe('what a pod asks for', () => {
  test('is the sum of its containers and its overhead', () => {
    expect(podRequests({ containers: [container('100m'), container('200m')], overhead: { cpu: '10m' } })).toEqual({
      cpu: '310m',
    });
  });

  test('is the largest init container if that is more', () => {
    expect(
      podRequests({ containers: [container('100m')], initContainers: [container('1'), container('500m')] }),
    ).toEqual({ cpu: '1' });
  });

  test('counts restartable init containers with the running ones and with the init containers after them', () => {
    const sidecar = container('300m', { restartPolicy: 'Always' });
    expect(podRequests({ containers: [container('100m')], initContainers: [sidecar] })).toEqual({ cpu: '400m' });
    expect(podRequests({ containers: [container('100m')], initContainers: [sidecar, container('1')] })).toEqual({
      cpu: '1300m',
    });
  });
});
