import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../bin/pullet', import.meta.url));
const { engines } = JSON.parse(readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8'));

/** A node that says it is another. */
const asNode = (version: string): string =>
  `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`;

test.each(['18.20.8', '20.18.3'])('Node %s is told to be too old, and which is not', async (version) => {
  const running = promisify(execFile)(process.execPath, ['--import', asNode(version), bin, '--version']);
  const stderr = `error: this is Node ${version}, and pullet needs ${engines.node.replace('>=', '')} or newer\n`;
  await expect(running).rejects.toMatchObject({ code: 1, stdout: '', stderr });
});
