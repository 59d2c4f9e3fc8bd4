import { isDnsLabel } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { copyField } from '../registry/subresource-rules.ts';
import { forbidden } from '../types/field-error.ts';
import { allocate } from './service-allocation.ts';
import { completeFamilies } from './service-families.ts';
import {
  hasNodePorts,
  isReachedFromOutside,
  isSameField,
  needsClusterIp,
  needsHealthCheckPort,
  type ServiceSpec,
  serviceSpecOf,
  TRAFFIC_POLICIES,
  takesNodePorts,
} from './service-spec.ts';
import { serviceWarnings } from './service-warnings.ts';
import { validateClusterIpChange } from './validate-cluster-ips.ts';
import { validateService } from './validate-service.ts';
import { validateClass, validateServiceStatus } from './validate-service-access.ts';

/** Services get an address and node ports when they are made, and keep them. Source: kubernetes, pkg/registry/core/service. */

export const serviceStrategy: Strategy = {
  nameRule: isDnsLabel,
  allowsCreateOnUpdate: true,
  createsThroughStatus: true,
  returnsDeletedObject: true,
  prepareForCreate(object, write) {
    const spec = withoutZeroPorts(serviceSpecOf(object));
    // Who is made by a write of its status is given nothing, as upstream.
    if (write.subresource === 'status') return;
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    completeFamilies(object, undefined);
    allocate(object, undefined, write);
  },
  prepareForUpdate(object, old, write) {
    const [spec, before] = [withoutZeroPorts(serviceSpecOf(object)), serviceSpecOf(old)];
    keepAllocated(spec, before);
    pairAddresses(spec, before);
    completeFamilies(object, before);
    allocate(object, before, write);
    dropWhatTypeHasNot(spec, before);
    if (spec.type !== 'LoadBalancer') object['status'] = { ...(object['status'] as object), loadBalancer: {} };
  },
  warningsOf: serviceWarnings,
  validateCreate: (object) => validateService(object, undefined),
  validateUpdate(object, old) {
    const [spec, before] = [serviceSpecOf(object), serviceSpecOf(old)];
    const isHealthMoved =
      needsHealthCheckPort(spec) && needsHealthCheckPort(before) && !isSameField(spec, before, 'healthCheckNodePort');
    return [
      ...validateClusterIpChange(spec, before),
      ...validateClass(spec, before),
      ...(isHealthMoved ? [forbidden('spec.healthCheckNodePort', 'field is immutable')] : []),
      ...validateService(object, old),
    ];
  },
  subresources: {
    /** Everything but the spec, as upstream. */
    status: (object, old) => copyField(object, old, 'spec'),
  },
  validateSubresource: validateServiceStatus,
};

/** Go's zero is none. */
function withoutZeroPorts(spec: ServiceSpec): ServiceSpec {
  for (const port of spec.ports ?? []) if (!port.nodePort) delete port.nodePort;
  if (!spec.healthCheckNodePort) delete spec.healthCheckNodePort;
  return spec;
}

/** What a client leaves out of what it was given stays. */
function keepAllocated(spec: ServiceSpec, before: ServiceSpec): void {
  if (needsClusterIp(spec) && needsClusterIp(before)) {
    if (before.clusterIP) spec.clusterIP ||= before.clusterIP;
    if (!spec.clusterIPs?.length && before.clusterIPs) spec.clusterIPs = before.clusterIPs;
  }
  if (takesNodePorts(spec) && takesNodePorts(before)) keepNodePorts(spec, before);
  if (needsHealthCheckPort(spec) && needsHealthCheckPort(before) && before.healthCheckNodePort)
    spec.healthCheckNodePort ??= before.healthCheckNodePort;
}

function keepNodePorts(spec: ServiceSpec, before: ServiceSpec): void {
  const known = new Map(before.ports?.map(({ name = '', nodePort = 0 }) => [name, nodePort]));
  const used = new Set(spec.ports?.map(({ nodePort }) => nodePort));
  for (const port of spec.ports ?? []) {
    const had = known.get(port.name ?? '');
    if (!port.nodePort && had && !used.has(had)) port.nodePort = had;
  }
}

/** Who changes `clusterIP` alone means `clusterIPs` too, and who leaves it knows nothing of the other. */
function pairAddresses(spec: ServiceSpec, before: ServiceSpec): void {
  const isLeft = (spec.clusterIP ?? '') === (before.clusterIP ?? '');
  if (isLeft && before.clusterIPs?.length && !spec.clusterIPs?.length) spec.clusterIPs = before.clusterIPs;
  if (isLeft || !isSameField(spec, before, 'clusterIPs')) return;
  if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  else delete spec.clusterIPs;
}

/** What only the former type had, and was not changed with it. */
function dropWhatTypeHasNot(spec: ServiceSpec, before: ServiceSpec): void {
  const drop = (field: keyof ServiceSpec): void => {
    if (isSameField(spec, before, field)) delete spec[field];
  };
  const lost = (has: (of: ServiceSpec) => boolean): boolean => has(before) && !has(spec);
  if (lost(needsClusterIp)) dropAddresses(spec, before, drop);
  if (lost(hasNodePorts)) dropNodePorts(spec, before);
  if (lost(needsHealthCheckPort)) drop('healthCheckNodePort');
  if (lost(({ type }) => type === 'LoadBalancer')) for (const field of OF_LOAD_BALANCERS) drop(field);
  if (lost(isReachedFromOutside)) drop('externalTrafficPolicy');
  if (spec.type === 'ExternalName' && TRAFFIC_POLICIES.includes(spec.internalTrafficPolicy ?? ''))
    delete spec.internalTrafficPolicy;
}

const OF_LOAD_BALANCERS = ['allocateLoadBalancerNodePorts', 'loadBalancerClass'] as const;

function dropAddresses(spec: ServiceSpec, before: ServiceSpec, drop: (field: keyof ServiceSpec) => void): void {
  if (isSameField(spec, before, 'clusterIP') && isSameField(spec, before, 'clusterIPs')) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
  drop('ipFamilies');
  drop('ipFamilyPolicy');
}

function dropNodePorts(spec: ServiceSpec, before: ServiceSpec): void {
  const known = new Set(before.ports?.map(({ nodePort }) => nodePort));
  if (spec.ports?.every(({ nodePort }) => !nodePort || known.has(nodePort)))
    for (const port of spec.ports) delete port.nodePort;
}
