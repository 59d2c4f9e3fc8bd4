import { expect, test } from 'vitest';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { isDeliverable } from './work-view.ts';

const metadata = { name: 'w', finalizers: ['karmada.io/execution-controller'] };

test.each<[string, Partial<Work>, boolean]>([
  ['that was accepted is', {}, true],
  ['that was suspended is not', { spec: { suspendDispatching: true } }, false],
  ['without our finalizer is not: it could vanish unseen', { metadata: { name: 'w' } }, false],
])('without the hub, a last known Work %s delivered', (_name, more, expected) => {
  const work: Work = { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata, spec: {}, ...more };
  expect(isDeliverable(work)).toBe(expected);
});
