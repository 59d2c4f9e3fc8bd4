import { createHash } from 'node:crypto';
import { newInternalError } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Storage } from '../../storage/backend.ts';
import type { ServiceSpec } from './service-spec.ts';

/**
 * Which cluster IPs of 10.96.0.0/16 and node ports of 30000–32767 are free. Who asks for none is given the first free one from a place that the uid and
 * the revision decide (what was given back is another's), of those below only when all others are taken: there people look for what they ask for themselves. What was given in the last minute counts as taken, and what is
 * asked for or given until the write of its service has ended, so that two services made at once differ before either is stored.
 */
const PREFIX = '10.96.';
const RESERVED_MS = 60_000;

interface Space {
  first: number;
  count: number;
  /** How many of the first ones are given last. */
  asked: number;
  nameOf(number: number): string;
}

/** .0.0 is the network, .0.1 the API server, .255.255 the broadcast address. */
const addresses: Space = {
  first: 2,
  count: 65_533,
  asked: 255,
  nameOf: (number) => `${PREFIX}${number >> 8}.${number & 255}`,
};
const ports: Space = { first: 30_000, count: 2768, asked: 86, nameOf: String };

export interface Allocator {
  /** The next free one for a purpose. Throws 500 when there is none. */
  nextAddress(purpose: string): string;
  nextPort(purpose: string): number;
  /** Take what was asked for; told why it can't be had, if it can't. */
  claimAddress(address: string): string | undefined;
  claimPort(port: number): string | undefined;
}

export interface Where {
  storage: Storage;
  nowMs: number;
  isDryRun: boolean;
  /** Called when the service is stored, or never will be. */
  whenDone(release: () => void): void;
}

const TAKEN = 'is already allocated';

/** For one service, and for one moment: all services are read once, however many ports this one has. */
export function newAllocator({ metadata }: Unstructured, where: Where): Allocator {
  const { uid = '', resourceVersion = '' } = metadata;
  const claimed = new Set<string>();
  let stored: ReadonlySet<string> | undefined;
  const isTaken = (what: string): boolean => {
    stored ??= takenIn(where.storage);
    return claimed.has(what) || stored.has(what) || (held.get(what) ?? uid) !== uid;
  };
  const held = heldIn(where.storage);
  const hold = (what: string): void => {
    held.set(what, uid);
    where.whenDone(() => {
      if (held.get(what) === uid) held.delete(what);
    });
  };
  const claim = (what: string): undefined => {
    claimed.add(what);
    if (!where.isDryRun) hold(what);
  };
  const give = (space: Space, purpose: string): string => {
    const name = firstFree(space, `${uid}/${resourceVersion}/${purpose}`, where, isTaken);
    hold(name);
    return name;
  };
  const next = where.isDryRun ? newShown() : give;
  return {
    nextAddress: (purpose) => next(addresses, purpose),
    nextPort: (purpose) => Number(next(ports, purpose)),
    claimAddress(address) {
      if (!isAddress(address)) return 'the provided network does not match the current range';
      // Upstream looks no further when nothing is to be given.
      return !where.isDryRun && isTaken(address) ? `provided IP ${TAKEN}` : claim(address);
    },
    claimPort(port) {
      const { first, count } = ports;
      if (port < first || port >= first + count)
        return `provided port is not in the valid range. The range of valid ports is ${first}-${first + count - 1}`;
      return isTaken(String(port)) ? `provided port ${TAKEN}` : claim(String(port));
    },
  };
}

const isAddress = (address: string): boolean =>
  address.startsWith(PREFIX) && ![`${PREFIX}0.0`, `${PREFIX}255.255`].includes(address);

/** What upstream shows where nothing is given out: the network's own address, and ports beyond the range. */
function newShown(): (space: Space) => string {
  let port = ports.first + ports.count + 1;
  return (space) => (space === addresses ? `${PREFIX}0.0` : String(port++));
}

function firstFree(space: Space, owner: string, { storage, nowMs }: Where, isTaken: (what: string) => boolean): string {
  const reserved = reservedIn(storage, nowMs);
  for (const number of inTurn(space, createHash('sha256').update(owner).digest().readUInt32BE())) {
    const name = space.nameOf(number);
    const isFree = !isTaken(name) && (reserved.get(name)?.owner ?? owner) === owner;
    if (!isFree) continue;
    reserved.set(name, { owner, untilMs: nowMs + RESERVED_MS });
    return name;
  }
  throw newInternalError('failed to allocate for a service: range is full');
}

function* inTurn({ first, count, asked }: Space, start: number): Generator<number> {
  const others = count - asked;
  for (let step = 0; step < others; step++) yield first + asked + ((start + step) % others);
  for (let step = 0; step < asked; step++) yield first + step;
}

/** Every address and port that a stored service has. */
function takenIn(storage: Storage): Set<string> {
  const taken = new Set<string>();
  for (const { value } of storage.list({ prefix: '/core/services/' }).entries) {
    const { spec = {} }: { spec?: ServiceSpec } = JSON.parse(Buffer.from(value).toString());
    for (const address of spec.clusterIPs ?? []) taken.add(address);
    for (const { nodePort } of spec.ports ?? []) if (nodePort) taken.add(String(nodePort));
    if (spec.healthCheckNodePort) taken.add(String(spec.healthCheckNodePort));
  }
  return taken;
}

const reservations = new WeakMap<Storage, Map<string, { owner: string; untilMs: number }>>();

function reservedIn(storage: Storage, nowMs: number) {
  const reserved = reservations.get(storage) ?? new Map<string, { owner: string; untilMs: number }>();
  reservations.set(storage, reserved);
  for (const [name, { untilMs }] of reserved) if (untilMs < nowMs) reserved.delete(name);
  return reserved;
}

/** By whom, until its write has ended. */
const holders = new WeakMap<Storage, Map<string, string>>();

function heldIn(storage: Storage): Map<string, string> {
  const held = holders.get(storage) ?? new Map<string, string>();
  holders.set(storage, held);
  return held;
}
