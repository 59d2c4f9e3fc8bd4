import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsSubdomain } from '../../registry/object-names.ts';
import { invalid, required } from '../../types/field-error.ts';
import { ipTexts } from '../ip-rules.ts';

/** How a pod finds others by name. */

export interface DnsConfig {
  nameservers?: string[];
  searches?: string[];
  options?: { name?: string }[];
}

export interface HostAlias {
  ip?: string;
  hostnames?: string[];
}

const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;

const validateIp = (field: string, ip: string): StatusCause[] => causesOf(field, ip, ipTexts(ip));

/** A cluster's own DNS may be left out only where there is another. */
export function validateDns(config: DnsConfig | undefined, policy: string, field: string): StatusCause[] {
  const { nameservers = [], searches = [], options = [] } = config ?? {};
  if (policy === 'None' && !config) return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')];
  if (policy === 'None' && nameservers.length === 0) {
    const why = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
    return [required(`${field}.nameservers`, why)];
  }
  const tooMany = (name: string, list: string[], max: number, what: string): StatusCause[] =>
    list.length > max ? [invalid(`${field}.${name}`, list, `must not have more than ${max} ${what}`)] : [];
  return [
    ...tooMany('nameservers', nameservers, MAX_NAMESERVERS, 'nameservers'),
    ...nameservers.flatMap((ip, index) => validateIp(`${field}.nameservers[${index}]`, ip)),
    ...tooMany('searches', searches, MAX_SEARCHES, 'search paths'),
    ...searches.flatMap((path, index) => validateSearch(path, `${field}.searches[${index}]`)),
    ...options.flatMap(({ name }, index) =>
      name ? [] : [required(`${field}.options[${index}]`, 'must not be empty')],
    ),
  ];
}

const LABEL = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SEARCH = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const SEARCH_TEXT = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${LABEL}(\\.${LABEL})*')`;

function validateSearch(path: string, field: string): StatusCause[] {
  if (path === '.' || SEARCH.test(path.replace(/\.$/, ''))) return [];
  return [invalid(field, path.replace(/\.$/, ''), SEARCH_TEXT)];
}

export function validateHostAliases(aliases: readonly HostAlias[], field: string): StatusCause[] {
  return aliases.flatMap(({ ip = '', hostnames = [] }, index) => [
    ...validateIp(`${field}[${index}].ip`, ip),
    ...hostnames.flatMap((name, at) => causesOf(`${field}[${index}].hostnames[${at}]`, name, isDnsSubdomain(name))),
  ]);
}
