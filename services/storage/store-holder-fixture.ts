import { openLmdbStorage } from './lmdb-backend.ts';

/** For a test, as a process of its own: opens the store in the directory that it is given, says so, and keeps it open until it is killed. */

const clock = { now: () => Date.now(), setTimeout: () => () => {} };
const storage = openLmdbStorage({ directory: process.argv[2] ?? '', clock });
await storage.put('/a', 0, () => Buffer.from('x'));
process.stdout.write('open\n');
setInterval(() => {}, 60_000);
