import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsLabel, isDnsSubdomain, isLabelValue, isQualifiedName } from '../../registry/object-names.ts';
import { invalid, notSupported, required } from '../../types/field-error.ts';
import { mustBeNamed, mustBeOneOf } from '../pod-spec/field-rules.ts';
import { listCauses } from './device-names.ts';
import { selectorCauses } from './device-selectors.ts';
import { TAINT_EFFECTS } from './device-taints.ts';

/** What of devices a claim asks for. Source: resource/validation. Nothing here gives devices to anybody. */

interface Selector {
  cel?: { expression?: string };
}

interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
}

interface ExactRequest {
  deviceClassName?: string;
  selectors?: Selector[];
  allocationMode?: string;
  count?: number;
  adminAccess?: boolean;
  tolerations?: Toleration[];
}

export interface DeviceRequest {
  name?: string;
  exactly?: ExactRequest;
  firstAvailable?: (ExactRequest & { name?: string })[];
}

const MAX_ALTERNATIVES = 8;

export function validateDeviceRequest(request: DeviceRequest, field: string): StatusCause[] {
  const { name, exactly, firstAvailable = [] } = request;
  return [...labelCauses(name, `${field}.name`), ...sortCauses(exactly, firstAvailable, field)];
}

/** Of what is not there at all it is said what a name looks like. */
export const labelCauses = (name: string | undefined, field: string): StatusCause[] =>
  causesOf(field, name ?? '', isDnsLabel(name ?? ''));

const ONE = 'exactly one of `exactly` or `firstAvailable` is required';

function sortCauses(
  exactly: ExactRequest | undefined,
  alternatives: NonNullable<DeviceRequest['firstAvailable']>,
  field: string,
): StatusCause[] {
  if (exactly && alternatives.length > 0) return [invalid(field, null, `${ONE}, but multiple fields are set`)];
  if (exactly) return validateExact(exactly, `${field}.exactly`);
  if (alternatives.length === 0) return [required(field, ONE)];
  return listCauses(alternatives, {
    field: `${field}.firstAvailable`,
    max: MAX_ALTERNATIVES,
    key: ({ name = '' }) => name,
    item: (one, at) => [...labelCauses(one.name, `${at}.name`), ...validateExact(one, at)],
  });
}

function validateExact(request: ExactRequest, field: string): StatusCause[] {
  const { deviceClassName: name, selectors = [], tolerations = [] } = request;
  return [
    ...mustBeNamed(`${field}.deviceClassName`, name, isDnsSubdomain),
    ...validateSelectors(selectors, `${field}.selectors`),
    ...modeCauses(request, field),
    ...tolerations.flatMap((one, index) => validateToleration(one, `${field}.tolerations[${index}]`)),
  ];
}

const MODES = ['All', 'ExactCount'];

function modeCauses({ allocationMode: mode = '', count = 0 }: ExactRequest, field: string): StatusCause[] {
  const refused = (why: string): StatusCause[] => [invalid(`${field}.count`, count, why)];
  if (mode === 'ExactCount') return count > 0 ? [] : refused('must be greater than zero');
  if (mode === 'All') return count === 0 ? [] : refused("must not be specified when allocationMode is 'All'");
  return [notSupported(`${field}.allocationMode`, mode, MODES)];
}

const MAX_SELECTORS = 32;

export function validateSelectors(selectors: readonly Selector[], field: string): StatusCause[] {
  return listCauses(selectors, {
    field,
    max: MAX_SELECTORS,
    item: ({ cel }, at) =>
      cel ? selectorCauses(cel.expression ?? '', `${at}.cel.expression`) : [required(`${at}.cel`)],
  });
}

function validateToleration({ key, operator, value = '', effect }: Toleration, field: string): StatusCause[] {
  const isUseless = operator === 'Exists' && value !== '';
  const isCompared = operator === 'Equal';
  return [
    ...(key ? causesOf(`${field}.key`, key, isQualifiedName(key)) : []),
    ...mustBeOneOf(`${field}.operator`, operator, ['Equal', 'Exists']),
    ...(isUseless ? [invalid(`${field}.value`, value, 'must be empty for operator `Exists`')] : []),
    ...(isCompared ? causesOf(`${field}.value`, value, isLabelValue(value)) : []),
    ...(!effect || TAINT_EFFECTS.includes(effect) ? [] : [notSupported(`${field}.effect`, effect, TAINT_EFFECTS)]),
  ];
}
