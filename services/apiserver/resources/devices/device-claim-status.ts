import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { ALL_FIXED, statusAndMetadata } from '../../registry/subresource-rules.ts';
import { forbidden, invalid, required } from '../../types/field-error.ts';
import { together } from '../repeated.ts';
import { type Allocation, validateAllocation } from './claim-allocations.ts';
import { type ClaimSpec, requestNames } from './device-claims.ts';
import { listCauses } from './device-names.ts';
import { type DeviceStatus, deviceId, deviceKey, validateDeviceStatus } from './device-statuses.ts';

/** The status of a ResourceClaim: what it has been given, who may use it, how the devices are. Source: resource/validation; registry/resource/resourceclaim. */
export interface ClaimStatus {
  allocation?: Allocation;
  reservedFor?: Consumer[];
  devices?: DeviceStatus[];
}

interface Consumer {
  apiGroup?: string;
  resource?: string;
  name?: string;
  uid?: string;
}

export const statusOf = (claim: Unstructured): ClaimStatus => (claim['status'] ?? {}) as ClaimStatus;

const deviceKeys = ({ allocation }: ClaimStatus): Set<string> =>
  new Set((allocation?.devices?.results ?? []).map(deviceKey));

/** Nothing is said any more of devices that the claim has no longer. */
export function prepareClaimStatus(claim: Unstructured, old: Unstructured): void {
  statusAndMetadata(claim, old, ALL_FIXED);
  const status = statusOf(claim);
  if (!status.devices) return;
  const [kept, before] = [deviceKeys(status), deviceKeys(statusOf(old))];
  const isGone = (key: string): boolean => before.has(key) && !kept.has(key);
  const devices = status.devices.filter((device) => !isGone(deviceKey(device)));
  if (devices.length > 0) status.devices = devices;
  else delete status.devices;
}

const MAX_CONSUMERS = 256;
/** No claim has so many: some of these are refused for that already, and the rest is not looked at. */
const ENOUGH_DEVICES = 1000;

export function validateClaimStatus(claim: Unstructured, old: Unstructured): StatusCause[] {
  const [status, before] = [statusOf(claim), statusOf(old)];
  const allocated = deviceKeys(status);
  return [
    ...listCauses(status.reservedFor ?? [], {
      field: 'status.reservedFor',
      max: MAX_CONSUMERS,
      key: ({ uid = '' }) => uid,
      item: validateConsumer,
    }),
    ...listCauses((status.devices ?? []).slice(0, ENOUGH_DEVICES), {
      field: 'status.devices',
      max: ENOUGH_DEVICES,
      key: deviceId,
      item: (one, at) => validateDeviceStatus(one, allocated, at),
    }),
    ...reservationCauses(status, before, { isGoing: claim.metadata.deletionTimestamp !== undefined }),
    ...allocationCauses(status, before, (claim['spec'] ?? {}) as ClaimSpec),
  ];
}

const validateConsumer = (consumer: Consumer, field: string): StatusCause[] =>
  (['resource', 'name', 'uid'] as const).flatMap((name) => (consumer[name] ? [] : [required(`${field}.${name}`)]));

const keyOf = ({ apiGroup = '', resource = '', name = '', uid = '' }: Consumer): string =>
  together(apiGroup, resource, name, uid);

/** Nobody new may use what is given back. */
function reservationCauses(next: ClaimStatus, old: ClaimStatus, { isGoing }: { isGoing: boolean }): StatusCause[] {
  const { reservedFor = [], allocation } = next;
  const field = 'status.reservedFor';
  if (reservedFor.length === 0) return [];
  if (!allocation) return [forbidden(field, 'may not be specified when `allocated` is not set')];
  const known = new Set((old.reservedFor ?? []).map(keyOf));
  if (!isGoing || reservedFor.every((consumer) => known.has(keyOf(consumer)))) return [];
  return [
    forbidden(field, 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set'),
  ];
}

/** What has been given stays as it is until it is taken back. */
function allocationCauses({ allocation: next }: ClaimStatus, { allocation: old }: ClaimStatus, spec: ClaimSpec) {
  if (!next) return [];
  if (!old) return validateAllocation(next, requestNames(spec), 'status.allocation');
  return isDeepStrictEqual(next, old) ? [] : [invalid('status.allocation', next, 'field is immutable')];
}
