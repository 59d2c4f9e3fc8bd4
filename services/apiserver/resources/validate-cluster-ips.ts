import { isIPv6 } from 'node:net';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { causesOf } from '../registry/object-names.ts';
import { duplicate, invalid, notSupported, required } from '../types/field-error.ts';
import { ipTexts } from './ip-rules.ts';
import { repeated } from './repeated.ts';
import { HEADLESS, isHeadless, needsClusterIp, type ServiceSpec } from './service-spec.ts';

/** Rules for the addresses of a service and their families. Source: kubernetes, core/validation, ValidateServiceClusterIPsRelatedFields. */

const FAMILIES = ['IPv4', 'IPv6'];
const POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const FIELD = 'spec.clusterIPs';

export function validateClusterIps(spec: ServiceSpec, before: ServiceSpec | undefined): StatusCause[] {
  if (!needsClusterIp(spec)) return [];
  const { clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  const isAgain = repeated(ipFamilies);
  const ofAddresses = addressCauses(clusterIPs, before?.clusterIPs ?? []);
  const causes = [
    ...pairCauses(spec),
    ...ipFamilies.flatMap((family, index) => [
      ...(FAMILIES.includes(family) ? [] : [notSupported(`spec.ipFamilies[${index}]`, family, FAMILIES)]),
      ...(isAgain[index] ? [duplicate(`spec.ipFamilies[${index}]`, family)] : []),
    ]),
    ...(ipFamilyPolicy === undefined || POLICIES.includes(ipFamilyPolicy)
      ? []
      : [notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, POLICIES)]),
    ...ofAddresses,
    ...(clusterIPs.length > 2 ? [invalid(FIELD, clusterIPs, 'may only hold up to 2 values')] : []),
  ];
  return ofAddresses.length > 0 ? causes : [...causes, ...familyCauses(spec)];
}

/** `clusterIP` is the first of `clusterIPs`. */
function pairCauses({ clusterIP = '', clusterIPs = [] }: ServiceSpec): StatusCause[] {
  if (clusterIP === '')
    return clusterIPs.length > 0 ? [invalid(FIELD, clusterIPs, 'must be empty when `clusterIP` is not specified')] : [];
  if (clusterIPs.length === 0) return [required(FIELD)];
  return clusterIPs[0] === clusterIP ? [] : [invalid(FIELD, clusterIPs, 'first value must match `clusterIP`')];
}

function addressCauses(clusterIPs: string[], known: string[]): StatusCause[] {
  const isKnown = new Set(known);
  return clusterIPs.flatMap((ip, index) => {
    if (index === 0 && ip === HEADLESS)
      return clusterIPs.length > 1 ? [invalid(FIELD, clusterIPs, "'None' must be the first and only value")] : [];
    return isKnown.has(ip) ? [] : causesOf(`${FIELD}[${index}]`, ip, ipTexts(ip));
  });
}

function familyCauses(spec: ServiceSpec): StatusCause[] {
  const { clusterIPs = [], ipFamilies = [] } = spec;
  const isMixed = clusterIPs.length > 1 && new Set(clusterIPs.map(isIPv6)).size > 1;
  const text = 'may specify no more than one IP for each IP family';
  return [
    ...(clusterIPs.length > 1 && !isMixed ? [invalid(FIELD, clusterIPs, text)] : []),
    ...(isHeadless(spec) ? [] : clusterIPs).flatMap((ip, index) => {
      const family = ipFamilies[index];
      const isOther = family !== undefined && isIPv6(ip) !== (family === 'IPv6');
      const detail = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
      return isOther ? [invalid(`${FIELD}[${index}]`, ip, detail)] : [];
    }),
  ];
}

/** Addresses and families that a service has are kept for its life, unless it stops or begins to have any. */
export function validateClusterIpChange(spec: ServiceSpec, before: ServiceSpec): StatusCause[] {
  if (!needsClusterIp(spec) || !needsClusterIp(before)) return [];
  return [...addressChange(spec, before), ...familyChange(spec, before)];
}

const ONCE = 'may not change once set';

function addressChange(spec: ServiceSpec, before: ServiceSpec): StatusCause[] {
  const [next, old] = [spec.clusterIPs ?? [], before.clusterIPs ?? []];
  if (isHeadless(spec) && isHeadless(before)) return [];
  if (next.length === 0 && old.length > 0) return [invalid(`${FIELD}[0]`, next, 'primary clusterIP can not be unset')];
  if (next.length === old.length)
    return old.flatMap((ip, index) => (ip === next[index] ? [] : [invalid(`${FIELD}[${index}]`, next, ONCE)]));
  return old.length > 0 && next[0] !== old[0] ? [invalid(`${FIELD}[0]`, next, ONCE)] : [];
}

function familyChange(spec: ServiceSpec, before: ServiceSpec): StatusCause[] {
  if (isHeadless(spec) || isHeadless(before)) return [];
  const [next, old] = [spec.ipFamilies ?? [], before.ipFamilies ?? []];
  const field = 'spec.ipFamilies[0]';
  if (next.length === old.length)
    return old.flatMap((family, index) => (family === next[index] ? [] : [invalid(field, next, ONCE)]));
  return next.length > 0 && old.length > 0 && next[0] !== old[0] ? [invalid(field, spec.clusterIPs ?? [], ONCE)] : [];
}
