import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsLabel, isDnsSubdomain } from '../registry/object-names.ts';
import { duplicate, invalid, required } from '../types/field-error.ts';
import { mustBeNamed } from './pod-spec/field-rules.ts';
import { repeated, together } from './repeated.ts';
import type { Container, PodSpec } from './validate-pod-spec.ts';

/** The claim that the scheduler has made for resources that others define. Source: core/validation, validatePodExtendedResourceClaimStatus. */

interface RequestMapping {
  containerName?: string;
  resourceName?: string;
  requestName?: string;
}

export interface ExtendedClaimStatus {
  requestMappings?: RequestMapping[] | null;
  resourceClaimName?: string;
}

export function validateExtendedClaim(status: ExtendedClaimStatus | undefined, spec: PodSpec): StatusCause[] {
  if (!status) return [];
  const { requestMappings, resourceClaimName = '' } = status;
  const mappings = requestMappings ?? [];
  const field = 'status.extendedResourceClaimStatus';
  const containers = containersOf(spec);
  const isAgain = repeated(
    mappings.map(({ containerName = '', resourceName = '', requestName = '' }) =>
      together(containerName, resourceName, requestName),
    ),
  );
  return [
    ...(mappings.length === 0
      ? [required(`${field}.requestMappings`, 'at least one request mapping is required')]
      : []),
    ...mappings.flatMap((one, index) => [
      ...mappingCauses(one, containers, `${field}.requestMappings[${index}]`),
      ...causesOf(`${field}.requestName`, one.requestName ?? '', isDnsLabel(one.requestName ?? '')),
      ...(isAgain[index] ? repeatedMapping(one, `${field}.requestMappings[${index}]`) : []),
    ]),
    ...mustBeNamed(`${field}.resourceClaimName`, resourceClaimName, isDnsSubdomain),
  ];
}

/** Of two of one name the last. */
const containersOf = ({ containers, initContainers }: PodSpec): Map<string | undefined, Container> =>
  new Map([...(initContainers ?? []), ...(containers ?? [])].map((container) => [container.name, container]));

function mappingCauses(
  { containerName = '', resourceName = '' }: RequestMapping,
  containers: ReadonlyMap<string | undefined, Container>,
  at: string,
): StatusCause[] {
  const container = containers.get(containerName);
  const nobody = 'must match the name of an entry in spec.initContainers.name or spec.containers.name';
  const nothing =
    'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests';
  if (!container) return [invalid(`${at}.containerName`, containerName, nobody)];
  const isAsked = Object.hasOwn(container.resources?.requests ?? {}, resourceName);
  return isAsked ? [] : [invalid(`${at}.resourceName`, resourceName, nothing)];
}

const NAMES = ['containerName', 'resourceName', 'requestName'] as const;

const repeatedMapping = (mapping: RequestMapping, at: string): StatusCause[] =>
  NAMES.map((name) => duplicate(`${at}.${name}`, mapping[name] ?? ''));
