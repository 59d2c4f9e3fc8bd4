import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { countingDefinition } from '../../cel/compile-steps.ts';
import { invalid, required } from '../../types/field-error.ts';
import { type DeviceConfiguration, validateConfiguration } from './device-configurations.ts';
import { listCauses, qualifiedAttributeCauses } from './device-names.ts';
import { type DeviceRequest, labelCauses, validateDeviceRequest } from './device-requests.ts';

/** The spec of a ResourceClaim, on its own or in a template; it never changes. Source: resource/validation. */

interface Constraint {
  requests?: string[];
  matchAttribute?: string;
  distinctAttribute?: string;
}

export interface ClaimSpec {
  devices?: {
    /** Null where there is none. */
    requests?: DeviceRequest[] | null;
    constraints?: Constraint[];
    config?: (DeviceConfiguration & { requests?: string[] })[];
  };
}

export const MAX_LIST = 32;

export function validateDeviceClaim({ devices = {} }: ClaimSpec, field: string): StatusCause[] {
  const { requests, constraints = [], config = [] } = devices;
  const names = requestNames({ devices });
  const named = (list: readonly string[], at: string): StatusCause[] =>
    listCauses(list, {
      field: `${at}.requests`,
      max: MAX_LIST,
      key: (name) => name,
      item: (name, place) => requestNameCauses(name, names, place),
    });
  return [
    ...countingDefinition(() =>
      listCauses(requests ?? [], {
        field: `${field}.devices.requests`,
        max: MAX_LIST,
        key: ({ name = '' }) => name,
        item: validateDeviceRequest,
      }),
    ),
    ...listCauses(constraints, {
      field: `${field}.devices.constraints`,
      max: MAX_LIST,
      item: (one, at) => [...named(one.requests ?? [], at), ...attributeOf(one, at)],
    }),
    ...listCauses(config, {
      field: `${field}.devices.config`,
      max: MAX_LIST,
      item: (one, at) => [...named(one.requests ?? [], at), ...validateConfiguration(one, at)],
    }),
  ];
}

function attributeOf({ matchAttribute, distinctAttribute }: Constraint, field: string): StatusCause[] {
  if (matchAttribute !== undefined) return qualifiedAttributeCauses(matchAttribute, `${field}.matchAttribute`);
  if (distinctAttribute !== undefined) return qualifiedAttributeCauses(distinctAttribute, `${field}.distinctAttribute`);
  // In upstream's words, though none is set.
  const why = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set';
  return [required(field, why)];
}

/** How parts of a claim may be named: a request, and one of its alternatives behind a slash. */
export function requestNames({ devices = {} }: ClaimSpec): ReadonlySet<string> {
  return new Set(
    (devices.requests ?? []).flatMap(({ name = '', firstAvailable = [] }) => [
      name,
      ...firstAvailable.map((one) => `${name}/${one.name ?? ''}`),
    ]),
  );
}

const NAME_TEXT =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

export function requestNameCauses(name: string, names: ReadonlySet<string>, field: string): StatusCause[] {
  const parts = name.split('/');
  const unknown = invalid(field, name, NAME_TEXT);
  if (parts.length > 2) return [unknown];
  return [...parts.flatMap((part) => labelCauses(part, field)), ...(names.has(name) ? [] : [unknown])];
}

export function specChange(object: Unstructured, old: Unstructured): StatusCause[] {
  const isSame = isDeepStrictEqual(object['spec'], old['spec']);
  return isSame ? [] : [invalid('spec', object['spec'] ?? null, 'field is immutable')];
}
