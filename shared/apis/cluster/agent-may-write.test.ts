import { describe, expect, test } from 'vitest';
import type { AgentWrite } from './agent-may-write.ts';
import { agentMayWrite } from './agent-may-write.ts';

const agent = { name: 'system:karmada:agent:m1', groups: ['system:karmada:agents', 'system:authenticated'] };
const cluster = { group: 'cluster.karmada.io', resource: 'clusters' };
const lease = { group: 'coordination.k8s.io', resource: 'leases', namespace: 'karmada-cluster' };
const work = { group: 'work.karmada.io', resource: 'works' };
const event = { group: '', resource: 'events' };
const csr = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests' };

describe('an agent may write', () => {
  test.each<[string, AgentWrite]>([
    ['its Cluster', { operation: 'CREATE', ...cluster, name: 'm1', syncMode: 'Pull' }],
    ['that its Cluster goes', { operation: 'DELETE', ...cluster, name: 'm1' }],
    ['its lease', { operation: 'UPDATE', ...lease, name: 'm1' }],
    ['a Work of its own', { operation: 'UPDATE', ...work, namespace: 'karmada-es-m1', name: 'w' }],
    [
      'an event about its Cluster',
      { operation: 'CREATE', ...event, namespace: 'default', involvedObject: { kind: 'Cluster', name: 'm1' } },
    ],
    [
      'an event about its Cluster again',
      {
        operation: 'UPDATE',
        ...event,
        namespace: 'default',
        involvedObject: { kind: 'Cluster', name: 'm1' },
        formerlyInvolved: { kind: 'Cluster', name: 'm1' },
      },
    ],
    ['a certificate request', { operation: 'CREATE', ...csr, name: 'm1-abcde' }],
  ])('%s', (_what, write) => expect(agentMayWrite(agent, write)).toBeUndefined());
});

describe('an agent may not write', () => {
  test.each<[string, AgentWrite]>([
    ['another Cluster', { operation: 'CREATE', ...cluster, name: 'm2', syncMode: 'Pull' }],
    ['a Cluster that the hub would dial', { operation: 'CREATE', ...cluster, name: 'm1', syncMode: 'Push' }],
    ['its Cluster into one that the hub dials', { operation: 'UPDATE', ...cluster, name: 'm1', syncMode: 'Push' }],
    ['a Cluster of no mode', { operation: 'CREATE', ...cluster, name: 'm1' }],
    ['a collection of Clusters', { operation: 'DELETE', ...cluster }],
    ['another lease', { operation: 'CREATE', ...lease, name: 'm2' }],
    ['a lease of its name elsewhere', { operation: 'CREATE', ...lease, namespace: 'kube-system', name: 'm1' }],
    ['a Work of another', { operation: 'CREATE', ...work, namespace: 'karmada-es-m2', name: 'w' }],
    [
      'an event about another Cluster',
      { operation: 'CREATE', ...event, namespace: 'default', involvedObject: { kind: 'Cluster', name: 'm2' } },
    ],
    [
      'an event about another Cluster, as one about its own',
      {
        operation: 'UPDATE',
        ...event,
        namespace: 'default',
        involvedObject: { kind: 'Cluster', name: 'm1' },
        formerlyInvolved: { kind: 'Cluster', name: 'm2' },
      },
    ],
    [
      'an event about something of its name, as one about its Cluster',
      {
        operation: 'UPDATE',
        ...event,
        namespace: 'default',
        involvedObject: { kind: 'Cluster', name: 'm1' },
        formerlyInvolved: { kind: 'Node', name: 'm1' },
      },
    ],
    ['an approval', { operation: 'UPDATE', ...csr, name: 'm1-abcde' }],
    [
      'a Secret of another',
      { operation: 'CREATE', group: '', resource: 'secrets', namespace: 'karmada-cluster', name: 'm2' },
    ],
    ['anything else', { operation: 'CREATE', group: '', resource: 'namespaces', name: 'karmada-es-m1' }],
  ])('%s', (_what, write) => expect(agentMayWrite(agent, write)).toContain('its own cluster'));

  test('anything, without a cluster in its name', () => {
    const nobody = { name: 'system:karmada:agent:', groups: agent.groups };
    expect(agentMayWrite(nobody, { operation: 'CREATE', ...cluster, name: '', syncMode: 'Pull' })).toBeDefined();
    const write = { operation: 'CREATE', ...cluster, name: 'm1', syncMode: 'Pull' } as const;
    expect(agentMayWrite({ ...agent, name: 'm1' }, write)).toBeDefined();
  });
});

test('whoever is no agent is not held to anything here', () => {
  const admin = { name: 'admin', groups: ['system:masters'] };
  expect(agentMayWrite(admin, { operation: 'CREATE', ...cluster, name: 'm2' })).toBeUndefined();
});
