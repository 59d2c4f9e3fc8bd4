import { BlockList, isIP } from 'node:net';
import type { LabelSelector, StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { mayBeOneOf, validatePortReference } from './pod-spec/field-rules.ts';
import { isPort, PORT_TEXT } from './port-number.ts';
import { validateLabelSelector } from './validate-label-selector.ts';

/** Who may talk to which pods. Source: networking/validation. Nothing here enforces it. */

interface Port {
  protocol?: string;
  port?: number | string;
  endPort?: number;
}

interface Peer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr?: string; except?: string[] };
}

interface PolicySpec {
  podSelector?: LabelSelector;
  policyTypes?: string[];
  ingress?: { ports?: Port[]; from?: Peer[] }[];
  egress?: { ports?: Port[]; to?: Peer[] }[];
}

const specOf = (object: Unstructured): PolicySpec => (object['spec'] ?? {}) as PolicySpec;

export const networkPolicyStrategy: Strategy = { validate: (object) => validateSpec(specOf(object)) };

function validateSpec({ podSelector, policyTypes = [], ingress = [], egress = [] }: PolicySpec): StatusCause[] {
  return [
    ...validateLabelSelector(podSelector, 'spec.podSelector'),
    ...ingress.flatMap(({ ports = [], from = [] }, index) => [
      ...ports.flatMap((port, at) => validatePort(port, `spec.ingress[${index}].ports[${at}]`)),
      ...from.flatMap((peer, at) => validatePeer(peer, `spec.ingress[${index}].from[${at}]`)),
    ]),
    ...egress.flatMap(({ ports = [], to = [] }, index) => [
      ...ports.flatMap((port, at) => validatePort(port, `spec.egress[${index}].ports[${at}]`)),
      ...to.flatMap((peer, at) => validatePeer(peer, `spec.egress[${index}].to[${at}]`)),
    ]),
    ...validateTypes(policyTypes),
  ];
}

const TYPES = ['Ingress', 'Egress'];

function validateTypes(types: readonly string[]): StatusCause[] {
  if (types.length > TYPES.length)
    return [invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')];
  return types.flatMap((type, index) =>
    TYPES.includes(type) ? [] : [notSupported(`spec.policyTypes[${index}]`, type, TYPES)],
  );
}

function validatePort({ protocol, port, endPort }: Port, field: string): StatusCause[] {
  return [
    ...mayBeOneOf(`${field}.protocol`, protocol, ['TCP', 'UDP', 'SCTP']),
    ...(port === undefined ? [] : validatePortReference(`${field}.port`, port)),
    ...(endPort === undefined ? [] : validateEnd(endPort, port, `${field}.endPort`)),
  ];
}

function validateEnd(end: number, port: Port['port'], field: string): StatusCause[] {
  if (port === undefined) return [invalid(field, end, 'may not be specified when `port` is not specified')];
  if (typeof port === 'string') return [invalid(field, end, 'may not be specified when `port` is non-numeric')];
  return [
    ...(end < port ? [invalid(field, port, 'must be greater than or equal to `port`')] : []),
    ...(isPort(end) ? [] : [invalid(field, end, PORT_TEXT)]),
  ];
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: Peer, field: string): StatusCause[] {
  if (!podSelector && !namespaceSelector && !ipBlock) return [required(field, 'must specify a peer')];
  const isBoth = ipBlock && (podSelector || namespaceSelector);
  return [
    ...validateLabelSelector(podSelector, `${field}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
    ...(ipBlock ? validateBlock(ipBlock, `${field}.ipBlock`) : []),
    ...(isBoth ? [forbidden(field, 'may not specify both ipBlock and another peer')] : []),
  ];
}

const CIDR_TEXT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

function validateBlock({ cidr = '', except = [] }: NonNullable<Peer['ipBlock']>, field: string): StatusCause[] {
  if (cidr === '') return [required(`${field}.cidr`)];
  const range = parseCidr(cidr);
  if (!range) return [invalid(`${field}.cidr`, cidr, CIDR_TEXT)];
  return except.flatMap((part, index) => {
    const place = `${field}.except[${index}]`;
    const inner = parseCidr(part);
    if (!inner) return [invalid(place, part, CIDR_TEXT)];
    return isInside(inner, range) ? [] : [invalid(place, part, 'must be a strict subset of `cidr`')];
  });
}

interface Cidr {
  address: string;
  bits: number;
  family: 'ipv4' | 'ipv6';
}

function parseCidr(text: string): Cidr | undefined {
  const [address = '', bits = '', ...more] = text.split('/');
  const version = isIP(address);
  const isFine = version > 0 && more.length === 0 && /^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
  return isFine ? { address, bits: Number(bits), family: version === 4 ? 'ipv4' : 'ipv6' } : undefined;
}

function isInside(inner: Cidr, outer: Cidr): boolean {
  if (inner.family !== outer.family || inner.bits <= outer.bits) return false;
  const block = new BlockList();
  block.addSubnet(outer.address, outer.bits, outer.family);
  return block.check(inner.address, inner.family);
}
