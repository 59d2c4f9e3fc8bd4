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
  env?: { name?: string }[];
  resources?: { limits?: Record<string, unknown>; requests?: Record<string, unknown> };
  volumeMounts?: { name?: string; mountPath?: string }[];
}

export interface PodSpec {
  containers?: Container[] | null;
  initContainers?: Container[] | null;
  volumes?: { name?: string }[] | null;
  restartPolicy?: string;
  dnsPolicy?: string;
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
    ...(RESTART_POLICIES.includes(restartPolicy)
      ? []
      : [notSupported(`${field}.restartPolicy`, restartPolicy, RESTART_POLICIES)]),
  ];
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
    ...env.flatMap((one, index) => (one.name ? [] : [required(`${field}.env[${index}].name`)])),
    ...volumeMounts.flatMap((mount, index) => validateMount(mount, `${field}.volumeMounts[${index}]`, volumes)),
    ...(imagePullPolicy === undefined || PULL_POLICIES.includes(imagePullPolicy)
      ? []
      : [notSupported(`${field}.imagePullPolicy`, imagePullPolicy, PULL_POLICIES)]),
    ...validateResources(resources ?? {}, `${field}.resources`),
  ];
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
