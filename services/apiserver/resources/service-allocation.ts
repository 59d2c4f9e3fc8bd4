import { createHash } from 'node:crypto';
import { newInternalError } from '../../../shared/apis/meta/status-error.ts';
import type { Storage } from '../../storage/backend.ts';

/**
 * Cluster IPs of 10.96.0.0/16 and node ports of 30000–32767: the first free one from a place that the owner's name decides. What was given in the
 * last minute counts as taken, so that two services made at once differ before either is stored.
 */
const PREFIX = '10.96.';
/** .0.0 is the network, .0.1 the API server, .255.255 the broadcast address. */
const ADDRESSES = { first: 2, count: 65_533 };
const NODE_PORTS = { first: 30_000, count: 2768 };
const RESERVED_MS = 60_000;

const reservations = new WeakMap<Storage, Map<string, { owner: string; untilMs: number }>>();

interface Space {
  first: number;
  count: number;
  nameOf(number: number): string;
}

export function allocateClusterIp(storage: Storage, owner: string, nowMs: number): string {
  const nameOf = (number: number) => `${PREFIX}${number >> 8}.${number & 255}`;
  return allocate(storage, { ...ADDRESSES, nameOf }, { owner, nowMs });
}

export function allocateNodePort(storage: Storage, owner: string, nowMs: number): number {
  return Number(allocate(storage, { ...NODE_PORTS, nameOf: String }, { owner, nowMs }));
}

function allocate(storage: Storage, space: Space, { owner, nowMs }: { owner: string; nowMs: number }): string {
  const taken = takenIn(storage);
  const reserved = reservedIn(storage, nowMs);
  const start = createHash('sha256').update(owner).digest().readUInt32BE();
  for (let step = 0; step < space.count; step++) {
    const name = space.nameOf(space.first + ((start + step) % space.count));
    const isFree = !taken.has(name) && (reserved.get(name)?.owner ?? owner) === owner;
    if (!isFree) continue;
    reserved.set(name, { owner, untilMs: nowMs + RESERVED_MS });
    return name;
  }
  throw newInternalError('failed to allocate for a service: range is full');
}

/** Every address and port that a stored service has. */
function takenIn(storage: Storage): Set<string> {
  const taken = new Set<string>();
  for (const { value } of storage.list({ prefix: '/core/services/' }).entries) {
    const { spec }: { spec?: { clusterIPs?: string[]; ports?: { nodePort?: number }[] } } = JSON.parse(
      Buffer.from(value).toString(),
    );
    for (const address of spec?.clusterIPs ?? []) taken.add(address);
    for (const { nodePort } of spec?.ports ?? []) if (nodePort) taken.add(String(nodePort));
  }
  return taken;
}

function reservedIn(storage: Storage, nowMs: number) {
  const reserved = reservations.get(storage) ?? new Map<string, { owner: string; untilMs: number }>();
  reservations.set(storage, reserved);
  for (const [name, { untilMs }] of reserved) if (untilMs < nowMs) reserved.delete(name);
  return reserved;
}
