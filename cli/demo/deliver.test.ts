import { expect, test } from 'vitest';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { whatIsMissing } from './deliver.ts';

const manifests = [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', namespace: 'n' } }];
const condition = (status: string, message = '') => ({ type: 'Applied', status, message });
const manifestStatus = (health: string) => ({ identifier: { kind: 'Deployment', namespace: 'n', name: 'd' }, health });

test.each<[string, object | undefined, string]>([
  ['nobody has applied', undefined, 'its agent has not applied it yet'],
  ['was refused', { conditions: [condition('False', 'no such kind')] }, 'it is not applied: no such kind'],
  [
    'is not healthy',
    { conditions: [condition('True')], manifestStatuses: [manifestStatus('Unhealthy')] },
    'it is applied, but Deployment n/d is Unhealthy',
  ],
  ['is not reported', { conditions: [condition('True')] }, 'its agent has not reported every manifest yet'],
  ['has arrived', { conditions: [condition('True')], manifestStatuses: [manifestStatus('Healthy')] }, ''],
])('the demo says what is missing of a Work that %s', (_name, status, missing) => {
  expect(whatIsMissing({ spec: { workload: { manifests } }, status } as unknown as Work)).toBe(missing);
});
