import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { jsonErrorText } from '../../registry/json-error.ts';
import { forbidden, invalid } from '../../types/field-error.ts';
import { isJsonObject, jsonTypeOf } from '../../types/json-value.ts';
import type { PodSpec } from '../validate-pod-spec.ts';
import type { Container } from './containers.ts';
import { validateDescendingPath } from './paths.ts';
import { type Toleration, validateTolerations } from './scheduling.ts';

/** Annotations of pods that mean something: what they must look like, and not contradict. Source: core/validation, ValidatePodSpecificAnnotations. */

export type Annotations = Record<string, string>;

/** A pod, or what pods are made of. */
export interface PodLike {
  metadata?: { annotations?: Annotations; labels?: Record<string, string> };
  spec?: PodSpec;
}

export const MIRROR = 'kubernetes.io/config.mirror';
export const SECCOMP_OF_POD = 'seccomp.security.alpha.kubernetes.io/pod';
export const SECCOMP = 'container.seccomp.security.alpha.kubernetes.io/';
export const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const TOLERATIONS = 'scheduler.alpha.kubernetes.io/tolerations';
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const LOCALHOST = 'localhost/';

export interface Placed {
  container: Container;
  at: string;
}

/** All containers of a pod with their places. */
export function placedContainers(spec: PodSpec, field: string): Placed[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({ container, at: `${field}.${list}[${index}]` })),
  );
}

/** `field` is that of the annotations. */
export function annotationCauses({ metadata, spec = {} }: PodLike, field: string): StatusCause[] {
  const annotations = metadata?.annotations ?? {};
  return Object.entries(annotations).flatMap(([key, value]) => {
    if (key === MIRROR && !spec.nodeName)
      return [invalid(`${field}[${key}]`, value, 'must set spec.nodeName if mirror pod annotation is set')];
    if (key === DELETION_COST)
      return isCost(value) ? [] : [invalid(`${field}[${key}]`, value, 'must be a 32bit integer')];
    if (key === TOLERATIONS) return value === '' ? [] : tolerationCauses(value, field);
    if (key === SECCOMP_OF_POD || key.startsWith(SECCOMP)) return seccompCauses(value, `${field}.${key}`);
    return key.startsWith(APP_ARMOR) ? appArmorCauses(key, value, spec, field) : [];
  });
}

/** What once was said of tolerations must still be readable. */
function tolerationCauses(text: string, field: string): StatusCause[] {
  const found = parseTolerations(text);
  return typeof found === 'string'
    ? [invalid(field, TOLERATIONS, found)]
    : validateTolerations(found, `${field}.${TOLERATIONS}`);
}

/** Why they can't be read, as Go says it. */
function parseTolerations(text: string): Toleration[] | string {
  try {
    const value = JSON.parse(text) as unknown;
    if (value === null) return [];
    if (!Array.isArray(value))
      return `json: cannot unmarshal ${typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? 'number' : jsonTypeOf(value)} into Go value of type []core.Toleration`;
    return value.filter(isJsonObject).map((one) => one as Toleration);
  } catch (error) {
    return jsonErrorText(error, text);
  }
}

const MAX_COST = 2_147_483_647;
const isCost = (value: string): boolean =>
  /^(-\d+|0|[1-9]\d*)$/.test(value) && Number(value) <= MAX_COST && Number(value) >= -MAX_COST - 1;

function seccompCauses(profile: string, field: string): StatusCause[] {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return [];
  if (profile.startsWith(LOCALHOST)) return validateDescendingPath(field, profile.slice(LOCALHOST.length));
  return [invalid(field, profile, 'must be a valid seccomp profile')];
}

function appArmorCauses(key: string, profile: string, spec: PodSpec, field: string): StatusCause[] {
  const name = key.slice(APP_ARMOR.length);
  const isThere = placedContainers(spec, '').some(({ container }) => container.name === name);
  const isFine = ['', 'runtime/default', 'unconfined'].includes(profile) || profile.startsWith(LOCALHOST);
  const text = `invalid AppArmor profile name: ${JSON.stringify(profile)}`;
  return [
    ...(isThere ? [] : [invalid(`${field}[${key}]`, name, 'container not found')]),
    ...(isFine ? [] : [invalid(`${field}[${key}]`, profile, text)]),
  ];
}

/** What is part of how a pod runs stays as it was made. */
export function annotationChangeCauses(next: Annotations, old: Annotations, field: string): StatusCause[] {
  return [
    ...Object.keys(old).flatMap((key) => (next[key] === old[key] ? [] : fixedCauses(key, field, 'remove or update'))),
    ...Object.keys(next).flatMap((key) => (old[key] === undefined ? fixedCauses(key, field, 'add') : [])),
  ];
}

function fixedCauses(key: string, field: string, what: string): StatusCause[] {
  if (key === MIRROR) return [forbidden(`${field}[${key}]`, `may not ${what} mirror pod annotation`)];
  return key.startsWith(APP_ARMOR) ? [forbidden(`${field}[${key}]`, `may not ${what} AppArmor annotations`)] : [];
}

interface Profile {
  type?: string;
  localhostProfile?: string;
}

/** Older clients say in annotations what has a field now. Who says both must say the same. */
export function contradictedProfiles({ metadata, spec = {} }: PodLike, field: string): StatusCause[] {
  const annotations = metadata?.annotations ?? {};
  const own = spec.securityContext ?? {};
  const isWindows = spec.os?.name === 'windows';
  return [
    ...mismatches(
      annotations[SECCOMP_OF_POD],
      own.seccompProfile,
      `${field}.securityContext.seccompProfile`,
      'seccomp',
    ),
    ...placedContainers(spec, field).flatMap(({ container: { name = '', securityContext = {} }, at }) => {
      const { seccompProfile, appArmorProfile = own.appArmorProfile } = securityContext;
      const place = `${at}.securityContext`;
      const armor = isWindows ? undefined : annotations[APP_ARMOR + name];
      return [
        ...mismatches(annotations[SECCOMP + name], seccompProfile, `${place}.seccompProfile`, 'seccomp'),
        ...mismatches(armor, appArmorProfile, `${place}.appArmorProfile`, 'apparmor'),
      ];
    }),
  ];
}

const SAID: Readonly<Record<string, readonly string[]>> = {
  Unconfined: ['unconfined'],
  RuntimeDefault: ['runtime/default'],
};

function mismatches(
  said: string | undefined,
  profile: Profile | undefined,
  field: string,
  sort: string,
): StatusCause[] {
  if (said === undefined || !profile) return [];
  const { type = '', localhostProfile } = profile;
  const other = [forbidden(`${field}.type`, `${sort} type in annotation and field must match`)];
  if (type === 'Localhost' && said.startsWith(LOCALHOST))
    return said.slice(LOCALHOST.length) === localhostProfile
      ? []
      : [forbidden(`${field}.localhostProfile`, `${sort} profile in annotation and field must match`)];
  if (type === 'Localhost') return other;
  const isOld = sort === 'seccomp' && type === 'RuntimeDefault' && said === 'docker/default';
  return isOld || !SAID[type] || SAID[type].includes(said) ? [] : other;
}
