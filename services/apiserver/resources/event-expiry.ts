import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Entry, Storage } from '../../storage/backend.ts';
import { resourcePrefix } from '../registry/keys.ts';
import { decodeEntry, encodeStored } from '../registry/object-codec.ts';
import type { Registry } from '../registry/registry.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';

/**
 * Events live for an hour after their last write, as under etcd's leases, whatever times their writers put into them: the clocks of members are not the hub's. Of a write the
 * store knows the revision, and here it is noted now and then how far the revisions had come. Old ones are looked for when new ones come, at most once a minute.
 */

const TTL_MS = 3_600_000;
const LOOK_EVERY_MS = 60_000;
const PAGE = 500;
/** So much is parsed in one turn of the event loop. */
const TURN_BYTES = 1_000_000;

/** What is known of one store since this process looks at it. */
interface Looks {
  /** How far the revisions had come. One a look, oldest first; of those older than an hour the newest. */
  marks: { revision: number; atMs: number }[];
  isLooking: boolean;
}

const looks = new WeakMap<Storage, Looks>();

/** Called for every new event. Not waited for. */
export function expireEvents(registry: Registry, nowMs: number): void {
  const { storage } = registry;
  const mark = { revision: storage.revision(), atMs: nowMs };
  const known = looks.get(storage) ?? { marks: [], isLooking: false };
  looks.set(storage, known);
  const lastMs = known.marks.at(-1)?.atMs;
  // A clock that was set back must not stop this until it is where it was.
  if (known.isLooking || (lastMs !== undefined && Math.abs(nowMs - lastMs) < LOOK_EVERY_MS)) return;
  known.marks.push(mark);
  // This one is newer: one is left.
  while ((known.marks[1]?.atMs ?? nowMs) <= nowMs - TTL_MS) known.marks.shift();
  known.isLooking = true;
  look(registry, known, nowMs)
    .catch((error: unknown) => registry.log.warn({ err: error }, 'old events could not be removed'))
    .finally(() => {
      known.isLooking = false;
    });
}

/** Events of both groups are stored as those of core. */
async function look({ storage, catalog }: Registry, { marks }: Looks, nowMs: number): Promise<void> {
  const definition = catalog.find('', 'v1', 'events');
  if (!definition) return;
  const endMs = nowMs - TTL_MS;
  // What was written up to the one is old, and what was written after the other is not. In between is what was written before this process began, or in a long time without events.
  const oldRevision = marks.findLast(({ atMs }) => atMs <= endMs)?.revision ?? 0;
  const youngRevision = marks.find(({ atMs }) => atMs > endMs)?.revision ?? oldRevision;
  let parsed = 0;
  for await (const entry of pages(storage, resourcePrefix(definition))) {
    if (entry.modRevision > youngRevision) continue;
    const event = decodeEntry(definition, entry);
    const isOld = entry.modRevision <= oldRevision || lastWriteMs(event) <= endMs;
    if (isOld) await remove(storage, definition, entry, event);
    parsed += entry.value.length;
    if (parsed < TURN_BYTES) continue;
    parsed = 0;
    await nextTurn();
  }
}

async function* pages(storage: Storage, prefix: string): AsyncGenerator<Entry> {
  for (let after: string | undefined; ; ) {
    const { entries, more } = storage.list({ prefix, limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield* entries;
    after = entries.at(-1)?.key;
    if (!more || after === undefined) return;
    await nextTurn();
  }
}

/** As the server notes it in the metadata. NaN, which is no time ago, where that is not so. */
function lastWriteMs({ metadata }: Unstructured): number {
  let lastMs = Number.NEGATIVE_INFINITY;
  const note = (time: unknown): void => {
    if (typeof time === 'string') lastMs = Math.max(lastMs, Date.parse(time));
  };
  note(metadata.creationTimestamp);
  for (const { time } of metadata.managedFields ?? []) note(time);
  return lastMs;
}

async function remove(
  storage: Storage,
  definition: ResourceDefinition,
  entry: Entry,
  event: Unstructured,
): Promise<void> {
  await storage.delete(entry.key, entry.modRevision, (revision) => encodeStored(definition, event, revision));
}
