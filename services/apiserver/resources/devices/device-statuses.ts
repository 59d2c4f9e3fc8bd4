import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { invalid, tooLong, tooMany } from '../../types/field-error.ts';
import { interfaceTexts } from '../ip-rules.ts';
import { type Condition, validateConditions } from '../validate-conditions.ts';
import type { AllocatedDevice } from './claim-allocations.ts';
import { rawCauses } from './device-configurations.ts';
import { driverCauses, listCauses } from './device-names.ts';
import { labelCauses } from './device-requests.ts';
import { poolNameCauses } from './pool-names.ts';
import { uuidCauses } from './uuid-form.ts';

/** How a device that a claim has been given is, as its driver says. Source: resource/validation. */
export interface DeviceStatus {
  driver?: string;
  pool?: string;
  device?: string;
  shareID?: string;
  /** Null where there are none. */
  conditions?: Condition[] | null;
  data?: unknown;
  networkData?: NetworkData;
}

interface NetworkData {
  interfaceName?: string;
  hardwareAddress?: string;
  ips?: string[];
}

/** What tells a device from others, as Go shows it. */
export const deviceId = ({ driver = '', pool = '', device = '', shareID = '' }: DeviceStatus | AllocatedDevice) => ({
  Driver: driver,
  Pool: pool,
  Device: device,
  ShareID: shareID,
});

export const deviceKey = (device: DeviceStatus | AllocatedDevice): string => JSON.stringify(deviceId(device));

const MAX_CONDITIONS = 8;
/** Of far too many the rest is not looked at. */
const ENOUGH_CONDITIONS = 100;

/** `allocated`: the keys of the devices that the claim has. */
export function validateDeviceStatus(
  status: DeviceStatus,
  allocated: ReadonlySet<string>,
  field: string,
): StatusCause[] {
  const { driver, pool, device, shareID, data, networkData = {} } = status;
  const conditions = status.conditions ?? [];
  const isAllocated = allocated.has(deviceKey(status));
  const at = `${field}.conditions`;
  return [
    ...driverCauses(driver, `${field}.driver`),
    ...poolNameCauses(pool, `${field}.pool`),
    ...labelCauses(device, `${field}.device`),
    ...(shareID === undefined ? [] : uuidCauses(shareID, `${field}.shareID`)),
    ...(isAllocated ? [] : [invalid(field, deviceId(status), 'must be an allocated device in the claim')]),
    ...(conditions.length > MAX_CONDITIONS ? [tooMany(at, conditions.length, MAX_CONDITIONS)] : []),
    ...validateConditions(conditions.slice(0, ENOUGH_CONDITIONS), at),
    ...(data === undefined ? [] : rawCauses(data, `${field}.data`)),
    ...validateNetwork(networkData, `${field}.networkData`),
  ];
}

const MAX_INTERFACE = 256;
const MAX_ADDRESS = 128;
const MAX_IPS = 16;

const longText = (text: string, max: number, field: string): StatusCause[] =>
  Buffer.byteLength(text) > max ? [tooLong(field, max)] : [];

function validateNetwork({ interfaceName = '', hardwareAddress = '', ips = [] }: NetworkData, field: string) {
  return [
    ...longText(interfaceName, MAX_INTERFACE, `${field}.interfaceName`),
    ...longText(hardwareAddress, MAX_ADDRESS, `${field}.hardwareAddress`),
    ...listCauses(ips, {
      field: `${field}.ips`,
      max: MAX_IPS,
      key: (address) => address,
      item: (address, at) => interfaceTexts(address).map((text) => invalid(at, address, text)),
    }),
  ];
}
