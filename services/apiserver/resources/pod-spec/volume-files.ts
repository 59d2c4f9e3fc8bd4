import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { forbidden, invalid, required } from '../../types/field-error.ts';
import { type FieldRef, type ResourceFieldRef, validateFieldRef, validateResourceFieldRef } from './env.ts';
import { notEmpty, validateFileMode } from './field-rules.ts';
import { validateNonReservedPath } from './paths.ts';
import {
  CERTIFICATE_PATHS,
  type PodCertificate,
  type TrustBundle,
  validatePodCertificate,
  validateTrustBundle,
} from './projected-certificates.ts';

/** The files that a volume is filled with, from objects of the API. */

export interface KeyToPath {
  key?: string;
  path?: string;
  mode?: number;
  fieldRef?: FieldRef;
  resourceFieldRef?: ResourceFieldRef;
}

interface NamedItems {
  name?: string;
  items?: KeyToPath[];
}

export interface Projection {
  secret?: NamedItems;
  configMap?: NamedItems;
  downwardAPI?: { items?: KeyToPath[] };
  serviceAccountToken?: { expirationSeconds?: number; path?: string };
  clusterTrustBundle?: TrustBundle;
  podCertificate?: PodCertificate;
}

export function validateKeys(items: readonly KeyToPath[], field: string): StatusCause[] {
  return items.flatMap(({ key, path = '', mode }, index) => [
    ...notEmpty(`${field}[${index}].key`, key),
    ...notEmpty(`${field}[${index}].path`, path),
    ...validateNonReservedPath(`${field}[${index}].path`, path),
    ...validateFileMode(`${field}[${index}].mode`, mode),
  ]);
}

const DOWNWARD_PATHS = ['annotations', 'labels', 'name', 'namespace', 'uid'].map((name) => `metadata.${name}`);

/** Their paths are told without an index, as upstream does. */
export function validateDownwardFiles(files: readonly KeyToPath[], field: string): StatusCause[] {
  return files.flatMap(({ path = '', mode, fieldRef, resourceFieldRef }) => [
    ...notEmpty(`${field}.path`, path),
    ...validateNonReservedPath(`${field}.path`, path),
    ...(fieldRef ? validateFieldRef(`${field}.fieldRef`, fieldRef, DOWNWARD_PATHS) : []),
    ...(fieldRef && resourceFieldRef
      ? [invalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')]
      : []),
    ...(!fieldRef && resourceFieldRef
      ? validateResourceFieldRef(`${field}.resourceFieldRef`, resourceFieldRef, true)
      : []),
    ...(fieldRef || resourceFieldRef ? [] : [required(field, 'one of fieldRef and resourceFieldRef is required')]),
    ...validateFileMode(`${field}.mode`, mode),
  ]);
}

const SORTS = [
  'secret',
  'configMap',
  'downwardAPI',
  'serviceAccountToken',
  'clusterTrustBundle',
  'podCertificate',
] as const;

export function validateProjections(sources: readonly Projection[], field: string): StatusCause[] {
  const taken = new Set<string>();
  return sources.flatMap((source, index) => {
    const at = `${field}.sources[${index}]`;
    const count = SORTS.filter((sort) => source[sort] !== undefined).length;
    return [
      ...validateNamedItems(source.secret, `${at}.secret`),
      ...validateNamedItems(source.configMap, `${at}.configMap`),
      ...validateDownwardFiles(source.downwardAPI?.items ?? [], `${at}.downwardAPI`),
      ...validateToken(source.serviceAccountToken, `${at}.serviceAccountToken`, field),
      ...validateTrustBundle(source.clusterTrustBundle, `${at}.clusterTrustBundle`),
      ...validatePodCertificate(source.podCertificate, `${at}.podCertificate`),
      ...conflictingPaths(source, taken, field),
      ...(count > 1 ? [forbidden(at, 'may not specify more than 1 volume type per source')] : []),
    ];
  });
}

function validateNamedItems(source: NamedItems | undefined, field: string): StatusCause[] {
  if (!source) return [];
  return [...notEmpty(`${field}.name`, source.name), ...validateKeys(source.items ?? [], `${field}.items`)];
}

const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;

/** `volume` is where upstream tells of its path. */
function validateToken(token: Projection['serviceAccountToken'], field: string, volume: string): StatusCause[] {
  if (!token) return [];
  const { expirationSeconds: seconds = 0, path = '' } = token;
  const place = `${field}.expirationSeconds`;
  return [
    ...(seconds < MIN_SECONDS ? [invalid(place, seconds, 'may not specify a duration less than 10 minutes')] : []),
    ...(seconds > MAX_SECONDS ? [invalid(place, seconds, 'may not specify a duration larger than 2^32 seconds')] : []),
    ...(path === '' ? [required(`${volume}.path`)] : validateNonReservedPath(`${volume}.path`, path)),
  ];
}

/** `taken` are the paths of the sources before, and gets those of this one. */
function conflictingPaths(source: Projection, taken: Set<string>, field: string): StatusCause[] {
  return placesOf(source).flatMap(({ path, shown }) => {
    const isTaken = path !== '' && taken.has(path);
    taken.add(path);
    return isTaken ? [invalid(field, shown, 'conflicting duplicate paths')] : [];
  });
}

/** Each file with what upstream shows where its place is taken. */
function placesOf({ secret, configMap, downwardAPI, ...source }: Projection): { path: string; shown: string }[] {
  const named = [secret, configMap].flatMap((from) =>
    (from?.items ?? []).map(({ path = '' }) => ({ path, shown: from?.name ?? '' })),
  );
  const { clusterTrustBundle: bundle, podCertificate: certificate } = source;
  const own = [
    ...(downwardAPI?.items ?? []).map(({ path = '' }) => path),
    ...(bundle ? [bundle.path ?? ''] : []),
    ...CERTIFICATE_PATHS.map((name) => certificate?.[name] ?? ''),
  ];
  return [...named, ...own.map((path) => ({ path, shown: path }))];
}
