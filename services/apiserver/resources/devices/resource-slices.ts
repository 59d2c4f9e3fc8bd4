import type { StatusCause, Unstructured } from '../../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../../registry/strategy.ts';
import { invalid } from '../../types/field-error.ts';
import { goQuoted } from '../../types/go-quoted.ts';
import { shownTerms } from '../pod-spec/affinity.ts';
import { type CounterSet, validateCounterSet } from './counter-sets.ts';
import { driverCauses, listCauses } from './device-names.ts';
import { exactlyOneWay, type Nodes, namedNode, onlyTrue, validateNodes } from './device-nodes.ts';
import { poolNameCauses } from './pool-names.ts';
import { type Device, validateDevice } from './slice-devices.ts';
import { prepareSlice } from './slice-fields.ts';

/** ResourceSlices: what devices a driver has to give, and where. Source: resource/validation. Nothing here gives them to anybody. */

interface SliceSpec extends Nodes {
  driver?: string;
  pool?: { name?: string; generation?: number; resourceSliceCount?: number };
  perDeviceNodeSelection?: boolean;
  devices?: Device[];
  sharedCounters?: CounterSet[];
}

const specOf = (object: Unstructured): SliceSpec => (object['spec'] ?? {}) as SliceSpec;

export const resourceSliceStrategy: Strategy = {
  returnsDeletedObject: true,
  prepareForCreate: (object, { nowMs }) => prepareSlice(specOf(object), nowMs),
  prepareForUpdate: (object, _old, { nowMs }) => prepareSlice(specOf(object), nowMs),
  validateCreate: (object) => validateSlice(specOf(object)),
  validateUpdate: (object, old) => validateSlice(specOf(object), specOf(old)),
  warningsOf(object) {
    const { driver = '' } = specOf(object);
    if (driver === driver.toLowerCase()) return [];
    return [`spec.driver: driver names should be lowercase; ${goQuoted(driver)} contains uppercase characters`];
  },
};

function validateSlice(spec: SliceSpec, old?: SliceSpec): StatusCause[] {
  const { driver, pool = {}, devices, sharedCounters } = spec;
  const isMixed = devices !== undefined && sharedCounters !== undefined;
  return [
    ...driverCauses(driver, 'spec.driver'),
    ...validatePool(pool),
    ...(old ? changes(spec, old) : []),
    ...validatePlace(spec),
    ...(isMixed ? [invalid('spec', '', 'only one of `sharedCounters` or `devices` is allowed')] : []),
    ...validateDevices(spec, old),
    ...listCauses(sharedCounters ?? [], {
      field: 'spec.sharedCounters',
      max: MAX_COUNTER_SETS,
      key: ({ name = '' }) => name,
      item: validateCounterSet,
    }),
  ];
}

const MAX_COUNTER_SETS = 8;

function validatePool({ name, generation = 0, resourceSliceCount: count = 0 }: NonNullable<SliceSpec['pool']>) {
  const isOld = generation < 0;
  return [
    ...poolNameCauses(name, 'spec.pool.name'),
    ...(count > 0 ? [] : [invalid('spec.pool.resourceSliceCount', count, 'must be greater than zero')]),
    ...(isOld ? [invalid('spec.pool.generation', generation, 'must be greater than or equal to zero')] : []),
  ];
}

/** A slice stays that of its driver, of its pool, and of its node if it has one. */
function changes(next: SliceSpec, old: SliceSpec): StatusCause[] {
  const fixed: [field: string, next: string | undefined, old: string | undefined][] = [
    ['spec.pool.name', next.pool?.name ?? '', old.pool?.name ?? ''],
    ['spec.driver', next.driver ?? '', old.driver ?? ''],
    ['spec.nodeName', next.nodeName, old.nodeName],
  ];
  return fixed.flatMap(([field, value, before]) =>
    value === before ? [] : [invalid(field, value ?? null, 'field is immutable')],
  );
}

const ONE = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';

function validatePlace(spec: SliceSpec): StatusCause[] {
  const { nodeName, nodeSelector, allNodes, perDeviceNodeSelection } = spec;
  const terms = nodeSelector?.nodeSelectorTerms;
  const field = 'spec.nodeSelector.nodeSelectorTerms';
  const hasOne = !nodeSelector || terms?.length === 1;
  const ways = { nodeName, nodeSelector, allNodes, perDeviceNodeSelection };
  return [
    ...namedNode(nodeName, 'spec.nodeName', 'must be either unset or set to a non-empty string'),
    ...validateNodes(nodeSelector, 'spec.nodeSelector'),
    ...(hasOne ? [] : [invalid(field, shownTerms(terms), 'must have exactly one node selector term')]),
    ...onlyTrue(allNodes, 'spec.allNodes'),
    ...onlyTrue(perDeviceNodeSelection, 'spec.perDeviceNodeSelection'),
    ...exactlyOneWay(ways, 'spec', { none: ONE, several: `${ONE}, but multiple fields are set` }),
  ];
}

const MAX_DEVICES = 128;
/** Where one of them says more of itself. */
const MAX_DETAILED_DEVICES = 64;

const isDetailed = ({ taints, consumesCounters }: Device): boolean =>
  Boolean(taints?.length || consumesCounters?.length);

/** Each is held against the one that had its name before. */
function validateDevices({ devices = [], perDeviceNodeSelection }: SliceSpec, old: SliceSpec = {}): StatusCause[] {
  const known = new Map(
    (old.devices ?? []).toReversed().map((device): [string, Device] => [device.name ?? '', device]),
  );
  return listCauses(devices, {
    field: 'spec.devices',
    max: devices.some(isDetailed) ? MAX_DETAILED_DEVICES : MAX_DEVICES,
    key: ({ name = '' }) => name,
    item: (device, field) =>
      validateDevice(device, field, { old: known.get(device.name ?? ''), isPlaced: perDeviceNodeSelection === true }),
  });
}
