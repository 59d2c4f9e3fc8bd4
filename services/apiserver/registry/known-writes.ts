import type { Storage } from '../../storage/backend.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import type { SettledValue } from '../types/settled-value.ts';

/** What the last writer of an object may change of it with nothing else to come of that. */
export interface KnownWrite {
  definition: ResourceDefinition;
  subresource: string;
  /** Of the last entry in its `managedFields`, which owns all of these values, alone. */
  manager: string;
  /** What was stored last; of everything that was stored since nothing is known. */
  revision: number;
  /** By `placeOf` their path. */
  values: ReadonlyMap<string, SettledValue>;
}

/** As many as clusters send heartbeats to one hub. */
const MOST_WRITES = 20_000;

const knownOf = new WeakMap<Storage, Map<string, KnownWrite>>();

/** By the objects' keys, in the order in which they were first noted. Bounded: the first goes then. */
function writesTo(storage: Storage): Map<string, KnownWrite> {
  const known = knownOf.get(storage) ?? new Map<string, KnownWrite>();
  knownOf.set(storage, known);
  return known;
}

export const knownWrite = (storage: Storage, key: string): KnownWrite | undefined => writesTo(storage).get(key);

export function noteWrite(storage: Storage, key: string, write: KnownWrite): void {
  const known = writesTo(storage);
  known.set(key, write);
  if (known.size <= MOST_WRITES) return;
  const [oldest] = known.keys();
  if (oldest !== undefined) known.delete(oldest);
}

export const placeOf = (path: readonly (string | number)[]): string => JSON.stringify(path);
