import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const run = promisify(execFile);
const fixture = fileURLToPath(new URL('./failing-disk-fixture.ts', import.meta.url));

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pullet-failing-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test.runIf(existsSync('/dev/full') && existsSync('/proc/self/fd'))(
  'after a commit that failed at its last page the store goes on without being started again',
  async () => {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', fixture, directory]);
    expect(JSON.parse(stdout)).toEqual({
      before: 'written',
      during: expect.stringContaining('no room left'),
      afterwards: 'written',
      keys: ['/after', '/before'],
    });
  },
);
