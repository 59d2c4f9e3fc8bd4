import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { invalid, required, tooLong } from '../../types/field-error.ts';
import { driverCauses } from './device-names.ts';

/** What is handed to a driver as it is. Source: resource/validation. */
export interface DeviceConfiguration {
  opaque?: { driver?: string; parameters?: unknown };
}

const MAX_BYTES = 10 * 1024;

export function validateConfiguration({ opaque }: DeviceConfiguration, field: string): StatusCause[] {
  if (!opaque) return [required(`${field}.opaque`)];
  return [
    ...driverCauses(opaque.driver, `${field}.opaque.driver`),
    ...rawCauses(opaque.parameters, `${field}.opaque.parameters`),
  ];
}

export function rawCauses(value: unknown, field: string): StatusCause[] {
  if (value === undefined || value === null) return [required(field)];
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_BYTES) return [tooLong(field, MAX_BYTES)];
  const isObject = typeof value === 'object' && !Array.isArray(value);
  return isObject ? [] : [invalid(field, '<value omitted>', 'must be a valid JSON object')];
}
