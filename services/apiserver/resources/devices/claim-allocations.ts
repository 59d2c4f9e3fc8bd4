import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { mustBeOneOf } from '../pod-spec/field-rules.ts';
import { type BindingConditions, validateBinding } from './binding-conditions.ts';
import { MAX_LIST, requestNameCauses } from './device-claims.ts';
import { type DeviceConfiguration, validateConfiguration } from './device-configurations.ts';
import { driverCauses, listCauses } from './device-names.ts';
import { type NodeSelector, validateNodes } from './device-nodes.ts';
import { labelCauses } from './device-requests.ts';
import { poolNameCauses } from './pool-names.ts';
import { uuidCauses } from './uuid-form.ts';

/** Which devices a claim has been given. Source: resource/validation. */
export interface Allocation {
  devices?: { results?: AllocatedDevice[]; config?: AllocatedConfiguration[] };
  nodeSelector?: NodeSelector;
}

export interface AllocatedDevice extends BindingConditions {
  request?: string;
  driver?: string;
  pool?: string;
  device?: string;
  shareID?: string;
  adminAccess?: boolean;
}

interface AllocatedConfiguration extends DeviceConfiguration {
  source?: string;
  requests?: string[];
}

/** Those of the class and those of the claim. */
const MAX_CONFIGURATIONS = 64;
const SOURCES = ['FromClaim', 'FromClass'];

/** `names`: how parts of the claim may be named. */
export function validateAllocation(given: Allocation, names: ReadonlySet<string>, field: string): StatusCause[] {
  const { devices: { results = [], config = [] } = {}, nodeSelector } = given;
  return [
    ...listCauses(results, {
      field: `${field}.devices.results`,
      max: MAX_LIST,
      item: (one, at) => validateResult(one, names, at),
    }),
    ...listCauses(config, {
      field: `${field}.devices.config`,
      max: MAX_CONFIGURATIONS,
      item: (one, at) => validateAllocated(one, names, at),
    }),
    ...validateNodes(nodeSelector, `${field}.nodeSelector`),
  ];
}

function validateResult(result: AllocatedDevice, names: ReadonlySet<string>, field: string): StatusCause[] {
  const { request = '', driver, pool, device, shareID } = result;
  return [
    ...requestNameCauses(request, names, `${field}.request`),
    ...driverCauses(driver, `${field}.driver`),
    ...poolNameCauses(pool, `${field}.pool`),
    ...labelCauses(device, `${field}.device`),
    ...validateBinding(result, field),
    ...(shareID === undefined ? [] : uuidCauses(shareID, `${field}.shareID`)),
  ];
}

function validateAllocated(one: AllocatedConfiguration, names: ReadonlySet<string>, field: string): StatusCause[] {
  return [
    ...mustBeOneOf(`${field}.source`, one.source, SOURCES),
    ...listCauses(one.requests ?? [], {
      field: `${field}.requests`,
      max: MAX_LIST,
      key: (name) => name,
      item: (name, at) => requestNameCauses(name, names, at),
    }),
    ...validateConfiguration(one, field),
  ];
}
