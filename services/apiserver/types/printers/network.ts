import type { Unstructured } from '../../../../shared/apis/meta/v1.ts';
import type { JsonObject } from '../json-value.ts';
import {
  ageColumn,
  at,
  type BuiltinColumn,
  type Cell,
  column,
  listAt,
  mapAt,
  nameColumn,
  text,
  textsAt,
  wide,
} from './column.ts';
import { formatLabels, formatSelector } from './selectors.ts';

/** Columns of services, endpoints, ingresses and network policies, as kubectl shows them. */

function loadBalancerAddresses(object: Unstructured): string[] {
  const all = listAt(object, 'status.loadBalancer.ingress').map(({ ip, hostname }) => String(ip || hostname || ''));
  return [...new Set(all.filter((address) => address !== ''))].sort();
}

const externalIp: Cell = (object) => {
  const own = textsAt(object, 'spec.externalIPs');
  switch (at(object, 'spec.type')) {
    case 'ClusterIP':
    case 'NodePort':
      return own.join(',') || '<none>';
    case 'LoadBalancer':
      return [...loadBalancerAddresses(object), ...own].join(',') || '<pending>';
    case 'ExternalName':
      return String(at(object, 'spec.externalName') ?? '');
    default:
      return '<unknown>';
  }
};

function servicePort({ port, nodePort, protocol }: JsonObject): string {
  return nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`;
}

const servicePorts: Cell = (object) => listAt(object, 'spec.ports').map(servicePort).join(',') || '<none>';

/** The first three, and how many there are besides. */
function firstThree(all: string[], ifNone: string): string {
  if (all.length === 0) return ifNone;
  const shown = all.slice(0, 3).join(',');
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
}

const hostPort = (ip: unknown, port: unknown): string =>
  String(ip).includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;

const endpoints: Cell = (object) => {
  const all = listAt(object, 'subsets').flatMap((subset) => {
    const addresses = listAt(subset, 'addresses').map(({ ip }) => ip);
    const ports = listAt(subset, 'ports');
    if (ports.length === 0) return addresses.map(String);
    return ports.flatMap(({ port }) => addresses.map((ip) => hostPort(ip, port)));
  });
  return firstThree(all, '<none>');
};

const slicePorts: Cell = (object) => {
  const ports = listAt(object, 'ports').map(({ port, name }) => String(port ?? name ?? '*'));
  return firstThree(ports, '<unset>');
};

const sliceEndpoints: Cell = (object) => {
  const addresses = listAt(object, 'endpoints').flatMap((endpoint) => textsAt(endpoint, 'addresses'));
  return firstThree(addresses, '<unset>');
};

const hosts: Cell = (object) => {
  const rules = listAt(object, 'spec.rules');
  const names = rules.map(({ host }) => String(host ?? '')).filter((host) => host !== '');
  if (names.length === 0) return '*';
  const shown = names.slice(0, 3).join(',');
  return names.length >= 3 && rules.length > 3 ? `${shown} + ${rules.length - 3} more...` : shown;
};

const ingressParameters: Cell = (object) => {
  const { apiGroup, kind, name } = mapAt(object, 'spec.parameters');
  if (!kind) return '<none>';
  return `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}`;
};

const parentRef: Cell = (object) => {
  const { group, resource, namespace, name } = mapAt(object, 'spec.parentRef');
  if (!resource) return '<none>';
  const what = `${resource}${group ? `.${group}` : ''}`.toLowerCase();
  return [what, ...(namespace ? [namespace] : []), name].join('/');
};

const defaultClass = 'ingressclass.kubernetes.io/is-default-class';

export const networkColumns: Record<string, BuiltinColumn[]> = {
  services: [
    nameColumn,
    column('Type', text('spec.type')),
    column('Cluster-IP', (object) => textsAt(object, 'spec.clusterIPs')[0] ?? '<none>'),
    column('External-IP', externalIp),
    column('Port(s)', servicePorts),
    ageColumn,
    wide('Selector', (object) => formatLabels(mapAt(object, 'spec.selector'))),
  ],
  endpoints: [nameColumn, column('Endpoints', endpoints), ageColumn],
  'endpointslices.discovery.k8s.io': [
    nameColumn,
    column('AddressType', text('addressType')),
    column('Ports', slicePorts),
    column('Endpoints', sliceEndpoints),
    ageColumn,
  ],
  'ingresses.networking.k8s.io': [
    nameColumn,
    column('Class', text('spec.ingressClassName', '<none>')),
    column('Hosts', hosts),
    column('Address', (object) => loadBalancerAddresses(object).join(',')),
    column('Ports', (object) => (listAt(object, 'spec.tls').length > 0 ? '80, 443' : '80')),
    ageColumn,
  ],
  'ingressclasses.networking.k8s.io': [
    {
      ...nameColumn,
      cell: (object) =>
        `${object.metadata.name ?? ''}${object.metadata.annotations?.[defaultClass] === 'true' ? ' (default)' : ''}`,
    },
    column('Controller', text('spec.controller')),
    column('Parameters', ingressParameters),
    ageColumn,
  ],
  'networkpolicies.networking.k8s.io': [
    nameColumn,
    column('Pod-Selector', (object) => formatSelector(at(object, 'spec.podSelector'))),
    ageColumn,
  ],
  'servicecidrs.networking.k8s.io': [
    nameColumn,
    column('CIDRs', (object) => textsAt(object, 'spec.cidrs').join(',')),
    ageColumn,
  ],
  'ipaddresses.networking.k8s.io': [nameColumn, column('ParentRef', parentRef)],
};
