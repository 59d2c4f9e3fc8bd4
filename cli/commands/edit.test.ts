import { beforeEach, expect, test } from 'vitest';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { putCluster } from '../../shared/controller/put-cluster.ts';
import { type FakeShell, newFakeShell } from '../fake-shell.ts';

let hub: FakeKube;
let shell: FakeShell;

beforeEach(() => {
  hub = newFakeKube();
  shell = newFakeShell(hub.client);
  const metadata = { name: 'm1', annotations: { 'pullet.io/description': 'old', other: 'stays' } };
  putCluster(hub, 'Push', { metadata });
});

const pullet = (...words: string[]): Promise<number> => shell.pullet('edit', ...words);

const annotations = () => hub.get('clusters.cluster.karmada.io', 'm1')?.metadata.annotations;

test('a cluster gets a display name and a description, and keeps what it had', async () => {
  expect(await pullet('cluster', 'm1', '--display-name', 'Store 1', '--description', 'new')).toBe(0);
  expect(annotations()).toEqual({
    'pullet.io/display-name': 'Store 1',
    'pullet.io/description': 'new',
    other: 'stays',
  });
  expect(shell.out).toBe('cluster(m1) is edited\n');
});

test('empty takes away', async () => {
  expect(await pullet('cluster', 'm1', '--description', '')).toBe(0);
  expect(annotations()).toEqual({ other: 'stays' });
});

test.each([
  [['cluster', 'm1'], 2, 'nothing to change'],
  [['work', 'w', '--description', 'x'], 2, 'only "cluster" is supported'],
  [['cluster', 'nobody', '--description', 'x'], 1, 'not found'],
])('%j is refused', async (args, code, words) => {
  expect(await pullet(...args)).toBe(code);
  expect(shell.err).toContain(words);
});
