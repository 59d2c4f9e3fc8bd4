import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newLogger } from '../../services/hub/log.ts';
import { newTeardown } from '../../services/hub/teardown.ts';
import type { Logger } from '../../shared/controller/logger.ts';

/** Everything that one test file has started, and its folder; `stop` ends it in reverse order and leaves nothing. */
export interface World {
  /** Of its own, below the system's temporary folder. */
  readonly dir: string;
  /** Silent unless PULLET_TEST_LOG is set. */
  readonly log: Logger;
  onStop(name: string, stop: () => Promise<void> | void): void;
  stop(): Promise<void>;
}

export async function newWorld(): Promise<World> {
  const dir = await mkdtemp(path.join(tmpdir(), 'pullet-test-'));
  const isLoud = Boolean(process.env['PULLET_TEST_LOG']);
  const log = newLogger({
    format: 'text',
    verbosity: isLoud ? 4 : 0,
    write: (line) => {
      if (isLoud) process.stderr.write(line);
    },
  });
  const teardown = newTeardown(log);
  teardown.add('folder', () => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  return { dir, log, onStop: teardown.add, stop: teardown.run };
}
