import type { LabelSelector, StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { causesOf } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { cidrTexts, cidrWarnings, isInside, parseOldCidr } from './ip-rules.ts';
import { mayBeOneOf, validatePortReference } from './pod-spec/field-rules.ts';
import { isPort, PORT_TEXT } from './port-number.ts';
import { validateLabelSelector } from './validate-label-selector.ts';

/** Who may talk to which pods. Source: networking/validation. Nothing here enforces it. */

interface Port {
  protocol?: string;
  port?: number | string;
  endPort?: number;
}

interface Block {
  cidr?: string;
  except?: string[];
}

interface Peer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: Block;
}

interface PolicySpec {
  podSelector?: LabelSelector;
  policyTypes?: string[];
  ingress?: { ports?: Port[]; from?: Peer[] }[];
  egress?: { ports?: Port[]; to?: Peer[] }[];
}

const specOf = (object: Unstructured): PolicySpec => (object['spec'] ?? {}) as PolicySpec;

export const networkPolicyStrategy: Strategy = {
  validateCreate: (object) => validateSpec(specOf(object), new Set()),
  validateUpdate: (object, old) => validateSpec(specOf(object), rangesOf(specOf(old))),
  warningsOf: (object) => rangeWarnings(specOf(object)),
};

/** `known`: ranges that the policy had before. */
function validateSpec(spec: PolicySpec, known: ReadonlySet<string>): StatusCause[] {
  const { podSelector, policyTypes = [], ingress = [], egress = [] } = spec;
  return [
    ...validateLabelSelector(podSelector, 'spec.podSelector'),
    ...ingress.flatMap(({ ports = [], from = [] }, index) => [
      ...ports.flatMap((port, at) => validatePort(port, `spec.ingress[${index}].ports[${at}]`)),
      ...from.flatMap((peer, at) => validatePeer(peer, `spec.ingress[${index}].from[${at}]`, known)),
    ]),
    ...egress.flatMap(({ ports = [], to = [] }, index) => [
      ...ports.flatMap((port, at) => validatePort(port, `spec.egress[${index}].ports[${at}]`)),
      ...to.flatMap((peer, at) => validatePeer(peer, `spec.egress[${index}].to[${at}]`, known)),
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

function validatePeer(
  { podSelector, namespaceSelector, ipBlock }: Peer,
  field: string,
  known: ReadonlySet<string>,
): StatusCause[] {
  if (!podSelector && !namespaceSelector && !ipBlock) return [required(field, 'must specify a peer')];
  const isBoth = ipBlock && (podSelector || namespaceSelector);
  return [
    ...validateLabelSelector(podSelector, `${field}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
    ...(ipBlock ? validateBlock(ipBlock, `${field}.ipBlock`, known) : []),
    ...(isBoth ? [forbidden(field, 'may not specify both ipBlock and another peer')] : []),
  ];
}

function validateBlock({ cidr = '', except = [] }: Block, field: string, known: ReadonlySet<string>): StatusCause[] {
  if (cidr === '') return [required(`${field}.cidr`)];
  const texts = (range: string): string[] => (known.has(range) ? [] : cidrTexts(range));
  const range = parseOldCidr(cidr);
  return [
    ...causesOf(`${field}.cidr`, cidr, texts(cidr)),
    ...(range ? except : []).flatMap((part, index) => {
      const inner = parseOldCidr(part);
      const isWrong = range && inner && !isInside(inner, range);
      const outside = isWrong ? ['must be a strict subset of `cidr`'] : [];
      return causesOf(`${field}.except[${index}]`, part, [...texts(part), ...outside]);
    }),
  ];
}

interface PlacedBlock {
  block: Block;
  place: string;
}

function blocksOf({ ingress = [], egress = [] }: PolicySpec): PlacedBlock[] {
  const peers = [
    ...ingress.map(({ from = [] }, index) => ({ list: from, place: `spec.ingress[${index}].from` })),
    ...egress.map(({ to = [] }, index) => ({ list: to, place: `spec.egress[${index}].to` })),
  ];
  return peers.flatMap(({ list, place }) =>
    list.flatMap(({ ipBlock }, at) => (ipBlock ? [{ block: ipBlock, place: `${place}[${at}].ipBlock` }] : [])),
  );
}

/** What was allowed once may stay, wherever in the policy. */
const rangesOf = (spec: PolicySpec): ReadonlySet<string> =>
  new Set(blocksOf(spec).flatMap(({ block: { cidr = '', except = [] } }) => [cidr, ...except]));

const rangeWarnings = (spec: PolicySpec): string[] =>
  blocksOf(spec).flatMap(({ block: { cidr = '', except = [] }, place }) => [
    ...cidrWarnings(`${place}.cidr`, cidr),
    ...except.flatMap((part, index) => cidrWarnings(`${place}.except[${index}]`, part)),
  ]);
