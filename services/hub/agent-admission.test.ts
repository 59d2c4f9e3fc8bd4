import { describe, expect, test } from 'vitest';
import { isForbidden } from '../../shared/apis/meta/status-error.ts';
import type { AdmissionContext } from '../apiserver/registry/registry.ts';
import { checkAgentWrite } from './agent-admission.ts';

const agent = { name: 'system:karmada:agent:m1', groups: ['system:karmada:agents'] };
const admin = { name: 'admin', groups: ['system:masters'] };

function outcome(
  user: typeof agent,
  resource: [group: string, plural: string],
  object: object,
  old?: object,
  subresource = '',
): 'allowed' | 'forbidden' {
  const [group, plural] = resource;
  const metadata = { name: '', ...(object as { metadata?: object }).metadata };
  const namespace = (metadata as { namespace?: string }).namespace ?? '';
  const context = {
    user,
    definition: { group, plural },
    operation: old ? 'UPDATE' : 'CREATE',
    subresource,
    namespace,
    name: '',
    dryRun: false,
  };
  try {
    void checkAgentWrite(
      context as unknown as AdmissionContext,
      { apiVersion: '', kind: '', ...object, metadata },
      old ? { apiVersion: '', kind: '', metadata, ...old } : undefined,
    );
    return 'allowed';
  } catch (error) {
    if (isForbidden(error)) return 'forbidden';
    throw error;
  }
}

const newCluster = (name: string, syncMode: string) => ({ metadata: { name }, spec: { syncMode } });
const CLUSTERS: [string, string] = ['cluster.karmada.io', 'clusters'];
const EVENTS: [string, string] = ['', 'events'];

test.each<[string, typeof agent, [string, string], object, string]>([
  ['an agent creates its own Cluster', agent, CLUSTERS, newCluster('m1', 'Pull'), 'allowed'],
  ["an agent creates another's Cluster", agent, CLUSTERS, newCluster('m2', 'Pull'), 'forbidden'],
  ['an agent creates a Cluster that the hub would dial', agent, CLUSTERS, newCluster('m1', 'Push'), 'forbidden'],
  ['an administrator creates any Cluster', admin, CLUSTERS, { metadata: { name: 'm2' } }, 'allowed'],
  [
    'an agent tells an event of its own Cluster',
    agent,
    EVENTS,
    { metadata: { name: 'e', namespace: 'default' }, involvedObject: { kind: 'Cluster', name: 'm1' } },
    'allowed',
  ],
  [
    "an agent tells an event of another's Cluster",
    agent,
    EVENTS,
    { metadata: { name: 'e', namespace: 'default' }, involvedObject: { kind: 'Cluster', name: 'm2' } },
    'forbidden',
  ],
  [
    'an agent tells an event of the new kind',
    agent,
    ['events.k8s.io', 'events'],
    { metadata: { name: 'e', namespace: 'default' }, regarding: { kind: 'Cluster', name: 'm1' } },
    'allowed',
  ],
])('%s', (_, user, resource, object, expected) => {
  expect(outcome(user, resource, object)).toBe(expected);
});

describe('an event that is there', () => {
  const metadata = { name: 'e', namespace: 'default' };
  const about = (name: string, kind = 'Cluster') => ({ metadata, involvedObject: { kind, name } });

  test.each<[string, object, string]>([
    ['about its own Cluster is told again', about('m1'), 'allowed'],
    ["about another's is not made its own", about('m2'), 'forbidden'],
    ['about a node is not', about('m1', 'Node'), 'forbidden'],
    ['of the newer kind about another is not', { metadata, regarding: { kind: 'Cluster', name: 'm2' } }, 'forbidden'],
    ['about nothing is not', { metadata }, 'forbidden'],
  ])('%s', (_, old, expected) => {
    expect(outcome(agent, EVENTS, about('m1'), old)).toBe(expected);
  });
});

describe('the size of what is written', () => {
  const CSRS: [string, string] = ['certificates.k8s.io', 'certificatesigningrequests'];
  const joiner = { name: 'system:bootstrap:abcdef', groups: ['system:bootstrappers', 'system:authenticated'] };
  const labelled = (length: number) => ({ metadata: { name: 'r', labels: { a: 'x'.repeat(length) } } });
  const held = (length: number) => ({ metadata: { name: 'r', finalizers: ['x'.repeat(length)] } });
  const owned = (length: number) => ({ metadata: { name: 'r', ownerReferences: [{ uid: 'x'.repeat(length) }] } });
  const work = (length: number) => ({
    metadata: { name: 'w', namespace: 'karmada-es-m1' },
    spec: { text: 'x'.repeat(length) },
  });
  const heldWork = (length: number) => ({ metadata: { ...work(1).metadata, finalizers: ['x'.repeat(length)] } });
  const ownedFields = (length: number) => ({
    ...work(300_000),
    metadata: { ...work(1).metadata, managedFields: [{ manager: 'x'.repeat(length) }] },
  });
  const WORKS: [string, string] = ['work.karmada.io', 'works'];

  test.each<[string, typeof agent, [string, string], object, object | undefined, string]>([
    ['of an ordinary request', joiner, CSRS, labelled(100_000), undefined, 'allowed'],
    ['of a large one', joiner, CSRS, labelled(300_000), undefined, 'forbidden'],
    ['of a large one by an agent', agent, CSRS, labelled(300_000), undefined, 'forbidden'],
    ['of a large one by an administrator', admin, CSRS, labelled(300_000), undefined, 'allowed'],
    ['of finalizers', joiner, CSRS, held(20_000), undefined, 'forbidden'],
    ['of owners', joiner, CSRS, owned(20_000), undefined, 'forbidden'],
    ['of finalizers that were there', agent, WORKS, heldWork(20_000), heldWork(20_000), 'allowed'],
    ['of finalizers that come to it', agent, WORKS, heldWork(20_001), heldWork(20_000), 'forbidden'],
    ['of a new Work', agent, WORKS, work(300_000), undefined, 'forbidden'],
    ['of a Work that was sent to it', agent, WORKS, work(300_000), work(300_000), 'allowed'],
    ['of a Work that an agent makes larger', agent, WORKS, work(300_001), work(300_000), 'forbidden'],
    ['of a Work that an agent makes as large as it may make one', agent, WORKS, work(200_000), work(1), 'allowed'],
    ['of a Work that an administrator makes larger', admin, WORKS, work(300_001), work(300_000), 'allowed'],
    ['of a large Work that is held', agent, WORKS, { ...work(300_000), ...heldWork(30) }, work(300_000), 'allowed'],
    ['of a large Work with many owners of fields', agent, WORKS, ownedFields(70_000), work(300_000), 'forbidden'],
    ['of who owned its fields before', agent, WORKS, ownedFields(70_000), ownedFields(70_000), 'allowed'],
  ])('%s', (_, user, resource, object, old, expected) => {
    expect(outcome(user, resource, object, old)).toBe(expected);
  });

  test('what a member tells of what was sent to it is as large as it is, whoever owns its fields is not', () => {
    const told = { ...work(100_000), status: { text: 'x'.repeat(1_000_000) } };
    expect(outcome(agent, WORKS, told, work(100_000), 'status')).toBe('allowed');
    expect(outcome(agent, WORKS, { ...told, ...ownedFields(70_000) }, work(100_000), 'status')).toBe('forbidden');
  });
});
