import { createHash } from 'node:crypto';
import { newInternalError, newInvalid } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Storage } from '../../storage/backend.ts';
import type { WriteContext } from '../registry/strategy.ts';
import { invalid } from '../types/field-error.ts';
import {
  HEADLESS,
  hasNodePorts,
  needsClusterIp,
  needsHealthCheckPort,
  type ServicePort,
  type ServiceSpec,
  serviceSpecOf,
  takesNodePorts,
} from './service-spec.ts';

/**
 * Cluster IPs of 10.96.0.0/16 and node ports of 30000–32767: what a service asks for if it is free, else the first free one from a place that its uid
 * decides. What was given in the last minute counts as taken, so that two services made at once differ before either is stored.
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

const addresses: Space = { ...ADDRESSES, nameOf: (number) => `${PREFIX}${number >> 8}.${number & 255}` };
const nodePorts: Space = { ...NODE_PORTS, nameOf: String };

/** Fills in what a service is given; `before` absent: it is new. Throws 422 for what it asks for and can't have. */
export function allocate(
  object: Unstructured,
  before: ServiceSpec | undefined,
  { registry, nowMs, isDryRun = false }: WriteContext,
): void {
  const spec = serviceSpecOf(object);
  const allocation = newAllocation(object, { storage: registry.storage, nowMs, isDryRun });
  if (needsClusterIp(spec)) giveClusterIp(spec, before, allocation);
  if (hasNodePorts(spec)) giveNodePorts(spec, before, allocation);
  if (needsHealthCheckPort(spec) && !spec.healthCheckNodePort)
    spec.healthCheckNodePort = Number(allocation.next(nodePorts, 'health'));
}

function giveClusterIp(spec: ServiceSpec, before: ServiceSpec | undefined, allocation: Allocation): void {
  if (spec.clusterIPs?.[0] === HEADLESS || (before && needsClusterIp(before))) return;
  const [asked] = spec.clusterIPs ?? [];
  const address = asked || allocation.next(addresses, 'address');
  if (asked) allocation.claimAddress(spec.clusterIPs ?? [], asked);
  spec.clusterIPs = [address];
  spec.clusterIP = address;
}

function giveNodePorts(spec: ServiceSpec, before: ServiceSpec | undefined, allocation: Allocation): void {
  const known = new Set(before?.ports?.map(({ nodePort }) => nodePort));
  const byPort = new Map<number | undefined, number>();
  for (const [index, port] of (spec.ports ?? []).entries()) {
    const isOwn = known.has(port.nodePort) || byPort.get(port.port) === port.nodePort;
    if (port.nodePort && !isOwn) allocation.claimPort(index, port.nodePort);
    if (!port.nodePort && takesNodePorts(spec))
      port.nodePort = (before ? undefined : byPort.get(port.port)) ?? nextNodePort(port, allocation);
    if (port.nodePort) byPort.set(port.port, port.nodePort);
  }
}

const nextNodePort = ({ name = '', port }: ServicePort, allocation: Allocation): number =>
  Number(allocation.next(nodePorts, `${name}/${port}`));

interface Allocation {
  /** The next free one for a purpose. Throws 500 when there is none. */
  next(space: Space, purpose: string): string;
  /** Throw 422 unless what was asked for is free. */
  claimAddress(all: string[], address: string): void;
  claimPort(index: number, port: number): void;
}

interface Where {
  storage: Storage;
  nowMs: number;
  isDryRun: boolean;
}

/** What upstream shows where nothing is given out: the network's own address, and ports beyond the range. */
const SHOWN = { address: `${PREFIX}0.0`, port: 32_769 };

function newShown(): Allocation['next'] {
  let port = SHOWN.port;
  return (space) => (space === addresses ? SHOWN.address : String(port++));
}

function newAllocation({ metadata }: Unstructured, where: Where): Allocation {
  const { uid = '', name = '' } = metadata;
  const refuse = (field: string, value: unknown, detail: string) =>
    newInvalid({ resource: 'Service', name }, [invalid(field, value, detail)]);
  const isTaken = (what: string): boolean => takenIn(where.storage).has(what);
  return {
    next: where.isDryRun ? newShown() : (space, purpose) => firstFree(space, `${uid}/${purpose}`, where),
    claimAddress(all, address) {
      const refused = (why: string) => refuse('spec.clusterIPs', all, `failed to allocate IP ${address}: ${why}`);
      if (!address.startsWith(PREFIX)) throw refused('the provided network does not match the current range');
      if (isTaken(address)) throw refused('provided IP is already allocated');
    },
    claimPort(index, port) {
      const refused = (why: string) => refuse(`spec.ports[${index}].nodePort`, port, why);
      if (port < NODE_PORTS.first || port >= NODE_PORTS.first + NODE_PORTS.count)
        throw refused('provided port is not in the valid range. The range of valid ports is 30000-32767');
      if (isTaken(String(port))) throw refused('provided port is already allocated');
    },
  };
}

function firstFree(space: Space, owner: string, { storage, nowMs }: Where): string {
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
    const { spec = {} }: { spec?: ServiceSpec } = JSON.parse(Buffer.from(value).toString());
    for (const address of spec.clusterIPs ?? []) taken.add(address);
    for (const { nodePort } of spec.ports ?? []) if (nodePort) taken.add(String(nodePort));
    if (spec.healthCheckNodePort) taken.add(String(spec.healthCheckNodePort));
  }
  return taken;
}

function reservedIn(storage: Storage, nowMs: number) {
  const reserved = reservations.get(storage) ?? new Map<string, { owner: string; untilMs: number }>();
  reservations.set(storage, reserved);
  for (const [name, { untilMs }] of reserved) if (untilMs < nowMs) reserved.delete(name);
  return reserved;
}
