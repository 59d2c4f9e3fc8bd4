import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { openLmdbTables } from './lmdb-tables.ts';
import type { LogRecord } from './tables.ts';

/**
 * For a test, as a process of its own: a store whose disk is full from the moment on that it writes the page that makes a commit count. `failing-disk-fixture.ts
 * DIRECTORY` prints what became of its writes as one line of JSON; exit code 3 where the disk could not be made full.
 */

const [, , directory = ''] = process.argv;
const tables = openLmdbTables(directory);
const newRecord = (key: string): LogRecord => {
  const revision = tables.counters().revision + 1;
  return { type: 'put', key, value: Buffer.from(key), revision, createRevision: revision, previousModRevision: 0 };
};
const write = async (key: string): Promise<string> => {
  const record = newRecord(key);
  try {
    await tables.commit([record], { revision: record.revision, compacted: 1 });
    return 'written';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** LMDB has the file open twice: for data, and last for that page. Its descriptor becomes one of /dev/full. */
function fillDisk(): void {
  const isData = (fd: string): boolean => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).endsWith('/data.mdb');
    } catch {
      return false;
    }
  };
  const descriptor = Math.max(...readdirSync('/proc/self/fd').filter(isData).map(Number));
  closeSync(descriptor);
  const others: number[] = [];
  for (let fd = openSync('/dev/full', 'w'); fd !== descriptor; fd = openSync('/dev/full', 'w')) {
    others.push(fd);
    if (others.length > 64) process.exit(3);
  }
  for (const fd of others) closeSync(fd);
}

const before = await write('/before');
fillDisk();
const during = await write('/during');
const afterwards = await write('/after');
await tables.probe();
const keys = [...tables.range('/')].map(({ key }) => key);
await tables.close();
process.stdout.write(`${JSON.stringify({ before, during, afterwards, keys })}\n`);
