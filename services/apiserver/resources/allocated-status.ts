import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { duplicate, forbidden, invalid, notSupported, required, tooLong } from '../types/field-error.ts';
import { repeated } from './repeated.ts';
import type { Container } from './validate-pod-spec.ts';

/** How the devices do that a container was given: of what it asks for, each once. Source: core/validation, validateContainerStatusAllocatedResourcesStatus. */

interface Health {
  resourceID?: string;
  health?: string;
  message?: string;
}

interface Allocated {
  name?: string;
  resources?: Health[] | null;
}

export interface AllocatedStatus {
  name?: string;
  allocatedResourcesStatus?: Allocated[] | null;
}

/** `containers`: those whose statuses these are. */
export function allocatedCauses(
  statuses: readonly AllocatedStatus[],
  containers: readonly Container[],
  field: string,
): StatusCause[] {
  const asked = new Map(containers.toReversed().map((container) => [container.name, namesAskedFor(container)]));
  return statuses.flatMap(({ name, allocatedResourcesStatus: allocated }, index) =>
    (allocated ?? []).flatMap((one, at) => {
      const place = `${field}[${index}].allocatedResourcesStatus[${at}]`;
      return [...nameCauses(one, asked.get(name), place), ...healthCauses(one.resources ?? [], `${place}.resources`)];
    }),
  );
}

function namesAskedFor({ resources }: Container): Set<string> {
  const claims = (resources?.claims ?? []).map(({ name, request }) => `claim:${name}${request ? `/${request}` : ''}`);
  return new Set([...claims, ...Object.keys(resources?.requests ?? {})]);
}

const OF_CLAIMS =
  "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty";
const OF_REQUESTS = "must match one of the container's resource requests";

/** Of a container that is not known nobody can tell. */
function nameCauses({ name = '' }: Allocated, asked: ReadonlySet<string> | undefined, place: string): StatusCause[] {
  if (!asked || asked.has(name)) return [];
  return [invalid(`${place}.name`, name, name.startsWith('claim:') ? OF_CLAIMS : OF_REQUESTS)];
}

const HEALTHS = ['Healthy', 'Unhealthy', 'Unknown'];
const LONGEST_MESSAGE = 1024;

function healthCauses(resources: readonly Health[], place: string): StatusCause[] {
  const isAgain = repeated(resources.map(({ resourceID = '' }) => resourceID));
  return resources.flatMap(({ resourceID = '', health = '', message }, index) => {
    const at = `${place}[${index}]`;
    return [
      ...(HEALTHS.includes(health) ? [] : [notSupported(`${at}.health`, health, HEALTHS)]),
      ...messageCauses(message, `${at}.message`),
      ...(isAgain[index] ? [duplicate(`${at}.resourceID`, resourceID)] : []),
    ];
  });
}

function messageCauses(message: string | undefined, field: string): StatusCause[] {
  if (message === undefined) return [];
  if (message === '') return [required(field, 'must be non-empty if specified')];
  return Buffer.byteLength(message) > LONGEST_MESSAGE ? [tooLong(field, LONGEST_MESSAGE)] : [];
}

/** Debugging containers are given none. */
export const unallocatedCauses = (statuses: readonly AllocatedStatus[], field: string): StatusCause[] =>
  statuses.flatMap(({ allocatedResourcesStatus: allocated }, index) =>
    allocated?.length
      ? [forbidden(`${field}[${index}].allocatedResourcesStatus`, 'must not be specified in container status')]
      : [],
  );
