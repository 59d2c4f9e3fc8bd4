import { isIPv4, isIPv6 } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsLabel, isDnsSubdomain, isLabelValue, isQualifiedName } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { duplicate, invalid, notSupported, required, tooMany } from '../types/field-error.ts';
import { endpointTexts, ipTexts, ipWarnings, strictIpTexts } from './ip-rules.ts';
import { mayBeNamed, mustBeOneOf } from './pod-spec/field-rules.ts';
import { isPort, PORT_TEXT } from './port-number.ts';

/** Endpoints and EndpointSlices: where services are to be found. Nothing here makes any. Source: core/validation, discovery/validation. */

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

interface Port {
  name?: string;
  port?: number;
  protocol?: string;
  appProtocol?: string;
}

interface Address {
  ip?: string;
  hostname?: string;
  nodeName?: string;
}

interface Subset {
  addresses?: Address[];
  notReadyAddresses?: Address[];
  ports?: Port[];
}

const subsetsOf = (object: Unstructured): Subset[] => (object['subsets'] as Subset[] | null | undefined) ?? [];

const LISTS = ['addresses', 'notReadyAddresses'] as const;

export const endpointsStrategy: Strategy = {
  allowsCreateOnUpdate: true,
  validateCreate: (object) => validateSubsets(subsetsOf(object)),
  validateUpdate: (object, old) =>
    isDeepStrictEqual(subsetsOf(object), subsetsOf(old)) ? [] : validateSubsets(subsetsOf(object)),
  warningsOf(object) {
    if (object.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return [];
    return subsetsOf(object).flatMap((subset, index) =>
      LISTS.flatMap((list) =>
        (subset[list] ?? []).flatMap(({ ip = '' }, at) => ipWarnings(`subsets[${index}].${list}[${at}].ip`, ip)),
      ),
    );
  },
};

const NEITHER_TEXT = 'must specify `addresses` or `notReadyAddresses`';

function validateSubsets(subsets: readonly Subset[]): StatusCause[] {
  return subsets.flatMap((subset, index) => {
    const field = `subsets[${index}]`;
    const { ports = [] } = subset;
    const isEmpty = LISTS.every((list) => (subset[list] ?? []).length === 0);
    return [
      ...(isEmpty ? [required(field, NEITHER_TEXT)] : []),
      ...LISTS.flatMap((list) =>
        (subset[list] ?? []).flatMap((address, at) => validateAddress(address, `${field}.${list}[${at}]`)),
      ),
      ...ports.flatMap((port, at) => validatePort(port, `${field}.ports[${at}]`, { isNamed: ports.length > 1 })),
    ];
  });
}

function validateAddress({ ip = '', hostname, nodeName }: Address, field: string): StatusCause[] {
  return [
    ...causesOf(`${field}.ip`, ip, ipTexts(ip)),
    ...mayBeNamed(`${field}.hostname`, hostname, isDnsLabel),
    ...(nodeName === undefined ? [] : causesOf(`${field}.nodeName`, nodeName, isDnsSubdomain(nodeName))),
    ...causesOf(`${field}.ip`, ip, placeTexts(ip)),
  ];
}

/** Of what is no address at all it is told twice, as upstream. */
const placeTexts = (ip: string): string[] =>
  ipTexts(ip).some((text) => text.startsWith('must be a valid IP address'))
    ? ['must be a valid IP address']
    : endpointTexts(ip);

function validatePort(port: Port, field: string, { isNamed }: { isNamed: boolean }): StatusCause[] {
  const { name = '', port: number = 0, protocol, appProtocol } = port;
  return [
    ...(isNamed && name === '' ? [required(`${field}.name`)] : mayBeNamed(`${field}.name`, name, isDnsLabel)),
    ...(isPort(number) ? [] : [invalid(`${field}.port`, number, PORT_TEXT)]),
    ...validateProtocols({ protocol, appProtocol }, field),
  ];
}

function validateProtocols(
  { protocol, appProtocol }: { protocol: string | undefined; appProtocol: string | undefined },
  field: string,
): StatusCause[] {
  return [
    ...mustBeOneOf(`${field}.protocol`, protocol, PROTOCOLS),
    ...(appProtocol === undefined ? [] : causesOf(`${field}.appProtocol`, appProtocol, isQualifiedName(appProtocol))),
  ];
}

interface Hint {
  name?: string;
}

interface Endpoint {
  addresses?: string[] | null;
  hostname?: string;
  nodeName?: string;
  deprecatedTopology?: unknown;
  hints?: { forZones?: Hint[]; forNodes?: Hint[] };
}

interface Slice {
  addressType?: string;
  endpoints?: Endpoint[] | null;
  ports?: Port[] | null;
}

const sliceOf = (object: Unstructured): Slice => object as Slice;
const TYPES = ['FQDN', 'IPv4', 'IPv6'];
/** Kubernetes' own makers of slices. */
const MAKERS = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

export const endpointSliceStrategy: Strategy = {
  prepareForCreate: (object) => emptyListsAreNone(sliceOf(object)),
  prepareForUpdate: (object) => emptyListsAreNone(sliceOf(object)),
  beforeStoring: dropTopology,
  validate: (object) => [...validateType(sliceOf(object)), ...validatePorts(sliceOf(object).ports ?? [])],
  validateCreate: (object) => validateEndpoints(sliceOf(object)),
  validateUpdate(object, old) {
    const [next, before] = [sliceOf(object), sliceOf(old)];
    return [
      ...(isDeepStrictEqual(next.endpoints, before.endpoints) ? [] : validateEndpoints(next)),
      ...(next.addressType === before.addressType
        ? []
        : [invalid('addressType', next.addressType ?? '', 'field is immutable')]),
    ];
  },
  warningsOfNew: (object) =>
    sliceOf(object).addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : [],
  warningsOf(object) {
    if (MAKERS.includes(object.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '')) return [];
    return (sliceOf(object).endpoints ?? []).flatMap(({ addresses }, index) =>
      (addresses ?? []).flatMap((address, at) => ipWarnings(`endpoints[${index}].addresses[${at}]`, address)),
    );
  },
};

/** Both are always written, and empty lists are stored as none. */
function emptyListsAreNone(slice: Slice): void {
  if (slice.endpoints?.length === 0) slice.endpoints = null;
  if (slice.ports?.length === 0) slice.ports = null;
}

/** Of an older version; what is written of it through this one is dropped, and yet raises the generation. */
function dropTopology(object: Unstructured): void {
  for (const endpoint of sliceOf(object).endpoints ?? []) delete endpoint.deprecatedTopology;
}

const validateType = ({ addressType }: Slice): StatusCause[] => mustBeOneOf('addressType', addressType, TYPES);

const MAX_PORTS = 20_000;
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_HINTS = 8;

function validatePorts(ports: readonly Port[]): StatusCause[] {
  if (ports.length > MAX_PORTS) return [tooMany('ports', ports.length, MAX_PORTS)];
  const seen = new Set<string>();
  return ports.flatMap(({ name = '', protocol, appProtocol }, index) => {
    const field = `ports[${index}]`;
    const isAgain = seen.has(name);
    seen.add(name);
    return [
      ...mayBeNamed(`${field}.name`, name, isDnsLabel),
      ...(isAgain ? [duplicate(`${field}.name`, name)] : []),
      ...(protocol === '' ? [notSupported(`${field}.protocol`, '', PROTOCOLS)] : []),
      ...validateProtocols({ protocol: protocol || 'TCP', appProtocol }, field),
    ];
  });
}

function validateEndpoints({ endpoints, addressType = '' }: Slice): StatusCause[] {
  const list = endpoints ?? [];
  if (list.length > MAX_ENDPOINTS) return [tooMany('endpoints', list.length, MAX_ENDPOINTS)];
  return list.flatMap((endpoint, index) => validateEndpoint(endpoint, addressType, `endpoints[${index}]`));
}

function validateEndpoint(endpoint: Endpoint, type: string, field: string): StatusCause[] {
  const { hostname, nodeName, hints = {} } = endpoint;
  const addresses = endpoint.addresses ?? [];
  const at = `${field}.addresses`;
  return [
    ...(addresses.length === 0 ? [required(at, 'must contain at least 1 address')] : []),
    ...(addresses.length > MAX_ADDRESSES ? [tooMany(at, addresses.length, MAX_ADDRESSES)] : []),
    ...addresses.flatMap((address, index) => validateTyped(address, type, { list: at, field: `${at}[${index}]` })),
    ...(nodeName === undefined ? [] : causesOf(`${field}.nodeName`, nodeName, isDnsSubdomain(nodeName))),
    ...(hostname === undefined ? [] : causesOf(`${field}.hostname`, hostname, isDnsLabel(hostname))),
    ...validateHints(hints.forZones ?? [], `${field}.hints.forZones`, isLabelValue),
    ...validateHints(hints.forNodes ?? [], `${field}.hints.forNodes`, isDnsSubdomain),
  ];
}

function validateTyped(address: string, type: string, { list, field }: { list: string; field: string }): StatusCause[] {
  if (type === 'FQDN') return validateDomain(address, field);
  if (type !== 'IPv4' && type !== 'IPv6') return [];
  const wrong = causesOf(field, address, type === 'IPv4' ? ipTexts(address) : strictIpTexts(address));
  if (wrong.length > 0) return wrong;
  const isOfType = type === 'IPv4' ? isIPv4(address) : isIPv6(address);
  return [
    ...(isOfType ? [] : [invalid(list, address, `must be an ${type} address`)]),
    ...causesOf(field, address, endpointTexts(address)),
  ];
}

function validateDomain(text: string, field: string): StatusCause[] {
  if (text === '') return [required(field)];
  const name = text.replace(/\.$/, '');
  const texts = isDnsSubdomain(name);
  if (texts.length > 0) return [invalid(field, name, texts.join(','))];
  const labels = name.split('.');
  const single = 'should be a domain with at least two segments separated by dots';
  if (labels.length < 2) return [invalid(field, name, single)];
  const odd = labels.find((label) => isDnsLabel(label).length > 0);
  return odd === undefined ? [] : [invalid(field, odd, isDnsLabel(odd).join(','))];
}

function validateHints(hints: readonly Hint[], field: string, rule: typeof isLabelValue): StatusCause[] {
  if (hints.length > MAX_HINTS) return [tooMany(field, hints.length, MAX_HINTS)];
  const seen = new Set<string>();
  return hints.flatMap(({ name = '' }, index) => {
    const at = `${field}[${index}].name`;
    const isAgain = seen.has(name);
    seen.add(name);
    return [...(isAgain ? [duplicate(at, name)] : []), ...causesOf(at, name, rule(name))];
  });
}
