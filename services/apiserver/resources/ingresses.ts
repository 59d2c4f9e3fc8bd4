import { isIP } from 'node:net';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import {
  causesOf,
  isDnsLabel,
  isDnsSubdomain,
  isPathSegment,
  isPortName,
  type NameRule,
} from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid, notSupported, required } from '../types/field-error.ts';
import { ipTexts } from './ip-rules.ts';
import { mayBeNamed, mustBeNamed } from './pod-spec/field-rules.ts';
import { isPort, PORT_TEXT } from './port-number.ts';
import { defaultClass } from './stored-classes.ts';

/** Which service is reached by which host and path. Source: networking/validation. */

interface Backend {
  service?: { name?: string; port?: { name?: string; number?: number } };
  resource?: { apiGroup?: string | null; kind?: string; name?: string };
}

interface Path {
  path?: string;
  pathType?: string | null;
  backend?: Backend;
}

interface IngressSpec {
  ingressClassName?: string;
  defaultBackend?: Backend;
  rules?: { host?: string; http?: { paths?: Path[] } }[];
  tls?: { hosts?: string[]; secretName?: string }[];
}

const specOf = (object: Unstructured): IngressSpec => (object['spec'] ?? {}) as IngressSpec;
const CLASS = 'kubernetes.io/ingress.class';

const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';

export const ingressStrategy: Strategy = {
  prepareForCreate(object, { registry }) {
    if (object.metadata.annotations?.[CLASS] !== undefined || specOf(object).ingressClassName !== undefined) return;
    const kind = { group: 'networking.k8s.io', plural: 'ingressclasses' };
    const ingressClassName = defaultClass(registry, kind, [DEFAULT_CLASS]);
    if (ingressClassName !== undefined) object['spec'] = { ...specOf(object), ingressClassName };
  },
  validate: (object) => validateSpec(specOf(object)),
  validateCreate(object) {
    const old = object.metadata.annotations?.[CLASS];
    const { ingressClassName } = specOf(object);
    const differs = old !== undefined && ingressClassName !== undefined && old !== ingressClassName;
    const why = 'must match `ingressClassName` when both are specified';
    return differs ? [invalid(`annotations.${CLASS}`, old, why)] : [];
  },
  validateSubresource: (object, old) => validateStatus(statusOf(object), statusOf(old)),
  warningsOf: ({ metadata }) =>
    metadata.annotations?.[CLASS] === undefined
      ? []
      : [`annotation "${CLASS}" is deprecated, please use 'spec.ingressClassName' instead`],
};

interface IngressStatus {
  loadBalancer?: { ingress?: Reached[] };
}

interface Reached {
  ip?: string;
  hostname?: string;
}

const statusOf = (object: Unstructured): Reached[] =>
  ((object['status'] ?? {}) as IngressStatus).loadBalancer?.ingress ?? [];

/** An address that was there may stay, whatever it looks like. */
function validateStatus(reached: readonly Reached[], before: readonly Reached[]): StatusCause[] {
  const known = new Set(before.map(({ ip }) => ip));
  return reached.flatMap(({ ip = '', hostname = '' }, index) => {
    const at = `status.loadBalancer.ingress[${index}]`;
    return [
      ...(ip === '' || known.has(ip) ? [] : causesOf(`${at}.ip`, ip, ipTexts(ip))),
      ...(hostname === '' ? [] : validateName(hostname, `${at}.hostname`)),
    ];
  });
}

function validateName(hostname: string, field: string): StatusCause[] {
  const isAddress = isIP(hostname) > 0;
  return [
    ...causesOf(field, hostname, isDnsSubdomain(hostname)),
    ...(isAddress ? [invalid(field, hostname, 'must be a DNS name, not an IP address')] : []),
  ];
}

function validateSpec({ rules = [], defaultBackend, tls = [], ingressClassName }: IngressSpec): StatusCause[] {
  const isEmpty = rules.length === 0 && !defaultBackend;
  return [
    ...(isEmpty ? [invalid('spec', null, 'either `defaultBackend` or `rules` must be specified')] : []),
    ...(defaultBackend ? validateBackend(defaultBackend, 'spec.defaultBackend') : []),
    ...rules.flatMap(({ host = '', http }, index) => [
      ...validateHost(host, `spec.rules[${index}].host`, { mayBeIp: false }),
      ...(http ? validatePaths(http.paths ?? [], `spec.rules[${index}].http.paths`) : []),
    ]),
    ...tls.flatMap(({ hosts = [], secretName }, index) => [
      ...hosts.flatMap((host, at) => validateHost(host, `spec.tls[${index}].hosts[${at}]`, { mayBeIp: true })),
      ...mayBeNamed(`spec.tls[${index}].secretName`, secretName, isDnsSubdomain),
    ]),
    ...(ingressClassName === undefined
      ? []
      : causesOf('spec.ingressClassName', ingressClassName, isDnsSubdomain(ingressClassName))),
  ];
}

const WILDCARD = /^\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const WILDCARD_TEXT =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const isWildcard: NameRule = (host) => (WILDCARD.test(host) ? [] : [WILDCARD_TEXT]);

/** An empty host of a rule is every host; in a certificate it is a mistake. */
function validateHost(host: string, field: string, { mayBeIp }: { mayBeIp: boolean }): StatusCause[] {
  if (host === '' && !mayBeIp) return [];
  const isAddress = !mayBeIp && isIP(host) > 0;
  return [
    ...(isAddress ? [invalid(field, host, 'must be a DNS name, not an IP address')] : []),
    ...causesOf(field, host, host.includes('*') ? isWildcard(host) : isDnsSubdomain(host)),
  ];
}

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const ODD_PARTS = ['//', '/./', '/../', '%2f', '%2F'];
const ODD_ENDS = ['/..', '/.'];

function validatePaths(paths: readonly Path[], field: string): StatusCause[] {
  if (paths.length === 0) return [required(field)];
  return paths.flatMap(({ path = '', pathType, backend = {} }, index) => {
    const at = `${field}[${index}]`;
    if (pathType === undefined || pathType === null) return [required(`${at}.pathType`, 'pathType must be specified')];
    return [...validatePath(path, pathType, at), ...validateBackend(backend, `${at}.backend`)];
  });
}

function validatePath(path: string, type: string, field: string): StatusCause[] {
  const place = `${field}.path`;
  if (!PATH_TYPES.includes(type)) return [notSupported(`${field}.pathType`, type, PATH_TYPES)];
  const isFree = type === 'ImplementationSpecific';
  const isAbsolute = path.startsWith('/') || (isFree && path === '');
  const absolute = isAbsolute ? [] : [invalid(place, path, 'must be an absolute path')];
  if (isFree) return absolute;
  return [
    ...absolute,
    ...ODD_PARTS.filter((part) => path.includes(part)).map((part) =>
      invalid(place, path, `must not contain '${part}'`),
    ),
    ...ODD_ENDS.filter((end) => path.endsWith(end)).map((end) => invalid(place, path, `cannot end with '${end}'`)),
  ];
}

function validateBackend({ service, resource }: Backend, field: string): StatusCause[] {
  if (resource && service) return [invalid(field, '', 'cannot set both resource and service backends')];
  if (resource) return validateResource(resource, `${field}.resource`);
  if (!service) return [invalid(field, '', 'resource or service backend is required')];
  const { name = '', port = {} } = service;
  return [...mustBeNamed(`${field}.service.name`, name, isDnsLabel), ...validatePort(port, field)];
}

function validatePort({ name = '', number = 0 }: { name?: string; number?: number }, field: string): StatusCause[] {
  if (name !== '' && number !== 0) return [invalid(field, '', 'cannot set both port name & port number')];
  if (name !== '') return causesOf(`${field}.service.port.name`, name, isPortName(name));
  if (number === 0) return [required(field, 'port name or number is required')];
  return isPort(number) ? [] : [invalid(`${field}.service.port.number`, number, PORT_TEXT)];
}

function validateResource(resource: NonNullable<Backend['resource']>, field: string): StatusCause[] {
  const { apiGroup, kind = '', name = '' } = resource;
  return [
    ...(typeof apiGroup === 'string' ? causesOf(`${field}.apiGroup`, apiGroup, isDnsSubdomain(apiGroup)) : []),
    ...mustBeNamed(`${field}.kind`, kind, isPathSegment),
    ...mustBeNamed(`${field}.name`, name, isPathSegment),
  ];
}
