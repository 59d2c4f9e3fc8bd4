import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadHubPki } from './hub-pki.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'pullet-hub-pki-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test.each(['ca.pem', 'admin.pem', 'service-account.key'])(
  '%s that is damaged is named, and not replaced',
  async (name) => {
    const load = () => loadHubPki({ directory, hosts: ['localhost'], now: Date.UTC(2026, 0, 1) });
    await load();
    const file = path.join(directory, name);
    writeFileSync(file, 'nonsense');
    await expect(load()).rejects.toThrow(`the file ${file} is damaged`);
    await expect(load()).rejects.toThrow(`the file ${file} is damaged`);
  },
);

test('what a hub that was killed was about to write is gone after the next start', async () => {
  const load = () => loadHubPki({ directory, hosts: ['localhost'], now: Date.UTC(2026, 0, 1) });
  await load();
  const before = readdirSync(directory);
  for (const name of before) writeFileSync(path.join(directory, `${name}.new`), 'hal');
  writeFileSync(path.join(directory, 'ca-next.pem.new'), 'hal');
  await load();
  expect(readdirSync(directory)).toEqual(before);
});
