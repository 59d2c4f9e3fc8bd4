import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsSubdomain, isQualifiedName, type NameRule } from '../../registry/object-names.ts';
import { invalid, notSupported, required } from '../../types/field-error.ts';
import { mustBeNamed, notEmpty } from './field-rules.ts';
import { validateNoBacksteps } from './paths.ts';

/** Environment variables, and the fields and keys that they and downward volumes are filled from. */

export interface FieldRef {
  apiVersion?: string;
  fieldPath?: string;
}

export interface ResourceFieldRef {
  containerName?: string;
  resource?: string;
  divisor?: string | number;
}

interface KeyRef {
  name?: string;
  key?: string;
}

interface FileKeyRef {
  key?: string;
  path?: string;
  volumeName?: string;
}

export interface EnvVar {
  name?: string;
  value?: string;
  valueFrom?: {
    fieldRef?: FieldRef;
    resourceFieldRef?: ResourceFieldRef;
    configMapKeyRef?: KeyRef;
    secretKeyRef?: KeyRef;
    fileKeyRef?: FileKeyRef;
  };
}

export interface EnvFrom {
  prefix?: string;
  configMapRef?: { name?: string };
  secretRef?: { name?: string };
}

const isVariableName: NameRule = (name) =>
  /^[\x20-\x3c\x3e-\x7e]*$/.test(name)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];

const KEY_TEXT =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

const isKey: NameRule = (key) => [
  ...(key.length > 253 ? ['must be no more than 253 characters'] : []),
  ...(/^[-._a-zA-Z0-9]+$/.test(key) ? [] : [KEY_TEXT]),
  ...(key === '.' ? [`must not be '.'`] : []),
  ...(key === '..' ? [`must not be '..'`] : key.startsWith('..') ? [`must not start with '..'`] : []),
];

export function validateEnv(field: string, variables: readonly EnvVar[]): StatusCause[] {
  return variables.flatMap((variable, index) => [
    ...mustBeNamed(`${field}[${index}].name`, variable.name, isVariableName),
    ...validateValueFrom(`${field}[${index}].valueFrom`, variable),
  ]);
}

const SOURCES_TEXT =
  'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';

function validateValueFrom(field: string, { value = '', valueFrom }: EnvVar): StatusCause[] {
  if (!valueFrom) return [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom;
  const count = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(Boolean).length;
  return [
    ...(fieldRef ? validateFieldRef(`${field}.fieldRef`, fieldRef, ENV_PATHS) : []),
    ...(resourceFieldRef ? validateResourceFieldRef(`${field}.resourceFieldRef`, resourceFieldRef) : []),
    ...(configMapKeyRef ? validateKeyRef(`${field}.configMapKeyRef`, configMapKeyRef) : []),
    ...(secretKeyRef ? validateKeyRef(`${field}.secretKeyRef`, secretKeyRef) : []),
    ...(fileKeyRef ? validateFileKeyRef(`${field}.fileKeyRef`, fileKeyRef) : []),
    ...countCauses(field, count, value),
  ];
}

function countCauses(field: string, count: number, value: string): StatusCause[] {
  if (count === 0) return [invalid(field, '', SOURCES_TEXT)];
  if (value !== '') return [invalid(field, '', 'may not be specified when `value` is not empty')];
  return count > 1 ? [invalid(field, '', 'may not have more than one field specified at a time')] : [];
}

function validateKeyRef(field: string, { name = '', key }: KeyRef): StatusCause[] {
  return [...causesOf(`${field}.name`, name, isDnsSubdomain(name)), ...mustBeNamed(`${field}.key`, key, isKey)];
}

function validateFileKeyRef(field: string, { key, path, volumeName }: FileKeyRef): StatusCause[] {
  return [
    ...mustBeNamed(`${field}.key`, key, isVariableName),
    ...mustBeNamed(`${field}.volumeName`, volumeName),
    ...(path ? validateNoBacksteps(`${field}.path`, path) : [required(`${field}.path`)]),
  ];
}

export function validateEnvFrom(field: string, sources: readonly EnvFrom[]): StatusCause[] {
  return sources.flatMap(({ prefix, configMapRef, secretRef }, index) => {
    const at = `${field}[${index}]`;
    const isBoth = configMapRef && secretRef;
    return [
      ...(prefix ? causesOf(`${at}.prefix`, prefix, isVariableName(prefix)) : []),
      ...(configMapRef ? mustBeNamed(`${at}.configMapRef.name`, configMapRef.name, isDnsSubdomain) : []),
      ...(secretRef ? mustBeNamed(`${at}.secretRef.name`, secretRef.name, isDnsSubdomain) : []),
      ...(isBoth ? [invalid(field, '', 'may not have more than one field specified at a time')] : []),
      ...(configMapRef || secretRef ? [] : [invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`')]),
    ];
  });
}

const ENV_PATHS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

/** Fields that conversion knows; of those each place takes its own. */
const KNOWN_PATHS = [...ENV_PATHS, 'metadata.annotations', 'metadata.labels', 'spec.restartPolicy', 'status.phase'];

export function validateFieldRef(
  field: string,
  { apiVersion = '', fieldPath = '' }: FieldRef,
  paths: readonly string[],
): StatusCause[] {
  const [at, subscript] = [/^(.*)\['(.*)'\]$/.exec(fieldPath)?.[1], /\['(.*)'\]$/.exec(fieldPath)?.[1]];
  const missing = apiVersion === '' ? 'apiVersion' : fieldPath === '' ? 'fieldPath' : undefined;
  if (missing) return [required(`${field}.${missing}`)];
  if (at !== undefined && subscript !== undefined) return validateSubscript(field, at, subscript);
  if (apiVersion !== 'v1') {
    const why = `error converting fieldPath: unsupported pod version: ${apiVersion}`;
    return [invalid(`${field}.fieldPath`, fieldPath, why)];
  }
  if (!KNOWN_PATHS.includes(fieldPath)) {
    const why = `error converting fieldPath: field label not supported: ${fieldPath}`;
    return [invalid(`${field}.fieldPath`, fieldPath, why)];
  }
  return paths.includes(fieldPath) ? [] : [notSupported(`${field}.fieldPath`, fieldPath, paths)];
}

function validateSubscript(field: string, path: string, subscript: string): StatusCause[] {
  if (path === 'metadata.annotations') return causesOf(field, subscript.toLowerCase(), isQualifiedName(subscript));
  if (path === 'metadata.labels') return causesOf(field, subscript, isQualifiedName(subscript));
  const why = `error converting fieldPath: field label does not support subscript: ${path}['${subscript}']`;
  return [invalid(`${field}.fieldPath`, `${path}['${subscript}']`, why)];
}

const RESOURCES = ['cpu', 'ephemeral-storage', 'memory'].map((name) => `limits.${name}`);
const RESOURCE_PATHS = [...RESOURCES, ...RESOURCES.map((name) => name.replace('limits', 'requests'))];
const BYTE_DIVISORS = ['1', ...[...'kMGTPE'], ...['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']].map((unit) =>
  unit === '1' ? unit : `1${unit}`,
);

export function validateResourceFieldRef(
  field: string,
  { containerName, resource = '', divisor = 0 }: ResourceFieldRef,
  needsContainer = false,
): StatusCause[] {
  const isKnown = RESOURCE_PATHS.includes(resource) || /^(requests|limits)\.hugepages-/.test(resource);
  const named = needsContainer && !containerName ? [required(`${field}.containerName`)] : undefined;
  return [
    ...(named ??
      (resource === ''
        ? notEmpty(`${field}.resource`, resource)
        : isKnown
          ? []
          : [notSupported(`${field}.resource`, resource, RESOURCE_PATHS)])),
    ...validateDivisor(`${field}.divisor`, resource, String(divisor)),
  ];
}

function validateDivisor(field: string, resource: string, divisor: string): StatusCause[] {
  if (divisor === '0' || divisor === '') return [];
  const [, kind = ''] = resource.split('.');
  if (kind === 'cpu') {
    const isFine = divisor === '1m' || divisor === '1';
    return isFine
      ? []
      : [invalid(field, resource, "only divisor's values 1m and 1 are supported with the cpu resource")];
  }
  const name = kind === 'ephemeral-storage' ? 'local ephemeral storage' : kind.replace(/^hugepages-.*/, 'hugepages');
  const isBytes = ['memory', 'local ephemeral storage', 'hugepages'].includes(name);
  if (!isBytes || BYTE_DIVISORS.includes(divisor)) return [];
  const why = `only divisor's values ${BYTE_DIVISORS.join(', ')} are supported with the ${name} resource`;
  return [invalid(field, resource, why)];
}
