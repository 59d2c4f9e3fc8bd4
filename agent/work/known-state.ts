import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { LAST_APPLIED_ANNOTATION } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import type { HubMark, InventoryObject, InventoryRecord } from './inventory-record.ts';

/** The form in which the agent's state is kept: compressed JSON, spread over shards by the uid of the Work, and a head that is written at once where a shard can wait. */

export interface ShardEntry {
  record: InventoryRecord;
  /** The Work as it was seen last, without its status. */
  work?: Work;
  /** The record covers all that was intended up to this number; absent where the head has no intention of the Work, and from agents that gave no numbers. */
  covers?: number;
}

/** By uid of the Work. */
export type Shard = Record<string, ShardEntry>;

export interface Head {
  mark?: HubMark;
  /** What is about to be put into the member, by uid of the Work, until the shard says so too. */
  intentions: Record<string, Intention>;
}

export interface Intention {
  work: string;
  history: string;
  objects: IntendedObject[];
}

/** Numbers go up, from agent to agent too: the head may be older than the shard. */
export type IntendedObject = InventoryObject & { number?: number };

export const HEAD = 'head';
const SHARDS = 32;

export function shardOf(uid: string): string {
  return String((createHash('sha1').update(uid).digest()[0] ?? 0) % SHARDS);
}

export async function encodeState(state: Shard | Head): Promise<Buffer> {
  return promisify(gzip)(JSON.stringify(state));
}

/** Undefined if it is damaged. */
export async function decodeShard(bytes: Buffer): Promise<Shard | undefined> {
  const shard = await decode<Shard>(bytes);
  return shard && Object.values(shard).every(isEntry) ? shard : undefined;
}

/** Undefined if it is damaged. */
export async function decodeHead(bytes: Buffer): Promise<Head | undefined> {
  const head = await decode<Partial<Head>>(bytes);
  return head ? { ...head, intentions: head.intentions ?? {} } : undefined;
}

async function decode<T extends object>(bytes: Buffer): Promise<T | undefined> {
  try {
    const value: unknown = JSON.parse((await promisify(gunzip)(bytes)).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(entry: Partial<ShardEntry>): boolean {
  return Array.isArray(entry?.record?.objects) && typeof entry.record.generation === 'number';
}

/** What is kept of a Work: enough to go on delivering it without a hub, and no second copy of it. */
export function keptWork({ apiVersion, kind, metadata, spec }: Work): Work {
  const { name, namespace, uid, generation, resourceVersion, labels, finalizers } = metadata;
  const { [LAST_APPLIED_ANNOTATION]: _, ...annotations } = metadata.annotations ?? {};
  const kept = { name, namespace, uid, generation, resourceVersion, labels, annotations, finalizers };
  const present = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
  return { apiVersion, kind, metadata: present, spec };
}
