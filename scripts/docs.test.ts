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

const documents = ['.', 'docs'].flatMap(markdownIn);

/** The first group of each match, in all these files together. */
function namesIn(files: string[], pattern: RegExp): string[] {
  return [...new Set(files.flatMap((file) => [...text(file).matchAll(pattern)].map(([, name = '']) => name)))].sort();
}

const sourceFiles = ['shared', 'services', 'agent', 'cli']
  .flatMap(sourcesIn)
  .map((file) => file.slice(1))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));

/** Of kubectl, curl, kube-apiserver and karmada-agent, where their line does not say so. */
const FOREIGN_FLAGS = new Set(
  'anonymous-auth client-ca-file clusterrole duration enable-bootstrap-token-auth max-semi-space-size raw report-secrets resource role serviceaccount verb'.split(
    ' ',
  ),
);
/** Who is named in a line may have flags of its own. */
const FOREIGN_PROGRAMS = /NODE_OPTIONS|curl|docker|etcdutl|kubectl|kube-|openssl|systemd/;

test('the documents name flags that there are', () => {
  const lines = documents.flatMap((file) => text(file).split('\n')).filter((line) => !FOREIGN_PROGRAMS.test(line));
  const named = lines.flatMap((line) => [...line.matchAll(/--([a-z][a-z0-9-]+)/g)].map(([, name = '']) => name));
  // As commander has them, or as a row of a table.
  const known = new Set(namesIn(sourceFiles, /(?:['`](?:-\w, )?--|(?:name|alias): ')([a-z][a-z0-9-]+)/g));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((name) => !known.has(name) && !FOREIGN_FLAGS.has(name))).toEqual([]);
});

test.each([
  ['metrics', /\b(pullet_(?:agent|hub|control)_[a-z_]+)\b/g],
  ['conditions', /CONDITION_\w+ = '(\w+)'/g],
])('all %s are documented', (_what, pattern) => {
  const names = namesIn(sourceFiles, pattern);
  expect(names.length).toBeGreaterThan(10);
  const words = documents.map(text).join('\n');
  expect(names.filter((name) => !words.includes(`\`${name}\``))).toEqual([]);
});

test('the documents name metrics and annotations that there are', () => {
  const pattern = /\b(pullet_[a-z_]+|pullet\.io\/[a-z-]+)\b/g;
  const known = new Set(namesIn(sourceFiles, pattern));
  expect(namesIn(documents, pattern).filter((name) => !known.has(name))).toEqual([]);
});
