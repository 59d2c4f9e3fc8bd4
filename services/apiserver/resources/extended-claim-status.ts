import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsLabel, isDnsSubdomain } from '../registry/object-names.ts';
import { duplicate, invalid, required } from '../types/field-error.ts';
import { mustBeNamed } from './pod-spec/field-rules.ts';
import type { PodSpec } from './validate-pod-spec.ts';

/** The claim that the scheduler has made for resources that others define. Source: core/validation, validatePodExtendedResourceClaimStatus. */

interface RequestMapping {
  containerName?: string;
  resourceName?: string;
  requestName?: string;
}

export interface ExtendedClaimStatus {
  requestMappings?: RequestMapping[];
  resourceClaimName?: string;
}

export function validateExtendedClaim(status: ExtendedClaimStatus | undefined, spec: PodSpec): StatusCause[] {
  if (!status) return [];
  const { requestMappings: mappings = [], resourceClaimName = '' } = status;
  const field = 'status.extendedResourceClaimStatus';
  return [
    ...(mappings.length === 0
      ? [required(`${field}.requestMappings`, 'at least one request mapping is required')]
      : []),
    ...mappings.flatMap((one, index) => [
      ...mappingCauses(one, spec, `${field}.requestMappings[${index}]`),
      ...causesOf(`${field}.requestName`, one.requestName ?? '', isDnsLabel(one.requestName ?? '')),
      ...repeatedMapping(mappings, index, `${field}.requestMappings[${index}]`),
    ]),
    ...mustBeNamed(`${field}.resourceClaimName`, resourceClaimName, isDnsSubdomain),
  ];
}

function mappingCauses({ containerName = '', resourceName = '' }: RequestMapping, spec: PodSpec, at: string) {
  const { containers, initContainers } = spec;
  const container = [...(initContainers ?? []), ...(containers ?? [])].findLast(({ name }) => name === containerName);
  const nobody = 'must match the name of an entry in spec.initContainers.name or spec.containers.name';
  const nothing =
    'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests';
  if (!container) return [invalid(`${at}.containerName`, containerName, nobody)];
  const isAsked = Object.hasOwn(container.resources?.requests ?? {}, resourceName);
  return isAsked ? [] : [invalid(`${at}.resourceName`, resourceName, nothing)];
}

function repeatedMapping(mappings: readonly RequestMapping[], index: number, at: string): StatusCause[] {
  const names = ['containerName', 'resourceName', 'requestName'] as const;
  const own = mappings[index] ?? {};
  const isAgain = mappings
    .slice(0, index)
    .some((one) => names.every((name) => (one[name] ?? '') === (own[name] ?? '')));
  return isAgain ? names.map((name) => duplicate(`${at}.${name}`, own[name] ?? '')) : [];
}
