import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StorageClock } from '../../services/storage/compactor.ts';
import { openLmdbStorage } from '../../services/storage/lmdb-backend.ts';

/**
 * How large the store's file becomes while 10,000 clusters renew their leases, a thousand a second by a clock that runs as fast as the writes:
 * `npx tsx test/bench/store-size.ts [RENEWALS]`, one million if not said. Ends with 1 if the file still grows in the second half.
 */
const CLUSTERS = 10_000;
const RENEWALS_PER_SECOND = 1000;
/** A twentieth of a second's. */
const AT_ONCE = 50;
/** What the file may grow by, in the second half, to count as bounded. */
const TOLERANCE = 1.1;

/** Timers fire when the time that the renewals stand for has passed. */
function newFastClock(): StorageClock & { advance(ms: number): void } {
  let now = 0;
  const timers = new Set<{ at: number; task: () => void }>();
  return {
    now: () => now,
    setTimeout(task, delayMs) {
      const timer = { at: now + delayMs, task };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      now += ms;
      for (const timer of [...timers]) if (timer.at <= now && timers.delete(timer)) timer.task();
    },
  };
}

function leaseOf(cluster: number, renewal: number, revision: number): Uint8Array {
  const renewTime = new Date(1_900_000_000_000 + renewal).toISOString().replace('Z', '000Z');
  const name = `cluster-${cluster}`;
  const f = { 'f:spec': { 'f:holderIdentity': {}, 'f:leaseDurationSeconds': {}, 'f:renewTime': {} } };
  const managed = { manager: 'pullet', operation: 'Update', apiVersion: 'coordination.k8s.io/v1', time: renewTime };
  const metadata = {
    name,
    namespace: 'karmada-cluster',
    uid: '6f0e9f0c-6a6f-4a0e-9a52-0d6d1d7c7a10',
    resourceVersion: String(revision),
    creationTimestamp: '2030-01-01T00:00:00Z',
    managedFields: [{ ...managed, fieldsType: 'FieldsV1', fieldsV1: f }],
  };
  const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime };
  return Buffer.from(JSON.stringify({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }));
}

/** Without the pages of the store's file that are mapped: those are the system's to take back. */
function ownMemory(): number {
  const kibibytes = /RssAnon:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kibibytes) * 1024;
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

async function main(renewals: number): Promise<number> {
  const directory = mkdtempSync(path.join(tmpdir(), 'pullet-store-size-'));
  const clock = newFastClock();
  const storage = openLmdbStorage({ directory, clock });
  const sizes: number[] = [];
  const modRevisions = new Map<number, number>();
  const started = Date.now();
  try {
    for (let done = 0; done < renewals; done += AT_ONCE) {
      const renew = async (_: unknown, index: number): Promise<void> => {
        const cluster = (done + index) % CLUSTERS;
        const key = `/coordination.k8s.io/leases/karmada-cluster/cluster-${cluster}`;
        const encode = (revision: number) => leaseOf(cluster, done, revision);
        const result = await storage.put(key, modRevisions.get(cluster) ?? 0, encode);
        if (!result.ok) throw new Error(`${key} was written by somebody else`);
        modRevisions.set(cluster, result.entry.modRevision);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, renew));
      clock.advance((AT_ONCE / RENEWALS_PER_SECOND) * 1000);
      if ((done + AT_ONCE) % Math.ceil(renewals / 10) < AT_ONCE) report(done + AT_ONCE);
    }
  } finally {
    await storage.close();
    rmSync(directory, { recursive: true });
  }
  const half = sizes[Math.floor(sizes.length / 2) - 1] ?? 0;
  const isBounded = (sizes.at(-1) ?? 0) <= half * TOLERANCE;
  console.log(isBounded ? 'bounded' : 'NOT bounded: it grew by more than a tenth in the second half');
  return isBounded ? 0 : 1;

  function report(done: number): void {
    const { size } = statSync(path.join(directory, 'data.mdb'));
    sizes.push(size);
    const history = storage.revision() - storage.compactedRevision();
    const memory = mebibytes(ownMemory());
    const perSecond = Math.round(done / ((Date.now() - started) / 1000));
    console.log(`${done} renewals: file ${mebibytes(size)}, history ${history}, memory ${memory}, ${perSecond}/s`);
  }
}

process.exitCode = await main(Number(process.argv[2] ?? 1_000_000));
