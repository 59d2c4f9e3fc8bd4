import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, secrets } from '../../shared/apis/core/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { joinMember } from '../framework/join.ts';
import { newCommandRunner } from '../framework/run-command.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

let world: World;
let hub: TestHub;
let member: TestMember;
let pullet: (args: string[]) => Promise<string>;

beforeAll(async () => {
  world = await newWorld();
  pullet = newCommandRunner(world);
  hub = await startTestHub(world);
  member = await startTestMember(world, 'm1');
  await joinMember(world, hub, member);
});

afterAll(() => world.stop());

const key = (name: string) => ({ namespace: 'default', name });
const secret = (password: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: key('login'),
  data: { password: Buffer.from(password).toString('base64') },
});

async function diff(manifests: object[]): Promise<string> {
  const file = path.join(world.dir, 'manifests.json');
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }));
  return pullet(['diff', '--kubeconfig', hub.kubeconfig, '-f', file, '--cluster', 'm1']);
}

test('pullet diff tells what a cluster would change, and changes nothing', async () => {
  await hub.client.create(
    works,
    newWork('m1', 'shop', [configMapManifest('default', 'settings', { color: 'blue', size: 's' }), secret('old')]),
  );
  await untilApplied(hub, 'm1', 'shop');
  await member.client.create(configMaps, { ...configMapManifest('default', 'theirs', {}), data: { a: 'b' } });
  const before = await member.client.get(configMaps, key('settings'));

  const told = await diff([
    configMapManifest('default', 'settings', { color: 'red' }),
    secret('new'),
    configMapManifest('default', 'fresh', {}),
    configMapManifest('default', 'theirs', { a: 'c' }),
    configMapManifest('default', 'Not_A_Name', {}),
    { apiVersion: 'no.such/v1', kind: 'Thing', metadata: key('x') },
  ]);

  expect(told).toContain(
    [
      'ConfigMap default/settings would be changed',
      '  .data.color',
      '  - blue',
      '  + red',
      '  .data.size',
      '  - s',
      'Secret default/login would be changed',
      '  .data.password',
      '  - *** (before)',
      '  + *** (after)',
      'ConfigMap default/fresh would be created',
      'ConfigMap default/theirs would be changed: it exists and no Work has delivered it',
    ].join('\n'),
  );
  expect(told).toContain('ConfigMap default/Not_A_Name would be refused: ');
  expect(told).toContain('Thing default/x would be refused: no matches for kind "Thing"');
  expect(told).not.toContain(secret('old').data.password);

  const after = await member.client.get(configMaps, key('settings'));
  expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  expect((await member.client.get(secrets, key('login'))).data).toEqual(secret('old').data);
  await expect(member.client.get(configMaps, key('fresh'))).rejects.toThrow('not found');
  const { items } = await hub.client.list(works, { namespace: executionSpace('m1') });
  expect(items.map(({ metadata }) => metadata.name)).toEqual(['shop']);
});

test('what is as it should be is said so', async () => {
  expect(await diff([secret('old')])).toBe('Secret default/login is as it should be\n');
});
