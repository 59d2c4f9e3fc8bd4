import { Buffer } from 'node:buffer';
import { setKey } from '../../merge/json-value.ts';
import type { JsonObject } from '../json-value.ts';
import {
  hasKeys,
  objectAt,
  objectsAt,
  optionalObject,
  setAbsent,
  setDefault,
  setDefaults,
  type TypeDefault,
} from './set-default.ts';

/** Defaults of the core group other than pods, as upstream's SetDefaults functions. What a registry allocates (cluster IPs, …) is not here. */

const clientIpTimeoutSeconds = 10_800;

function defaultAffinity(spec: JsonObject): void {
  setDefault(spec, 'sessionAffinity', 'None');
  if (spec['sessionAffinity'] === 'None') delete spec['sessionAffinityConfig'];
  if (spec['sessionAffinity'] !== 'ClientIP') return;
  setDefault(objectAt(objectAt(spec, 'sessionAffinityConfig'), 'clientIP'), 'timeoutSeconds', clientIpTimeoutSeconds);
}

function defaultServicePort(port: JsonObject): void {
  setDefault(port, 'protocol', 'TCP');
  if (!port['targetPort']) port['targetPort'] = port['port'];
}

function defaultTrafficPolicies(spec: JsonObject): void {
  const type = spec['type'];
  const externalIps = Array.isArray(spec['externalIPs']) ? spec['externalIPs'].length : 0;
  const isExternal = type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIps > 0);
  if (isExternal) setDefault(spec, 'externalTrafficPolicy', 'Cluster');
  if (type !== 'ExternalName') setAbsent(spec, 'internalTrafficPolicy', 'Cluster');
  if (type === 'LoadBalancer') setDefault(spec, 'allocateLoadBalancerNodePorts', true);
}

function defaultService(service: JsonObject): void {
  const spec = objectAt(service, 'spec');
  const ingress = objectsAt(optionalObject(optionalObject(service, 'status') ?? {}, 'loadBalancer') ?? {}, 'ingress');
  if (spec['type'] === 'LoadBalancer') for (const one of ingress) if (one['ip']) setAbsent(one, 'ipMode', 'VIP');
  defaultAffinity(spec);
  setDefault(spec, 'type', 'ClusterIP');
  for (const port of objectsAt(spec, 'ports')) defaultServicePort(port);
  defaultTrafficPolicies(spec);
}

/** `stringData` is for writing only: it goes into `data`, over what is there. */
function defaultSecret(secret: JsonObject): void {
  setDefault(secret, 'type', 'Opaque');
  const texts = optionalObject(secret, 'stringData');
  delete secret['stringData'];
  if (!hasKeys(texts)) return;
  const data = objectAt(secret, 'data');
  for (const [name, text] of Object.entries(texts)) setKey(data, name, Buffer.from(String(text)).toString('base64'));
}

function defaultNamespace(namespace: JsonObject): void {
  const metadata = objectAt(namespace, 'metadata');
  if (metadata['name']) objectAt(metadata, 'labels')['kubernetes.io/metadata.name'] = metadata['name'];
  setDefault(objectAt(namespace, 'status'), 'phase', 'Active');
}

function defaultReplicationController(controller: JsonObject): void {
  const spec = objectAt(controller, 'spec');
  const template = optionalObject(spec, 'template');
  const labels = template && optionalObject(objectAt(template, 'metadata'), 'labels');
  if (!labels) return;
  const metadata = objectAt(controller, 'metadata');
  if (!hasKeys(optionalObject(spec, 'selector'))) spec['selector'] = { ...labels };
  if (!hasKeys(optionalObject(metadata, 'labels'))) metadata['labels'] = { ...labels };
}

/** Not a default but a conversion: `podCIDR` and the first of `podCIDRs` are one thing, and the former decides. */
function pairNodeCidrs(spec: JsonObject): void {
  const first = spec['podCIDR'];
  const all = Array.isArray(spec['podCIDRs']) ? spec['podCIDRs'] : [];
  if (first && first !== all[0]) spec['podCIDRs'] = [first];
  else if (all.length > 0) spec['podCIDR'] = all[0];
}

function defaultNodeStatus(status: JsonObject): void {
  const capacity = optionalObject(status, 'capacity');
  if (capacity && !optionalObject(status, 'allocatable')) status['allocatable'] = { ...capacity };
}

function defaultLimitRangeItem(item: JsonObject): void {
  if (item['type'] !== 'Container') return;
  const copies: [string, string][] = [
    ['default', 'max'],
    ['defaultRequest', 'default'],
    ['defaultRequest', 'min'],
  ];
  for (const [to, from] of copies) {
    const values = optionalObject(item, from);
    if (values) setDefaults(objectAt(item, to), values);
  }
}

export const coreDefaults: Record<string, TypeDefault> = {
  'api.core.v1.Service': defaultService,
  'api.core.v1.Secret': defaultSecret,
  'api.core.v1.Namespace': defaultNamespace,
  'api.core.v1.ReplicationController': defaultReplicationController,
  'api.core.v1.NodeSpec': pairNodeCidrs,
  'api.core.v1.NodeStatus': defaultNodeStatus,
  'api.core.v1.LimitRangeItem': defaultLimitRangeItem,
  'api.core.v1.PersistentVolume': (volume) => {
    setDefault(objectAt(volume, 'status'), 'phase', 'Pending');
    setDefault(objectAt(volume, 'spec'), 'persistentVolumeReclaimPolicy', 'Retain');
    setAbsent(objectAt(volume, 'spec'), 'volumeMode', 'Filesystem');
  },
  'api.core.v1.PersistentVolumeClaim': (claim) => setDefault(objectAt(claim, 'status'), 'phase', 'Pending'),
  'api.core.v1.PersistentVolumeClaimSpec': (spec) => setAbsent(spec, 'volumeMode', 'Filesystem'),
  'api.core.v1.EndpointPort': (port) => setDefault(port, 'protocol', 'TCP'),
};
