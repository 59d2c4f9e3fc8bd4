import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
