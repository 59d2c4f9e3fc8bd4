import { newInternalError, newInvalid } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { newUnreasonedError } from '../merge/unreasoned-error.ts';
import type { WriteContext } from '../registry/strategy.ts';
import { invalid } from '../types/field-error.ts';
import { type Allocator, newAllocator } from './service-allocator.ts';
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

/** The cluster IP and the node ports of a service: what it asks for if it is free, else what it is given. Source: kubernetes, registry/core/service, alloc.go. */

interface Allocation {
  spec: ServiceSpec;
  /** Absent: it is new. */
  before: ServiceSpec | undefined;
  allocator: Allocator;
  /** Throws 422. */
  refuse(field: string, value: unknown, detail: string): never;
}

/** Fills in what a service is given. Throws 422, and 500 as upstream, for what it asks for and can't have. */
export function allocate(
  object: Unstructured,
  before: ServiceSpec | undefined,
  { registry, nowMs, isDryRun = false, whenDone = () => {} }: WriteContext,
): void {
  const spec = serviceSpecOf(object);
  const allocation: Allocation = {
    spec,
    before,
    allocator: newAllocator(object, { storage: registry.storage, nowMs, isDryRun, whenDone }),
    refuse(field, value, detail) {
      const { name = '' } = object.metadata;
      throw newInvalid({ resource: 'Service', name }, [invalid(field, value, detail)]);
    },
  };
  if (needsClusterIp(spec)) giveClusterIp(allocation);
  if (hasNodePorts(spec)) (before ? giveChangedPorts : giveFirstPorts)(allocation);
  if (needsHealthCheckPort(spec) && !(before && needsHealthCheckPort(before))) giveHealthPort(allocation);
}

function giveClusterIp({ spec, before, allocator, refuse }: Allocation): void {
  if (spec.clusterIPs?.[0] === HEADLESS || (before && needsClusterIp(before))) return;
  const [asked] = spec.clusterIPs ?? [];
  const why = asked ? allocator.claimAddress(asked) : undefined;
  if (why) refuse('spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${asked}: ${why}`);
  const address = asked || allocator.nextAddress('address');
  spec.clusterIPs = [address];
  spec.clusterIP = address;
}

/** Ports of one number, of several protocols, get the same one, which any of them may ask for. */
function giveFirstPorts(allocation: Allocation): void {
  const { spec, allocator } = allocation;
  const byPort = new Map<number | undefined, number>();
  const asking = new Map(
    (spec.ports ?? []).toReversed().flatMap((one) => (one.nodePort ? [[one.port, one.nodePort]] : [])),
  );
  for (const [index, port] of (spec.ports ?? []).entries()) {
    if (!port.nodePort && !takesNodePorts(spec)) continue;
    const given = byPort.get(port.port);
    const asked = given ? port.nodePort : asking.get(port.port);
    if (asked && asked !== given) claimPort(allocation, index, asked);
    port.nodePort = asked ?? given ?? allocator.nextPort(purposeOf(port));
    if (!given) byPort.set(port.port, port.nodePort);
  }
}

/** Those that the service has are its own. */
function giveChangedPorts(allocation: Allocation): void {
  const { spec, before, allocator } = allocation;
  const own = new Set(before?.ports?.map(({ nodePort }) => nodePort));
  const seen = new Set<string>();
  for (const [index, port] of (spec.ports ?? []).entries()) {
    if (!port.nodePort && !takesNodePorts(spec)) continue;
    if (port.nodePort && !own.has(port.nodePort)) claimPort(allocation, index, port.nodePort);
    if (port.nodePort) own.add(port.nodePort);
    port.nodePort ??= allocator.nextPort(purposeOf(port));
    const text = `${port.protocol} ${port.nodePort}`;
    if (seen.has(text)) throw newUnreasonedError(`duplicate nodePort: {${text}}`);
    seen.add(text);
  }
}

const purposeOf = ({ name = '', port }: ServicePort): string => `${name}/${port}`;

function claimPort({ allocator, refuse }: Allocation, index: number, port: number): void {
  const why = allocator.claimPort(port);
  if (why) refuse(`spec.ports[${index}].nodePort`, port, why);
}

function giveHealthPort({ spec, allocator }: Allocation): void {
  const { healthCheckNodePort: asked } = spec;
  const why = asked ? allocator.claimPort(asked) : undefined;
  if (why) throw newInternalError(`failed to allocate requested HealthCheck NodePort ${asked}: ${why}`);
  spec.healthCheckNodePort = asked || allocator.nextPort('health');
}
