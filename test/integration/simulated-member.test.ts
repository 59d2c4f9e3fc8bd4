import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodes, pods } from '../../shared/apis/core/v1.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { newRestMapper, type RestMapper } from '../../shared/client/rest-mapper.ts';
import { eventually } from '../framework/eventually.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { deploymentManifest } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** In a member that is simulated, on whichever API, workloads become ready as they would in a cluster. */

let world: World;
let member: TestMember;
let mapper: RestMapper;

beforeAll(async () => {
  world = await newWorld();
  member = await startTestMember(world, 'm1');
  mapper = newRestMapper(member.client);
});

afterAll(() => world.stop());

const template = (labels: Record<string, string>, restartPolicy = 'Always') => ({
  metadata: { labels },
  spec: { restartPolicy, containers: [{ name: 'c', image: 'nginx:1.29' }] },
});

function workload(apiVersion: string, kind: string, spec: object): Unstructured {
  return { apiVersion, kind, metadata: { name: 'w', namespace: 'default' }, spec };
}

const labels = { app: 'w' };
const selector = { matchLabels: labels };

describe('a simulated member', () => {
  test('has nodes that are ready', async () => {
    const { items } = await member.client.list(nodes);
    expect(items.map(({ status }) => status?.conditions?.find(({ type }) => type === 'Ready')?.status)).toEqual([
      'True',
      'True',
    ]);
  });

  test.each<[string, Unstructured, object]>([
    [
      'a Deployment',
      deploymentManifest('default', 'w', 3),
      { readyReplicas: 3, availableReplicas: 3, updatedReplicas: 3 },
    ],
    [
      'a StatefulSet',
      workload('apps/v1', 'StatefulSet', { replicas: 2, serviceName: 'w', selector, template: template(labels) }),
      { readyReplicas: 2, currentReplicas: 2, updatedReplicas: 2 },
    ],
    [
      'a DaemonSet',
      workload('apps/v1', 'DaemonSet', { selector, template: template(labels) }),
      { desiredNumberScheduled: 2, numberReady: 2 },
    ],
    ['a Job', workload('batch/v1', 'Job', { template: template(labels, 'Never') }), { succeeded: 1 }],
  ])('makes %s ready', async (_, manifest, expected) => {
    const type = await mapper.resourceFor(manifest.apiVersion, manifest.kind);
    if (!type) throw new Error(`${manifest.kind} is not served`);
    await member.client.create(type, manifest);
    const status = await eventually('it is ready', async () => {
      const object = (await member.client.get(type, { name: 'w', namespace: 'default' })) as Unstructured;
      const now = object['status'] as Record<string, unknown> | undefined;
      return Object.entries(expected).every(([field, value]) => now?.[field] === value) ? now : undefined;
    });
    expect(status).toMatchObject(expected);
  });

  test('scales down, and pods that are deleted are gone', async () => {
    const type = await mapper.resourceFor('apps/v1', 'Deployment');
    if (!type) throw new Error('deployments are not served');
    const patch = { spec: { replicas: 1 } };
    await member.client.patch(type, { name: 'w', namespace: 'default' }, { type: 'merge', patch });
    await eventually('one pod is left', async () => {
      const { items } = await member.client.list(pods, { namespace: 'default', labelSelector: 'app=w' });
      return items.length === 1;
    });
  });
});
