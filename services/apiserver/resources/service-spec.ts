import { isDeepStrictEqual } from 'node:util';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';

/** A Service's spec, and what follows from its type. */

/** Where traffic from within the cluster goes. */
export const TRAFFIC_POLICIES = ['Cluster', 'Local'];

export interface ServicePort {
  name?: string;
  port?: number;
  targetPort?: number | string;
  nodePort?: number;
  protocol?: string;
  appProtocol?: string;
}

export interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  clusterIPs?: string[];
  ipFamilies?: string[];
  ipFamilyPolicy?: string;
  ports?: ServicePort[];
  selector?: Record<string, string>;
  externalName?: string;
  externalIPs?: string[];
  externalTrafficPolicy?: string;
  internalTrafficPolicy?: string;
  healthCheckNodePort?: number;
  allocateLoadBalancerNodePorts?: boolean;
  loadBalancerClass?: string;
  loadBalancerIP?: string;
  loadBalancerSourceRanges?: string[];
  sessionAffinity?: string;
  sessionAffinityConfig?: { clientIP?: { timeoutSeconds?: number } };
  trafficDistribution?: string;
}

export const HEADLESS = 'None';

/** Annotations for one thing; the first is the older. */
export const TOPOLOGY = {
  hints: 'service.kubernetes.io/topology-aware-hints',
  mode: 'service.kubernetes.io/topology-mode',
};

export function serviceSpecOf(object: Unstructured): ServiceSpec {
  object['spec'] ??= {};
  return object['spec'] as ServiceSpec;
}

export const needsClusterIp = ({ type }: ServiceSpec): boolean => type !== 'ExternalName';

export const isHeadless = ({ clusterIPs = [] }: ServiceSpec): boolean =>
  clusterIPs.length === 1 && clusterIPs[0] === HEADLESS;

export const hasNodePorts = ({ type }: ServiceSpec): boolean => type === 'NodePort' || type === 'LoadBalancer';

/** Whether ports that ask for none are given a node port. */
export const takesNodePorts = ({ type, allocateLoadBalancerNodePorts = true }: ServiceSpec): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts);

export const needsHealthCheckPort = ({ type, externalTrafficPolicy }: ServiceSpec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

export const isReachedFromOutside = ({ type, externalIPs = [] }: ServiceSpec): boolean =>
  type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && externalIPs.length > 0);

export const isSameField = (a: ServiceSpec, b: ServiceSpec, field: keyof ServiceSpec): boolean =>
  isDeepStrictEqual(a[field], b[field]);
