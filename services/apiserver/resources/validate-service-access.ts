import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsSubdomain, isQualifiedName } from '../registry/object-names.ts';
import { forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { cidrTexts, endpointTexts, ipTexts } from './ip-rules.ts';
import { mayBeOneOf } from './pod-spec/field-rules.ts';
import { isPort, PORT_TEXT } from './port-number.ts';
import {
  isReachedFromOutside,
  isSameField,
  needsHealthCheckPort,
  type ServiceSpec,
  serviceSpecOf,
} from './service-spec.ts';

/** How a Service is reached from outside: load balancers, addresses, policies. What was stored before may stay as it is. Source: core/validation, validateService. */

const ONLY_BALANCED = "may only be used when `type` is 'LoadBalancer'";
const RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';

export function validateExternalIps(ips: readonly string[], known: readonly string[]): StatusCause[] {
  const isKnown = new Set(known);
  return ips.flatMap((ip, index) => {
    const malformed = isKnown.has(ip) ? [] : ipTexts(ip);
    return causesOf(`spec.externalIPs[${index}]`, ip, malformed.length > 0 ? malformed : endpointTexts(ip));
  });
}

export function validateLoadBalancer(object: Unstructured, old: Unstructured | undefined): StatusCause[] {
  const spec = serviceSpecOf(object);
  const isOther = spec.type !== 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== undefined;
  return [
    ...validateRanges(object, old),
    ...(isOther ? [forbidden('spec.allocateLoadBalancerNodePorts', ONLY_BALANCED)] : []),
    ...validateClass(spec, undefined),
  ];
}

/** Said in a field, or else, as it once was, in an annotation. */
function validateRanges(object: Unstructured, old: Unstructured | undefined): StatusCause[] {
  const { type, loadBalancerSourceRanges: ranges = [] } = serviceSpecOf(object);
  const annotation = object.metadata.annotations?.[RANGES];
  const misplaced = (field: string): StatusCause[] =>
    type === 'LoadBalancer' ? [] : [forbidden(field, ONLY_BALANCED)];
  if (ranges.length > 0) {
    const field = 'spec.LoadBalancerSourceRanges';
    const known = new Set(((old && serviceSpecOf(old).loadBalancerSourceRanges) ?? []).map((one) => one.trim()));
    return [...misplaced(field), ...ranges.flatMap((range, at) => rangeCauses(`${field}[${at}]`, range, known))];
  }
  if (annotation === undefined) return [];
  const field = `metadata.annotations[${RANGES}]`;
  const isKept = old?.metadata.annotations?.[RANGES] === annotation || annotation.trim() === '';
  const parts = isKept ? [] : annotation.split(',');
  return [...misplaced(field), ...parts.flatMap((range) => rangeCauses(field, range, new Set()))];
}

function rangeCauses(field: string, given: string, known: ReadonlySet<string>): StatusCause[] {
  const range = given.trim();
  return known.has(range) ? [] : causesOf(field, range, cidrTexts(range));
}

/** Told twice of an update, as upstream: as of a change, and as of what is there. */
export function validateClass(spec: ServiceSpec, before: ServiceSpec | undefined): StatusCause[] {
  const field = 'spec.loadBalancerClass';
  const { loadBalancerClass: name } = spec;
  if (spec.type !== 'LoadBalancer') return name === undefined ? [] : [forbidden(field, ONLY_BALANCED)];
  const isChanged = before?.type === 'LoadBalancer' && !isSameField(spec, before, 'loadBalancerClass');
  return [
    ...(isChanged ? [invalid(field, name ?? null, 'may not change once set')] : []),
    ...(name === undefined ? [] : causesOf(field, name, isQualifiedName(name))),
  ];
}

export function validateExternalPolicy(spec: ServiceSpec): StatusCause[] {
  const { externalTrafficPolicy: policy = '', healthCheckNodePort: port = 0 } = spec;
  const field = 'spec.externalTrafficPolicy';
  const onlyLocal = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
  const isLocal = needsHealthCheckPort(spec);
  return [
    ...(isReachedFromOutside(spec) ? validatePolicy(policy, field) : []),
    ...(!isReachedFromOutside(spec) && policy !== ''
      ? [invalid(field, policy, 'may only be set for externally-accessible services')]
      : []),
    ...(port !== 0 && !isLocal ? [invalid('spec.healthCheckNodePort', port, onlyLocal)] : []),
    ...(port !== 0 && isLocal && !isPort(port) ? [invalid('spec.healthCheckNodePort', port, PORT_TEXT)] : []),
  ];
}

const validatePolicy = (policy: string, field: string): StatusCause[] =>
  policy === '' ? [required(field)] : mayBeOneOf(field, policy, ['Cluster', 'Local']);

interface Ingress {
  ip?: string;
  ipMode?: string;
  hostname?: string;
}

/** What a load balancer tells of itself in the status. */
export function validateServiceStatus(object: Unstructured, old: Unstructured): StatusCause[] {
  const field = 'status.loadBalancer.ingress';
  const ingress = ingressOf(object);
  if (ingress.length > 0 && serviceSpecOf(object).type !== 'LoadBalancer')
    return [forbidden(field, "may only be used when `spec.type` is 'LoadBalancer'")];
  const known = new Set(ingressOf(old).map(({ ip }) => ip));
  return ingress.flatMap(({ ip = '', ipMode, hostname = '' }, index) => [
    ...(ip === '' || known.has(ip) ? [] : causesOf(`${field}[${index}].ip`, ip, ipTexts(ip))),
    ...validateMode(ip, ipMode, `${field}[${index}].ipMode`),
    ...(hostname === '' ? [] : causesOf(`${field}[${index}].hostname`, hostname, hostTexts(hostname))),
  ]);
}

const ingressOf = ({ status }: Unstructured): Ingress[] =>
  (status as { loadBalancer?: { ingress?: Ingress[] } } | undefined)?.loadBalancer?.ingress ?? [];

function validateMode(ip: string, mode: string | undefined, field: string): StatusCause[] {
  const modes = ['Proxy', 'VIP'];
  if (mode === undefined) return ip === '' ? [] : [required(field, 'must be specified when `ip` is set')];
  if (ip === '') return [forbidden(field, 'may not be specified when `ip` is not set')];
  return modes.includes(mode) ? [] : [notSupported(field, mode, modes)];
}

const hostTexts = (name: string): string[] => [
  ...isDnsSubdomain(name),
  ...(ipTexts(name).length === 0 ? ['must be a DNS name, not an IP address'] : []),
];
