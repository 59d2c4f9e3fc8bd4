import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { forbidden, invalid } from '../../types/field-error.ts';
import type { PodSpec } from '../validate-pod-spec.ts';
import type { SecurityContext } from './security-context.ts';

/** What pods of one operating system have that those of another have not. Source: core/validation. */

const NOT_ON_WINDOWS = 'cannot be set for a windows pod';
const OF_PODS = ['hostUsers', 'hostPID', 'hostIPC', 'shareProcessNamespace'];
const OF_POD_CONTEXTS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
];
const OF_CONTEXTS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];

interface Placed {
  context: SecurityContext;
  place: string;
}

const contextsOf = (spec: PodSpec, field: string): Placed[] =>
  (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).map(({ securityContext }, index) => ({
      context: securityContext ?? {},
      place: `${field}.${list}[${index}].securityContext`,
    })),
  );

/** False or an empty list of these is none; `hostUsers` and `shareProcessNamespace` count as they are. */
function isSet(holder: object, name: string): boolean {
  const value = (holder as Record<string, unknown>)[name];
  if (name === 'hostPID' || name === 'hostIPC') return value === true;
  return value !== undefined && value !== null && !(name === 'sysctls' && Array.isArray(value) && value.length === 0);
}

export function validateSystem(spec: PodSpec, field: string): StatusCause[] {
  if (spec.os?.name === 'windows') return validateWindows(spec, field);
  return spec.os?.name === 'linux' ? validateLinux(spec, field) : [];
}

function validateWindows(spec: PodSpec, field: string): StatusCause[] {
  const none = (holder: object, names: readonly string[], place: string): StatusCause[] =>
    names.filter((name) => isSet(holder, name)).map((name) => forbidden(`${place}.${name}`, NOT_ON_WINDOWS));
  return [
    ...none(spec, OF_PODS, field),
    ...none(spec.securityContext ?? {}, OF_POD_CONTEXTS, `${field}.securityContext`),
    ...contextsOf(spec, field).flatMap(({ context, place }) => none(context, OF_CONTEXTS, place)),
  ];
}

function validateLinux(spec: PodSpec, field: string): StatusCause[] {
  const places = [
    { context: spec.securityContext ?? {}, place: `${field}.securityContext` },
    ...contextsOf(spec, field),
  ];
  return places.flatMap(({ context, place }) =>
    context.windowsOptions
      ? [forbidden(`${place}.windowsOptions`, 'windows options cannot be set for a linux pod')]
      : [],
  );
}

/** Containers that are processes of the host: all of a pod's, or none. */
export function validateHostProcess(spec: PodSpec, field: string): StatusCause[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const contexts = contextsOf(spec, field);
  const own = contexts.map(({ context }) => context.windowsOptions?.hostProcess);
  const text = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
  const differing = contexts.flatMap(({ place }, index) => {
    const isOther = ofPod !== undefined && own[index] !== undefined && own[index] !== ofPod;
    return isOther ? [invalid(`${place}.windowsOptions.hostProcess`, own[index], text)] : [];
  });
  const count = own.filter((one) => one ?? ofPod).length;
  if (count === 0) return differing;
  const all = 'If pod contains any hostProcess containers then all containers must be HostProcess containers';
  const network = 'hostNetwork must be true if pod contains any hostProcess containers';
  return [
    ...differing,
    ...(count === contexts.length ? [] : [invalid(field, '', all)]),
    ...(spec.hostNetwork ? [] : [invalid(`${field}.hostNetwork`, false, network)]),
  ];
}
