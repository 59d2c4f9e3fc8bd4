import { containerTotals } from '../container-totals.ts';
import type { JsonObject } from '../json-value.ts';
import {
  dropEmpty,
  hasKeys,
  objectAt,
  objectsAt,
  optionalObject,
  setDefault,
  setDefaults,
  setIfZero,
  type TypeDefault,
} from './set-default.ts';

/** Defaults of pods and of the pod templates in other kinds, as upstream's SetDefaults functions. */

/** Upstream reads the tag of the reference with `latest` added where there is neither tag nor digest; without an image there is none. */
function isLatest(image: unknown): boolean {
  const reference = String(image ?? '');
  if (reference === '' || /\s/.test(reference)) return false;
  const [name = ''] = reference.split('@');
  const tag = /:([\w][\w.-]*)$/.exec(name.slice(name.lastIndexOf('/') + 1))?.[1];
  return tag === 'latest' || (tag === undefined && !reference.includes('@'));
}

const pullPolicyOf = (image: unknown): string => (isLatest(image) ? 'Always' : 'IfNotPresent');

function defaultContainer(container: JsonObject): void {
  dropEmpty(optionalObject(container, 'resources'), 'claims');
  setDefaults(container, {
    imagePullPolicy: pullPolicyOf(container['image']),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
}

function defaultPodSpec(spec: JsonObject): void {
  setDefaults(spec, {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
  });
  defaultServiceAccountNames(spec);
  if (optionalObject(spec, 'os')?.['name'] !== 'windows')
    dropEmpty(optionalObject(spec, 'securityContext'), 'supplementalGroups');
}

/** Two names of one field: what is stored always has both. */
function defaultServiceAccountNames(spec: JsonObject): void {
  const name = spec['serviceAccountName'] || spec['serviceAccount'];
  if (!name) return;
  spec['serviceAccountName'] = name;
  spec['serviceAccount'] = name;
}

function requestLimits(container: JsonObject): void {
  const resources = optionalObject(container, 'resources');
  const limits = resources && optionalObject(resources, 'limits');
  if (limits) setDefaults(objectAt(resources, 'requests'), limits);
}

const isHugePages = (name: string): boolean => name.startsWith('hugepages-');
const isOfPods = (name: string): boolean => ['cpu', 'memory'].includes(name) || isHugePages(name);
const filtered = (amounts: object, isWanted: (name: string) => boolean): JsonObject =>
  Object.fromEntries(Object.entries(amounts).filter(([name]) => isWanted(name)));

/** A pod that says something of its own resources asks for what its containers do, and for the rest of what it may use. */
function requestTotals(spec: JsonObject): void {
  const resources = optionalObject(spec, 'resources');
  if (!resources) return;
  const [asked, given] = [optionalObject(resources, 'requests') ?? {}, optionalObject(resources, 'limits') ?? {}];
  if (!hasKeys(asked) && !hasKeys(given)) return;
  const limits = {
    ...filtered(containerTotals(spec, 'limits'), (name) => isHugePages(name) && !(name in asked)),
    ...given,
  };
  if (hasKeys(limits)) resources['limits'] = limits;
  if (!hasKeys(limits)) return;
  const totals = filtered(containerTotals(spec, 'requests'), (name) => isOfPods(name) && !isHugePages(name));
  const requests = { ...filtered(limits, isOfPods), ...totals, ...asked };
  if (hasKeys(requests)) resources['requests'] = requests;
}

function useHostPorts(container: JsonObject): void {
  for (const port of objectsAt(container, 'ports')) setIfZero(port, 'hostPort', Number(port['containerPort']));
}

/** Only of pods themselves: templates keep what was written. */
function defaultPod(pod: JsonObject): void {
  const spec = objectAt(pod, 'spec');
  setDefault(spec, 'enableServiceLinks', true);
  if (Number(spec['terminationGracePeriodSeconds']) < 0) spec['terminationGracePeriodSeconds'] = 1;
  for (const container of [...objectsAt(spec, 'containers'), ...objectsAt(spec, 'initContainers')])
    requestLimits(container);
  requestTotals(spec);
  for (const container of [...objectsAt(spec, 'containers'), ...objectsAt(spec, 'initContainers')]) {
    if (spec['hostNetwork'] === true) useHostPorts(container);
  }
}

function defaultProbe(probe: JsonObject): void {
  setIfZero(probe, 'timeoutSeconds', 1);
  setIfZero(probe, 'periodSeconds', 10);
  setIfZero(probe, 'successThreshold', 1);
  setIfZero(probe, 'failureThreshold', 3);
}

function defaultVolume(volume: JsonObject): void {
  const hasSource = Object.entries(volume).some(([name, value]) => name !== 'name' && value !== null);
  if (!hasSource) volume['emptyDir'] = {};
  const image = optionalObject(volume, 'image');
  if (image) setDefault(image, 'pullPolicy', pullPolicyOf(image['reference']));
}

/** Nothing to project is none, not an empty list. */
const defaultProjection: TypeDefault = (source) => {
  defaultMode(source);
  if (objectsAt(source, 'sources').length === 0) source['sources'] = null;
};

const defaultMode: TypeDefault = (source) => setDefault(source, 'defaultMode', 0o644);

/** One field was once the only one, and still counts where both are told. */
const defaultPodStatus: TypeDefault = (status) => {
  const [first] = objectsAt(status, 'podIPs');
  if (status['podIP'] && first?.['ip'] !== status['podIP']) status['podIPs'] = [{ ip: status['podIP'] }];
  else if (first) status['podIP'] = first['ip'] ?? '';
};

export const podDefaults: Record<string, TypeDefault> = {
  'api.core.v1.Pod': defaultPod,
  'api.core.v1.PodTemplateSpec': (template) => dropEmpty(optionalObject(template, 'spec'), 'overhead'),
  'api.core.v1.PodSpec': defaultPodSpec,
  'api.core.v1.PodStatus': defaultPodStatus,
  'api.core.v1.Container': defaultContainer,
  'api.core.v1.EphemeralContainer': defaultContainer,
  'api.core.v1.Probe': defaultProbe,
  'api.core.v1.HTTPGetAction': (action) => setDefaults(action, { path: '/', scheme: 'HTTP' }),
  'api.core.v1.GRPCAction': (action) => setDefault(action, 'service', ''),
  'api.core.v1.ObjectFieldSelector': (selector) => setDefault(selector, 'apiVersion', 'v1'),
  'api.core.v1.ResourceFieldSelector': (selector) => setDefault(selector, 'divisor', '0'),
  'api.core.v1.Volume': defaultVolume,
  'api.core.v1.SecretVolumeSource': defaultMode,
  'api.core.v1.ConfigMapVolumeSource': defaultMode,
  'api.core.v1.DownwardAPIVolumeSource': defaultMode,
  'api.core.v1.ProjectedVolumeSource': defaultProjection,
  'api.core.v1.ServiceAccountTokenProjection': (token) => setDefault(token, 'expirationSeconds', 3600),
  'api.core.v1.HostPathVolumeSource': (source) => setDefault(source, 'type', ''),
};
