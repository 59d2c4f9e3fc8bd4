import { expect, test } from 'vitest';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { keptWork } from './known-state.ts';

test('of a Work is kept what a delivery without the hub needs, and no second copy of it', () => {
  const metadata = {
    ...{ name: 'w', namespace: 'karmada-es-m1', uid: 'u', generation: 2, resourceVersion: '5', finalizers: ['f'] },
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', 'pullet.io/ignore-fields': '/data/a' },
    labels: { l: 'true' },
    creationTimestamp: '2024-01-01T00:00:00Z',
  };
  const work: Work = { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata, spec: {}, status: {} };
  const { creationTimestamp: _, ...kept } = metadata;
  expect(keptWork(work)).toEqual({
    apiVersion: work.apiVersion,
    kind: 'Work',
    metadata: { ...kept, annotations: { 'pullet.io/ignore-fields': '/data/a' } },
    spec: {},
  });
});
