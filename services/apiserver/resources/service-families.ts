import { isIPv6 } from 'node:net';
import { newInvalid } from '../../../shared/apis/meta/status-error.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { invalid } from '../types/field-error.ts';
import { HEADLESS, isSameField, needsClusterIp, type ServiceSpec, serviceSpecOf } from './service-spec.ts';
import { validateClusterIps } from './validate-cluster-ips.ts';

/** The IP families of a service, on a cluster that has addresses of IPv4 only. Throws 422 for what can't be had there. */
export function completeFamilies(object: Unstructured, before: ServiceSpec | undefined): void {
  const spec = serviceSpecOf(object);
  if (!needsClusterIp(spec)) return;
  const isOpen = spec.clusterIP === HEADLESS && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= before?.ipFamilyPolicy || (isOpen ? 'RequireDualStack' : 'SingleStack');
  check(object, validateClusterIps(spec, before));
  const released = before ? releaseSecond(spec, before) : [];
  check(object, [...released, ...countCauses(spec), ...unservedAddresses(spec)]);
  inferFamilies(spec);
  if (isOpen) completeOpen(spec);
  else {
    check(object, unservedCauses(spec));
    spec.ipFamilies = spec.ipFamilies?.length ? spec.ipFamilies : ['IPv4'];
  }
}

function check({ metadata: { name = '' } }: Unstructured, causes: StatusCause[]): void {
  if (causes.length > 0) throw newInvalid({ resource: 'Service', name }, causes);
}

/** Of two families or addresses the second goes with the policy that wants it; it can't go before. */
function releaseSecond(spec: ServiceSpec, before: ServiceSpec): StatusCause[] {
  const fields = [
    ['clusterIPs', 'cluster IP'],
    ['ipFamilies', 'IP family'],
  ] as const;
  return fields.flatMap(([field, what]) => {
    const [now, had] = [spec[field] ?? [], before[field] ?? []];
    const isSingle = spec.ipFamilyPolicy === 'SingleStack';
    if (isSingle && now.length > 1 && isSameField(spec, before, field)) spec[field] = now.slice(0, 1);
    const isReduced = now.length > 0 && now.length < had.length;
    const text = `must be 'SingleStack' to release the secondary ${what}`;
    return isReduced && !isSingle ? [invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, text)] : [];
  });
}

function countCauses({ ipFamilyPolicy, clusterIPs = [], ipFamilies = [] }: ServiceSpec): StatusCause[] {
  if (ipFamilyPolicy !== 'SingleStack') return [];
  const refused = (what: string): StatusCause =>
    invalid(
      'spec.ipFamilyPolicy',
      ipFamilyPolicy,
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    );
  return [
    ...(clusterIPs.length === 2 ? [refused('cluster IPs')] : []),
    ...(ipFamilies.length === 2 ? [refused('IP families')] : []),
  ];
}

/** Of an address whose family nobody has named. */
function unservedAddresses({ clusterIPs = [], ipFamilies = [] }: ServiceSpec): StatusCause[] {
  return clusterIPs.flatMap((ip, index) =>
    isIPv6(ip) && !ipFamilies[index]
      ? [invalid(`spec.clusterIPs[${index}]`, clusterIPs, 'IPv6 is not configured on this cluster')]
      : [],
  );
}

function inferFamilies(spec: ServiceSpec): void {
  const { clusterIPs = [] } = spec;
  if (clusterIPs.length === 0 || clusterIPs[0] === HEADLESS || spec.ipFamilies?.length) return;
  spec.ipFamilies = clusterIPs.map((ip) => (isIPv6(ip) ? 'IPv6' : 'IPv4'));
}

/** Who selects no pods and wants no address may have endpoints of either family. */
function completeOpen(spec: ServiceSpec): void {
  const [first = 'IPv4', second] = spec.ipFamilies ?? [];
  const other = second ?? (first === 'IPv4' ? 'IPv6' : 'IPv4');
  spec.ipFamilies = spec.ipFamilyPolicy === 'SingleStack' ? [first] : [first, other];
}

function unservedCauses({ ipFamilyPolicy, ipFamilies = [] }: ServiceSpec): StatusCause[] {
  const text = 'this cluster is not configured for dual-stack services';
  return [
    ...(ipFamilyPolicy === 'RequireDualStack' ? [invalid('spec.ipFamilyPolicy', ipFamilyPolicy, text)] : []),
    ...ipFamilies.flatMap((family, index) =>
      family === 'IPv4' ? [] : [invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')],
    ),
  ];
}
