import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildBundles, bundleContents } from './build.ts';

test("the agent's bundle holds the agent, what is shared, and no library but a YAML reader", async () => {
  const { files } = await bundleContents('agent');
  const ours = files.filter((file) => !file.startsWith('node_modules/'));
  expect(ours.filter((file) => !/^(agent|shared)\//.test(file))).toEqual([]);
  expect(ours).not.toContain('agent/register/register.ts');
  const packages = files.filter((file) => file.startsWith('node_modules/')).map((file) => file.split('/')[1]);
  expect([...new Set(packages)]).toEqual(['js-yaml']);
});

test("the CLI's bundle loads hub and agent only when they are asked for", async () => {
  const { files } = await bundleContents('pullet');
  const isOfAProcess = (file: string): boolean => /^services\/(?!install\/)/.test(file) || file === 'agent/main.ts';
  expect(files.filter(isOfAProcess)).toEqual([]);
  expect(files).toContain('services/install/install.ts');
});

test.each(['pullet', 'hub', 'agent'] as const)(
  "the bundle of %s does not import node:http, which loads an HTTP client of node's own",
  async (name) => {
    const { imported } = await bundleContents(name);
    expect(imported).toContain('node:https');
    expect(imported).not.toContain('node:http');
  },
);

test('a build replaces what is there when the last bundle is built, and leaves nothing else', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'pullet-build-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = (name: string): string => path.join(directory, name);
  await Promise.all([writeFile(file('hub.js'), 'before'), writeFile(file('of-an-earlier-build.js'), '')]);
  const during: string[] = [];
  await buildBundles(directory, async (name) => {
    during.push(await readFile(file('hub.js'), 'utf8'));
    return `after: ${name}`;
  });
  expect(during).toEqual(['before', 'before', 'before']);
  expect((await readdir(directory)).sort()).toEqual(['agent.js', 'hub.js', 'pullet.js']);
  expect(await readFile(file('hub.js'), 'utf8')).toBe('after: hub');
  expect((await stat(file('pullet.js'))).mode & 0o111).toBe(0o111);
});
