import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsLabel, isDnsSubdomain, isPortName, isQualifiedName } from '../registry/object-names.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { isPort, PORT_TEXT } from './port-number.ts';
import { repeated, together } from './repeated.ts';
import {
  isHeadless,
  needsClusterIp,
  type ServicePort,
  type ServiceSpec,
  serviceSpecOf,
  TOPOLOGY,
  TRAFFIC_POLICIES,
} from './service-spec.ts';
import { validateClusterIps } from './validate-cluster-ips.ts';
import { validateSelectorLabels } from './validate-label-selector.ts';
import { validateExternalIps, validateExternalPolicy, validateLoadBalancer } from './validate-service-access.ts';

/** What a Service's spec must keep to. Source: kubernetes, core/validation, validateService. */

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const AFFINITIES = ['ClientIP', 'None'];
const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
const MAX_AFFINITY_SECONDS = 86_400;

export function validateService(object: Unstructured, old: Unstructured | undefined): StatusCause[] {
  const [spec, before] = [serviceSpecOf(object), old && serviceSpecOf(old)];
  const { type = 'ClusterIP', ports = [], selector = {} } = spec;
  const hasNameAgain = repeated(ports.map(({ name }) => name));
  return [
    ...validateTopology(object.metadata.annotations ?? {}),
    ...(ports.length === 0 && !isHeadless(spec) && needsClusterIp(spec) ? [required('spec.ports')] : []),
    ...validateType(spec),
    ...ports.flatMap((port, index) => validatePort(port, { index, ports, isAgain: hasNameAgain[index] === true })),
    ...validateSelectorLabels(selector, 'spec.selector'),
    ...validateAffinity(spec),
    ...validateClusterIps(spec, before),
    ...validateExternalIps(spec.externalIPs ?? [], before?.externalIPs ?? []),
    ...(TYPES.includes(type) ? [] : [notSupported('spec.type', type, TYPES)]),
    ...validateNodePorts(spec),
    ...validateLoadBalancer(object, old),
    ...validateExternalPolicy(spec),
    ...oneOf('spec.internalTrafficPolicy', spec.internalTrafficPolicy, TRAFFIC_POLICIES),
    ...oneOf('spec.trafficDistribution', spec.trafficDistribution, DISTRIBUTIONS),
  ];
}

/** The older of two names of one thing. */
function validateTopology(annotations: Record<string, string>): StatusCause[] {
  const { hints: former, mode } = TOPOLOGY;
  const [hints, value] = [annotations[former], annotations[mode]];
  if (hints === undefined || value === undefined || hints === value) return [];
  const text = `must match annotations[${former}] when both are specified`;
  return [invalid(`metadata.annotations[${mode}]`, value, text)];
}

function oneOf(field: string, value: string | undefined, allowed: string[]): StatusCause[] {
  return value === undefined || allowed.includes(value) ? [] : [notSupported(field, value, allowed)];
}

function validateType(spec: ServiceSpec): StatusCause[] {
  const { type, clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(spec))
    return [invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)];
  if (type !== 'ExternalName') return [];
  const none = (field: string): StatusCause => forbidden(`spec.${field}`, 'may not be set for ExternalName services');
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  return [
    ...(clusterIPs.length > 0 ? [none('clusterIPs')] : []),
    ...(ipFamilies.length > 0 ? [none('ipFamilies')] : []),
    ...(ipFamilyPolicy === undefined ? [] : [none('ipFamilyPolicy')]),
    ...(name === '' ? [required('spec.externalName')] : causesOf('spec.externalName', name, isDnsSubdomain(name))),
  ];
}

interface PortAt {
  index: number;
  ports: readonly ServicePort[];
  /** One before it has its name. */
  isAgain: boolean;
}

function validatePort(given: ServicePort, { index, ports, isAgain }: PortAt): StatusCause[] {
  const { name = '', port = 0, targetPort = port, protocol = 'TCP', appProtocol } = given;
  const field = `spec.ports[${index}]`;
  return [
    ...(name === '' && ports.length > 1 ? [required(`${field}.name`)] : []),
    ...(name === '' ? [] : causesOf(`${field}.name`, name, isDnsLabel(name))),
    ...(name !== '' && isAgain ? [duplicate(`${field}.name`, name)] : []),
    ...(isPort(port) ? [] : [invalid(`${field}.port`, port, PORT_TEXT)]),
    ...(PROTOCOLS.includes(protocol) ? [] : [notSupported(`${field}.protocol`, protocol, PROTOCOLS)]),
    ...validateTarget(`${field}.targetPort`, targetPort),
    ...(appProtocol === undefined ? [] : causesOf(`${field}.appProtocol`, appProtocol, isQualifiedName(appProtocol))),
  ];
}

function validateTarget(field: string, target: number | string): StatusCause[] {
  if (typeof target === 'string') return causesOf(field, target, isPortName(target));
  return isPort(target) ? [] : [invalid(field, target, PORT_TEXT)];
}

function validateAffinity({ sessionAffinity = 'None', sessionAffinityConfig }: ServiceSpec): StatusCause[] {
  const { timeoutSeconds = 0 } = sessionAffinityConfig?.clientIP ?? {};
  const isTime = timeoutSeconds > 0 && timeoutSeconds <= MAX_AFFINITY_SECONDS;
  const text = `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`;
  return [
    ...oneOf('spec.sessionAffinity', sessionAffinity, AFFINITIES),
    ...(sessionAffinity === 'ClientIP' && !isTime
      ? [invalid('spec.sessionAffinityConfig.clientIP.timeoutSeconds', timeoutSeconds, text)]
      : []),
  ];
}

function validateNodePorts({ type, ports = [] }: ServiceSpec): StatusCause[] {
  const again = (field: 'nodePort' | 'port') => repeated(ports.map((port) => together(port[field], port.protocol)));
  const [hasNodePortAgain, hasPortAgain] = [again('nodePort'), again('port')];
  const text = "may not be used when `type` is 'ClusterIP'";
  return [
    ...ports.flatMap(({ nodePort }, index) =>
      type === 'ClusterIP' && nodePort ? [forbidden(`spec.ports[${index}].nodePort`, text)] : [],
    ),
    ...ports.flatMap((port, index) =>
      port.nodePort && hasNodePortAgain[index] ? [duplicate(`spec.ports[${index}].nodePort`, port.nodePort)] : [],
    ),
    ...ports.flatMap((port, index) =>
      hasPortAgain[index] ? [duplicate(`spec.ports[${index}]`, shownPort(port))] : [],
    ),
  ];
}

/** In the words of Go's struct. */
const shownPort = ({ port = 0, protocol = 'TCP' }: ServicePort) => ({
  Name: '',
  Protocol: protocol,
  AppProtocol: null,
  Port: port,
  TargetPort: 0,
  NodePort: 0,
});
