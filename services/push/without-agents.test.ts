import { expect, test } from 'vitest';
import type { Cluster } from '../../shared/apis/cluster/v1alpha1.ts';
import { withoutAgents } from './without-agents.ts';

const cluster = (syncMode: string): Cluster =>
  ({
    ...{ apiVersion: 'cluster.karmada.io/v1alpha1', kind: 'Cluster' },
    metadata: { name: 'm1', uid: 'u', resourceVersion: '7', managedFields: [{ manager: 'agent' }] },
    spec: { syncMode, apiEndpoint: 'https://m1', taints: [] },
    status: { apiEnablements: [{ groupVersion: 'v1', resources: [] }], conditions: [] },
  }) as unknown as Cluster;

test('of a cluster with an agent only that is kept, of others all: their status is written from it', () => {
  expect(withoutAgents(cluster('Pull'))).toEqual({
    ...{ apiVersion: 'cluster.karmada.io/v1alpha1', kind: 'Cluster' },
    metadata: { name: 'm1', uid: 'u', resourceVersion: '7' },
    spec: { syncMode: 'Pull' },
  });
  expect(withoutAgents(cluster('Push'))).toEqual(cluster('Push'));
});
