import { isDeepStrictEqual } from 'node:util';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { compareQuantities } from '../../../shared/apis/quantity.ts';
import { causesOf, isPlainLabel } from '../registry/object-names.ts';
import { duplicate, invalid, notFound, notSupported, required } from '../types/field-error.ts';
import { isPort, PORT_TEXT } from './port-number.ts';

/**
 * What a pod's spec must keep to, wherever it stands: the part of upstream's rules (core/validation) that says whether containers, their ports,
 * resources, mounts and volumes make sense together. Rules about what a node does with them are left to nodes.
 */

export interface Container {
  name?: string;
  image?: string;
  imagePullPolicy?: string;
  ports?: { name?: string; containerPort?: number; hostPort?: number; protocol?: string }[];
  env?: EnvVar[];
  resources?: { limits?: Record<string, unknown>; requests?: Record<string, unknown> };
  volumeMounts?: { name?: string; mountPath?: string }[];
}

export interface EnvVar {
  name?: string;
  value?: string;
  valueFrom?: Record<string, unknown>;
}

export interface Toleration {
  key?: string;
  operator?: string;
  tolerationSeconds?: number;
}

export interface PodSpec {
  containers?: Container[] | null;
  initContainers?: Container[] | null;
  volumes?: { name?: string }[] | null;
  restartPolicy?: string;
  dnsPolicy?: string;
  activeDeadlineSeconds?: number;
  tolerations?: Toleration[];
  [field: string]: unknown;
}

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];

export function validatePodSpec(spec: PodSpec, field: string): StatusCause[] {
  const { restartPolicy = 'Always' } = spec;
  const [containers, initContainers, volumes] = [spec.containers ?? [], spec.initContainers ?? [], spec.volumes ?? []];
  const names = new Set(volumes.map(({ name }) => name));
  const validate = (list: Container[], at: string): StatusCause[] =>
    list.flatMap((container, index) => [
      ...validateContainer(container, `${at}[${index}]`, names),
      ...(list.findIndex(({ name }) => name === container.name) < index
        ? [duplicate(`${at}[${index}].name`, container.name)]
        : []),
    ]);
  return [
    ...volumes.flatMap((volume, index) =>
      validateVolume(volume, `${field}.volumes[${index}]`, volumes.slice(0, index)),
    ),
    ...(containers.length === 0 ? [required(`${field}.containers`)] : []),
    ...validate(containers, `${field}.containers`),
    ...validate(initContainers, `${field}.initContainers`),
    ...validateDeadline(spec.activeDeadlineSeconds, `${field}.activeDeadlineSeconds`),
    ...(RESTART_POLICIES.includes(restartPolicy)
      ? []
      : [notSupported(`${field}.restartPolicy`, restartPolicy, RESTART_POLICIES)]),
  ];
}

const MAX_SECONDS = 2_147_483_647;

function validateDeadline(seconds: number | undefined, field: string): StatusCause[] {
  const isFine = seconds === undefined || (seconds >= 1 && seconds <= MAX_SECONDS);
  return isFine ? [] : [invalid(field, seconds, `must be between 1 and ${MAX_SECONDS}, inclusive`)];
}

function validateVolume(volume: { name?: string }, field: string, before: { name?: string }[]): StatusCause[] {
  const { name = '' } = volume;
  return [
    ...(name === '' ? [required(`${field}.name`)] : causesOf(`${field}.name`, name, isPlainLabel(name))),
    ...(before.some((one) => one.name === name) ? [duplicate(`${field}.name`, name)] : []),
  ];
}

function validateContainer(container: Container, field: string, volumes: Set<string | undefined>): StatusCause[] {
  const { name = '', image = '', imagePullPolicy, ports = [], env = [], volumeMounts = [], resources } = container;
  return [
    ...(name === '' ? [required(`${field}.name`)] : causesOf(`${field}.name`, name, isPlainLabel(name))),
    ...(image === '' ? [required(`${field}.image`)] : []),
    ...ports.flatMap((port, index) => validatePort(port, `${field}.ports[${index}]`)),
    ...env.flatMap((variable, index) => validateVariable(variable, `${field}.env[${index}]`)),
    ...volumeMounts.flatMap((mount, index) => validateMount(mount, `${field}.volumeMounts[${index}]`, volumes)),
    ...(imagePullPolicy === undefined || PULL_POLICIES.includes(imagePullPolicy)
      ? []
      : [notSupported(`${field}.imagePullPolicy`, imagePullPolicy, PULL_POLICIES)]),
    ...validateResources(resources ?? {}, `${field}.resources`),
  ];
}

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];

function validateVariable({ name, value = '', valueFrom }: EnvVar, field: string): StatusCause[] {
  const unnamed = name ? [] : [required(`${field}.name`)];
  if (valueFrom === undefined) return unnamed;
  const sources = SOURCES.filter((source) => valueFrom[source] !== undefined).length;
  const wrong = (why: string): StatusCause[] => [...unnamed, invalid(`${field}.valueFrom`, '', why)];
  if (sources === 0)
    return wrong(
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    );
  if (value !== '') return wrong('may not be specified when `value` is not empty');
  return sources > 1 ? wrong('may not have more than one field specified at a time') : unnamed;
}

function validatePort(port: NonNullable<Container['ports']>[number], field: string): StatusCause[] {
  const { containerPort = 0, hostPort, protocol = 'TCP' } = port;
  return [
    ...(containerPort === 0
      ? [required(`${field}.containerPort`)]
      : isPort(containerPort)
        ? []
        : [invalid(`${field}.containerPort`, containerPort, PORT_TEXT)]),
    ...(!hostPort || isPort(hostPort) ? [] : [invalid(`${field}.hostPort`, hostPort, PORT_TEXT)]),
    ...(PROTOCOLS.includes(protocol) ? [] : [notSupported(`${field}.protocol`, protocol, PROTOCOLS)]),
  ];
}

function validateMount(
  { name = '', mountPath = '' }: { name?: string; mountPath?: string },
  field: string,
  volumes: Set<string | undefined>,
): StatusCause[] {
  return [
    ...(name === '' ? [required(`${field}.name`)] : volumes.has(name) ? [] : [notFound(`${field}.name`, name)]),
    ...(mountPath === '' ? [required(`${field}.mountPath`)] : []),
  ];
}

function validateResources({ limits = {}, requests = {} }: NonNullable<Container['resources']>, field: string) {
  const text = 'must be greater than or equal to 0';
  const below = (list: Record<string, unknown>, at: string): StatusCause[] =>
    Object.entries(list).flatMap(([name, value]) =>
      compareQuantities(value, '0') < 0 ? [invalid(`${field}.${at}[${name}]`, String(value), text)] : [],
    );
  return [
    ...below(limits, 'limits'),
    ...below(requests, 'requests'),
    ...Object.entries(requests).flatMap(([name, value]) => {
      const limit = limits[name];
      if (limit === undefined || compareQuantities(value, limit) <= 0) return [];
      const detail = `must be less than or equal to ${name} limit of ${String(limit)}`;
      return [invalid(`${field}.requests`, String(value), detail)];
    }),
  ];
}

/** Of an environment variable that is named twice the first is lost when the object is applied. */
export function podSpecWarnings({ containers, initContainers }: PodSpec, field: string): string[] {
  const hidden = (list: Container[], at: string): string[] =>
    list.flatMap(({ env = [] }, index) =>
      env.flatMap(({ name }, position) =>
        env.findIndex((one) => one.name === name) < position
          ? [
              `${field}.${at}[${index}].env[${position}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
            ]
          : [],
      ),
    );
  return [...hidden(initContainers ?? [], 'initContainers'), ...hidden(containers ?? [], 'containers')];
}

/** Whether an update changes more of a pod than what a running pod can follow. */
export function changesFixedPart(next: PodSpec, old: PodSpec): boolean {
  return !isDeepStrictEqual(fixedPart(next), fixedPart(old));
}

function fixedPart(spec: PodSpec): unknown {
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, ...rest } = spec;
  const withoutImage = ({ image: _image, ...container }: Container) => container;
  return {
    ...rest,
    containers: spec.containers?.map(withoutImage),
    initContainers: spec.initContainers?.map(withoutImage),
  };
}
