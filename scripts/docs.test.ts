import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** What the documents name is there. */

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

function markdownIn(folder: string): string[] {
  const names = readdirSync(path.join(root, folder)).filter((name) => name.endsWith('.md'));
  return names.map((name) => path.join(folder, name));
}

function sourcesIn(folder: string): string[] {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
  return files.map((file) => `/${path.join(folder, file)}`);
}

const text = (file: string): string => readFileSync(path.join(root, file), 'utf8');

test.each([...['.', 'docs', 'docs/decisions', 'test/bench', 'test/conformance'].flatMap(markdownIn)])(
  '%s links to files that there are',
  (file) => {
    const links = [...text(file).matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, link = '']) => link);
    const local = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(local.filter((link) => !existsSync(path.join(root, path.dirname(file), link)))).toEqual([]);
  },
);

test('ARCHITECTURE.md tells its story by files that there are', () => {
  const sources = ['shared', 'services', 'agent', 'cli', 'scripts'].flatMap(sourcesIn);
  const named = [...text('ARCHITECTURE.md').matchAll(/`([\w/-]+\.ts)`/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((name) => !sources.some((file) => file.endsWith(`/${name}`)))).toEqual([]);
});
