import { type FieldSet, unionOf } from './field-set.ts';
import { type Managed, type ManagedEntry, managerKey, secondsOf } from './managed-fields.ts';

const maxUpdateManagers = 10;
const bucketName = 'ancient-changes';

/** Merges the oldest updaters of a version into one entry when there are more than ten, so that an object's history does not grow without end. */
export function capUpdateManagers(managed: Managed): Managed {
  if (managed.size <= maxUpdateManagers) return managed;
  const updaters = [...managed].filter(([, entry]) => entry.operation === 'Update').sort(byAge);
  let excess = updaters.length - maxUpdateManagers;
  const out: Managed = new Map(managed);
  const firstOfVersion = new Map<string, string>();
  const buckets = new Map<string, Bucket>();
  for (const [key, entry] of updaters) {
    if (excess <= 0) break;
    const first = firstOfVersion.get(entry.apiVersion);
    if (first === undefined) firstOfVersion.set(entry.apiVersion, key);
    else {
      moveToBucket(out, buckets, { first, key, entry });
      excess--;
    }
  }
  for (const [key, { newest, parts }] of buckets) out.set(key, { ...newest, fields: unionOf(parts) });
  return out;
}

function byAge([keyA, a]: [string, ManagedEntry], [keyB, b]: [string, ManagedEntry]): number {
  return secondsOf(a) - secondsOf(b) || (keyA < keyB ? -1 : 1);
}

interface Bucket {
  newest: ManagedEntry;
  /** The fields of all that are in it. */
  parts: FieldSet[];
}

/** The bucket starts as the oldest of its version and has the time of the youngest in it. */
function moveToBucket(
  out: Managed,
  buckets: Map<string, Bucket>,
  { first, key, entry }: { first: string; key: string; entry: ManagedEntry },
): void {
  const newest: ManagedEntry = { ...entry, manager: bucketName, subresource: '' };
  const bucketKey = managerKey(newest);
  const parts = buckets.get(bucketKey)?.parts ?? startOf(out, bucketKey, first);
  parts.push(entry.fields);
  buckets.set(bucketKey, { newest, parts });
  out.delete(key);
}

function startOf(out: Managed, bucketKey: string, first: string): FieldSet[] {
  const start = out.get(bucketKey) ?? out.get(first);
  if (!out.has(bucketKey)) out.delete(first);
  return start ? [start.fields] : [];
}
