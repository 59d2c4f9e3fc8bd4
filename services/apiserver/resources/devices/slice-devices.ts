import { isDeepStrictEqual } from 'node:util';
import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { invalid } from '../../types/field-error.ts';
import { type BindingConditions, validateBinding } from './binding-conditions.ts';
import { type Consumption, validateConsumption } from './counter-sets.ts';
import { type Attribute, validateAttribute } from './device-attributes.ts';
import { type Capacity, validateCapacity } from './device-capacities.ts';
import { mapCauses } from './device-maps.ts';
import { attributeCauses, listCauses } from './device-names.ts';
import { exactlyOneWay, type Nodes, namedNode, onlyTrue, validateNodes } from './device-nodes.ts';
import { labelCauses } from './device-requests.ts';
import { type Taint, validateTaint } from './device-taints.ts';

/** One device of a slice. Source: resource/validation. */
export interface Device extends Nodes, BindingConditions {
  name?: string;
  attributes?: Record<string, Attribute>;
  capacity?: Record<string, Capacity>;
  consumesCounters?: Consumption[];
  taints?: Taint[];
  allowMultipleAllocations?: boolean;
  nodeAllocatableResourceMappings?: unknown;
}

/** `isPlaced`: the slice leaves it to its devices to say which nodes reach them. `old`: what had the name before. */
interface Around {
  isPlaced: boolean;
  old: Device | undefined;
}

const MAX_TAINTS = 16;
const MAX_CONSUMPTIONS = 2;
/** A domain, a slash and an identifier. */
const LONGEST_KEY = 63 + 1 + 32;
/** Of far too many, which is told by their number, the rest is not looked at. */
const ENOUGH = 100;
const firstOf = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(map).slice(0, ENOUGH));
const keyed = { max: Number.POSITIVE_INFINITY, longestKey: LONGEST_KEY, key: attributeCauses };

export function validateDevice(device: Device, field: string, { isPlaced, old }: Around): StatusCause[] {
  const { attributes = {}, capacity = {}, taints = [], consumesCounters = [] } = device;
  const isShared = device.allowMultipleAllocations === true;
  const areTainted = isDeepStrictEqual(taints, old?.taints ?? []);
  return [
    ...labelCauses(device.name, `${field}.name`),
    ...countCauses(Object.keys(attributes).length, Object.keys(capacity).length, field),
    ...mapCauses(firstOf(attributes), { ...keyed, field: `${field}.attributes`, item: validateAttribute }),
    ...mapCauses(firstOf(capacity), {
      ...keyed,
      field: `${field}.capacity`,
      item: (one, at) => validateCapacity(one, at, { isShared }),
    }),
    ...(areTainted ? [] : listCauses(taints, { field: `${field}.taints`, max: MAX_TAINTS, item: validateTaint })),
    ...listCauses(consumesCounters, {
      field: `${field}.consumesCounters`,
      max: MAX_CONSUMPTIONS,
      key: ({ counterSet = '' }) => counterSet,
      item: validateConsumption,
    }),
    ...(isPlaced ? placeCauses(device, field) : unplacedCauses(device, field)),
    ...validateBinding(device, field),
  ];
}

const MAX_TOGETHER = 32;
const MAX_VALUES = 48;

function countCauses(attributes: number, capacities: number, field: string): StatusCause[] {
  const together = attributes + capacities;
  const most = (what: string, max: number): string => `the total number of ${what} must not exceed ${max}`;
  return [
    ...(together > MAX_TOGETHER ? [invalid(field, together, most('attributes and capacities', MAX_TOGETHER))] : []),
    ...(attributes > MAX_VALUES ? [invalid(field, attributes, most('attribute values', MAX_VALUES))] : []),
  ];
}

const ONE =
  'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';

function placeCauses({ nodeName, nodeSelector, allNodes }: Device, field: string): StatusCause[] {
  return [
    ...namedNode(nodeName, `${field}.nodeName`, 'must not be empty'),
    ...validateNodes(nodeSelector, `${field}.nodeSelector`),
    ...onlyTrue(allNodes, `${field}.allNodes`),
    ...exactlyOneWay({ nodeName, nodeSelector, allNodes }, field, { none: ONE, several: ONE }),
  ];
}

function unplacedCauses({ nodeName, nodeSelector, allNodes }: Device, field: string): StatusCause[] {
  if (nodeName === undefined && nodeSelector === undefined && allNodes === undefined) return [];
  const text =
    '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
  return [invalid(field, null, text)];
}
