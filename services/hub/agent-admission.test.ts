import { expect, test } from 'vitest';
import { isForbidden } from '../../shared/apis/meta/status-error.ts';
import type { AdmissionContext } from '../apiserver/registry/registry.ts';
import { checkAgentWrite } from './agent-admission.ts';

const agent = { name: 'system:karmada:agent:m1', groups: ['system:karmada:agents'] };
const admin = { name: 'admin', groups: ['system:masters'] };

function outcome(
  user: typeof agent,
  resource: [group: string, plural: string],
  object: object,
): 'allowed' | 'forbidden' {
  const [group, plural] = resource;
  const metadata = { name: '', ...(object as { metadata?: object }).metadata };
  const namespace = (metadata as { namespace?: string }).namespace ?? '';
  const context = {
    user,
    definition: { group, plural },
    operation: 'CREATE',
    subresource: '',
    namespace,
    name: '',
    dryRun: false,
  };
  try {
    void checkAgentWrite(
      context as unknown as AdmissionContext,
      { apiVersion: '', kind: '', ...object, metadata },
      undefined,
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
