import { createHash } from 'node:crypto';
import { type ConfigMap, configMaps, namespaces } from '../../shared/apis/core/v1.ts';
import { isAlreadyExists, isForbidden, isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import type { ObjectId } from './manifest.ts';

/**
 * What each Work has put into the member, kept in the member itself, by uid of the Work: only what stands here may be pruned. It is
 * spread over ConfigMaps `pullet-inventory-<n>`; changes of a moment are written together. A record that was lost costs
 * nothing but an object that stays.
 */

export interface InventoryObject extends ObjectId {
  apiVersion: string;
  uid: string;
}

export interface InventoryRecord {
  /** The hub that the Work is on: the uid of its kube-system. */
  hub: string;
  /** `namespace/name` of the Work. */
  work: string;
  /** Of the Work whose manifests these are. */
  generation: number;
  resourceVersion: string;
  objects: InventoryObject[];
}

export interface Inventory {
  /** Reads what is kept in the member; `isUsable` is false if it may not. */
  load(signal: AbortSignal): Promise<void>;
  isUsable(): boolean;
  get(workUid: string): InventoryRecord | undefined;
  put(workUid: string, record: InventoryRecord): void;
  remove(workUid: string): void;
  /** Writes what has changed; throws if the member can't be reached, and keeps it for the next time. */
  flush(signal: AbortSignal): Promise<void>;
}

export interface InventoryOptions {
  member: KubeClient;
  namespace: string;
  log: Logger;
  /** Called some time after a change: then `flush` is due. */
  onDirty: () => void;
}

const SHARDS = 32;
const PREFIX = 'pullet-inventory-';

export function newInventory(options: InventoryOptions): Inventory {
  const records = new Map<string, InventoryRecord>();
  const dirty = new Set<string>();
  let usable = false;

  const change = (uid: string): void => {
    dirty.add(uid);
    options.onDirty();
  };

  return {
    load: async (signal) => {
      try {
        for (const [uid, record] of await readAll(options, signal)) records.set(uid, record);
        await ensureNamespace(options, signal);
        usable = true;
      } catch (error) {
        if (!isForbidden(error)) throw error;
        options.log.warn({ err: error }, 'no right to keep an inventory in the member: nothing will be pruned');
      }
    },
    isUsable: () => usable,
    get: (uid) => records.get(uid),
    put: (uid, record) => {
      if (sameRecord(records.get(uid), record)) return;
      records.set(uid, record);
      change(uid);
    },
    remove: (uid) => {
      if (records.delete(uid)) change(uid);
    },
    flush: async (signal) => {
      if (!usable) return;
      for (const [shard, uids] of byShard(dirty)) {
        const data = Object.fromEntries(uids.map((uid) => [uid, encode(records.get(uid))]));
        for (const uid of uids) dirty.delete(uid);
        try {
          await writeShard(options, shard, data, signal);
        } catch (error) {
          for (const uid of uids) dirty.add(uid);
          throw error;
        }
      }
    },
  };
}

/** A new resourceVersion alone is no reason to write. */
function sameRecord(known: InventoryRecord | undefined, record: InventoryRecord): boolean {
  if (!known) return false;
  return encode({ ...known, resourceVersion: '' }) === encode({ ...record, resourceVersion: '' });
}

function encode(record: InventoryRecord | undefined): string | null {
  return record ? JSON.stringify(record) : null;
}

function shardOf(uid: string): number {
  return (createHash('sha1').update(uid).digest()[0] ?? 0) % SHARDS;
}

function byShard(uids: Iterable<string>): Map<number, string[]> {
  const shards = new Map<number, string[]>();
  for (const uid of uids) shards.set(shardOf(uid), [...(shards.get(shardOf(uid)) ?? []), uid]);
  return shards;
}

async function readAll(
  { member, namespace, log }: InventoryOptions,
  signal: AbortSignal,
): Promise<[string, InventoryRecord][]> {
  const { items } = await member.list(configMaps, { namespace, labelSelector: `${LABEL}=true`, signal });
  return items.flatMap(({ metadata, data }) =>
    Object.entries(data ?? {}).flatMap(([uid, text]): [string, InventoryRecord][] => {
      const record = decode(text);
      if (!record) log.warn({ configMap: metadata.name, uid }, 'an inventory record is damaged and is not used');
      return record ? [[uid, record]] : [];
    }),
  );
}

const LABEL = 'pullet.io/inventory';

function decode(text: string): InventoryRecord | undefined {
  try {
    const record: Partial<InventoryRecord> = JSON.parse(text);
    return Array.isArray(record.objects) && typeof record.generation === 'number'
      ? (record as InventoryRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A merge patch changes the given records and leaves the others; `null` removes one. */
async function writeShard(
  { member, namespace }: InventoryOptions,
  shard: number,
  data: Record<string, string | null>,
  signal: AbortSignal,
): Promise<void> {
  const key = { name: `${PREFIX}${shard}`, namespace };
  try {
    await member.patch(configMaps, key, { type: 'merge', patch: { data } }, { signal });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const kept = Object.entries(data).filter((entry): entry is [string, string] => entry[1] !== null);
    const metadata = { ...key, labels: { [LABEL]: 'true' } };
    const shardMap: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: Object.fromEntries(kept) };
    await member.create(configMaps, shardMap, { signal });
  }
}

async function ensureNamespace({ member, namespace }: InventoryOptions, signal: AbortSignal): Promise<void> {
  try {
    await member.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, { signal });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
