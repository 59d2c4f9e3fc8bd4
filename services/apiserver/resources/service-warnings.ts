import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { cidrWarnings, ipWarnings } from './ip-rules.ts';
import { isHeadless, type ServiceSpec, serviceSpecOf, TOPOLOGY } from './service-spec.ts';

/** What is set and has no effect, or is not long for this world. Source: kubernetes, api/service/warnings.go. */
export function serviceWarnings(object: Unstructured): string[] {
  const spec = serviceSpecOf(object);
  const { clusterIPs = [], externalIPs = [], loadBalancerIP, loadBalancerSourceRanges: ranges = [] } = spec;
  const { hints, mode } = TOPOLOGY;
  return [
    ...(object.metadata.annotations?.[hints] === undefined
      ? []
      : [`annotation ${hints} is deprecated, please use ${mode} instead`]),
    ...(isHeadless(spec) ? [] : clusterIPs.flatMap((ip, index) => ipWarnings(`spec.clusterIPs[${index}]`, ip))),
    ...headlessWarnings(spec),
    ...externalIPs.flatMap((ip, index) => ipWarnings(`spec.externalIPs[${index}]`, ip)),
    ...externalWarnings(spec),
    ...(loadBalancerIP ? ipWarnings('spec.loadBalancerIP', loadBalancerIP) : []),
    ...ranges.flatMap((range, index) => cidrWarnings(`spec.loadBalancerSourceRanges[${index}]`, range)),
    ...typeWarnings(spec),
  ];
}

const isPlainlyHeadless = (spec: ServiceSpec): boolean => spec.type === 'ClusterIP' && isHeadless(spec);

function headlessWarnings(spec: ServiceSpec): string[] {
  if (!isPlainlyHeadless(spec)) return [];
  const ignored = (field: string): string => `spec.${field} is ignored for headless services`;
  return [
    ...(spec.loadBalancerIP ? [ignored('loadBalancerIP')] : []),
    ...(spec.externalIPs?.length ? [ignored('externalIPs')] : []),
    ...(spec.sessionAffinity === 'None' ? [] : [ignored('SessionAffinity')]),
  ];
}

function externalWarnings(spec: ServiceSpec): string[] {
  const isUsed = spec.externalIPs?.length && !isPlainlyHeadless(spec) && spec.type !== 'ExternalName';
  return isUsed ? ['spec.externalIPs is deprecated and may no longer be implemented in some clusters'] : [];
}

function typeWarnings({ type, externalIPs = [], externalName, trafficDistribution }: ServiceSpec): string[] {
  const isName = type === 'ExternalName';
  return [
    ...(isName && externalIPs.length > 0 ? ['spec.externalIPs is ignored when spec.type is "ExternalName"'] : []),
    ...(!isName && externalName ? ['spec.externalName is ignored when spec.type is not "ExternalName"'] : []),
    ...(trafficDistribution === 'PreferClose'
      ? ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"']
      : []),
  ];
}
