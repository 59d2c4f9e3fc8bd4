import { union } from './field-set.ts';
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
  for (const [key, entry] of updaters) {
    if (excess <= 0) break;
    const first = firstOfVersion.get(entry.apiVersion);
    if (first === undefined) firstOfVersion.set(entry.apiVersion, key);
    else {
      moveToBucket(out, { first, key, entry });
      excess--;
    }
  }
  return out;
}

function byAge([keyA, a]: [string, ManagedEntry], [keyB, b]: [string, ManagedEntry]): number {
  return secondsOf(a) - secondsOf(b) || (keyA < keyB ? -1 : 1);
}

/** The bucket starts as the oldest of its version and has the time of the youngest in it. */
function moveToBucket(out: Managed, { first, key, entry }: { first: string; key: string; entry: ManagedEntry }): void {
  const bucket: ManagedEntry = { ...entry, manager: bucketName, subresource: '' };
  const bucketKey = managerKey(bucket);
  const before = out.get(bucketKey) ?? out.get(first);
  if (!out.has(bucketKey)) out.delete(first);
  out.delete(key);
  out.set(bucketKey, before ? { ...bucket, fields: union(entry.fields, before.fields) } : bucket);
}
