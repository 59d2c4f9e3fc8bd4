import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isDnsLabel } from '../registry/object-names.ts';
import type { Strategy, WriteContext } from '../registry/strategy.ts';
import { onlyStatus } from '../registry/subresource-rules.ts';
import { forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { isPort, PORT_TEXT } from './port-number.ts';
import { allocateClusterIp, allocateNodePort } from './service-allocation.ts';
import { validateSelectorLabels } from './validate-label-selector.ts';

/** Services get an address and node ports when they are made, and keep them. */

interface ServicePort {
  name?: string;
  port?: number;
  targetPort?: number | string;
  nodePort?: number;
  protocol?: string;
}

interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  clusterIPs?: string[];
  ipFamilies?: string[];
  ipFamilyPolicy?: string;
  ports?: ServicePort[];
  selector?: Record<string, string>;
  externalTrafficPolicy?: string;
  internalTrafficPolicy?: string;
  [field: string]: unknown;
}

export const serviceStrategy: Strategy = {
  nameRule: isDnsLabel,
  allowsCreateOnUpdate: true,
  returnsDeletedObject: true,
  prepareForCreate: (object, write) => complete(object, write),
  prepareForUpdate(object, old, write) {
    const spec = specOf(object);
    const before = specOf(old);
    if (spec.type !== 'ExternalName' && before.type !== 'ExternalName') {
      spec.clusterIP ||= before.clusterIP ?? '';
      if (spec.clusterIP === before.clusterIP && before.clusterIPs) spec.clusterIPs = before.clusterIPs;
    }
    for (const port of spec.ports ?? []) port.nodePort ||= sameNodePort(port, before);
    if (spec.type === 'ExternalName' && before.type !== 'ExternalName') dropAddresses(spec, before);
    complete(object, write);
  },
  validate(object) {
    const { type = 'ClusterIP', ports = [], selector, externalTrafficPolicy } = specOf(object);
    const isExternal = type === 'ExternalName';
    const isPortless = ports.length === 0 && !isHeadless(object) && !isExternal;
    return [
      ...(isPortless ? [required('spec.ports')] : []),
      ...(isExternal && !specOf(object)['externalName'] ? [required('spec.externalName')] : []),
      ...portCauses(ports),
      ...validateSelectorLabels(selector ?? {}, 'spec.selector'),
      ...(TYPES.includes(type) ? [] : [notSupported('spec.type', type, TYPES)]),
      ...(externalTrafficPolicy && type !== 'NodePort' && type !== 'LoadBalancer'
        ? [invalid('spec.externalTrafficPolicy', externalTrafficPolicy, ONLY_EXTERNAL)]
        : []),
    ];
  },
  validateUpdate(object, old) {
    const [ip, before] = [specOf(object).clusterIP, specOf(old).clusterIP];
    if (!ip || !before || ip === before) return [];
    return [invalid('spec.clusterIPs[0]', [ip], 'may not change once set')];
  },
  subresources: {
    status(object, old) {
      onlyStatus(object, old);
      const status = { ...(object['status'] as { loadBalancer?: { ingress?: { ip?: string; ipMode?: string }[] } }) };
      for (const ingress of status.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP';
    },
  },
  validateSubresource(object) {
    const { loadBalancer }: { loadBalancer?: { ingress?: unknown[] } } = {
      ...(object['status'] as object | undefined),
    };
    if (!loadBalancer?.ingress?.length || specOf(object).type === 'LoadBalancer') return [];
    return [forbidden('status.loadBalancer.ingress', "may only be used when `spec.type` is 'LoadBalancer'")];
  },
};

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const ONLY_EXTERNAL = 'may only be set for externally-accessible services';

function specOf(object: Unstructured): ServiceSpec {
  object['spec'] ??= {};
  return object['spec'] as ServiceSpec;
}

/** Who becomes a name loses the addresses, unless they were changed with it. */
function dropAddresses(spec: ServiceSpec, before: ServiceSpec): void {
  for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'] as const)
    if (isDeepStrictEqual(spec[field], before[field])) delete spec[field];
}

const isHeadless = (object: Unstructured): boolean => specOf(object).clusterIP === 'None';

function sameNodePort(port: ServicePort, before: ServiceSpec): number {
  return before.ports?.find((known) => known.port === port.port && known.name === port.name)?.nodePort ?? 0;
}

/** Fills in what is allocated. */
function complete(object: Unstructured, { registry, nowMs }: WriteContext): void {
  const spec = specOf(object);
  for (const port of spec.ports ?? []) if (!port.nodePort) delete port.nodePort;
  if (spec.type === 'ExternalName') return;
  const owner = `${object.metadata.namespace}/${object.metadata.name}`;
  spec.clusterIP ||= allocateClusterIp(registry.storage, owner, nowMs);
  spec.clusterIPs = spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP];
  // Who selects no pods and wants no address may have endpoints of either family.
  const isOpen = spec.clusterIP === 'None' && !spec['selector'];
  spec.ipFamilies = spec.ipFamilies?.length ? spec.ipFamilies : isOpen ? ['IPv4', 'IPv6'] : ['IPv4'];
  spec.ipFamilyPolicy ||= isOpen ? 'RequireDualStack' : 'SingleStack';
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer')
    for (const port of spec.ports ?? [])
      port.nodePort ||= allocateNodePort(registry.storage, `${owner}/${port.name ?? ''}/${port.port}`, nowMs);
  else for (const port of spec.ports ?? []) delete port.nodePort;
}

function portCauses(ports: ServicePort[]): StatusCause[] {
  return ports.flatMap(({ name, port, targetPort, protocol = 'TCP' }, index) => {
    const field = `spec.ports[${index}]`;
    const isTarget = typeof targetPort !== 'number' || isPort(targetPort);
    return [
      ...(name || ports.length === 1 ? [] : [required(`${field}.name`)]),
      ...(isPort(port) ? [] : [invalid(`${field}.port`, port ?? 0, PORT_TEXT)]),
      ...(PROTOCOLS.includes(protocol) ? [] : [notSupported(`${field}.protocol`, protocol, PROTOCOLS)]),
      ...(isTarget ? [] : [invalid(`${field}.targetPort`, targetPort, PORT_TEXT)]),
    ];
  });
}
