import { expect, test } from 'vitest';
import { validateClaimStatus } from './device-claim-status.ts';

const claim = (status: object) => ({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaim',
  metadata: { name: 'c' },
  status,
});

test('of devices by the thousand that are not allocated no more are told than a claim can have', () => {
  const devices = Array.from({ length: 200_000 }, () => ({}));
  const causes = validateClaimStatus(claim({ devices }), claim({}));
  expect(causes.length).toBeGreaterThan(0);
  expect(causes.length).toBeLessThan(10_000);
});
