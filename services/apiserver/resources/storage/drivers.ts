import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsSubdomain, isQualifiedName } from '../../registry/object-names.ts';
import type { Strategy } from '../../registry/strategy.ts';
import { duplicate, invalid, notSupported, required, tooLong } from '../../types/field-error.ts';
import { mayBeOneOf, notNegative } from '../pod-spec/field-rules.ts';

/** CSIDrivers, and CSINodes that say which drivers a node has. Nothing here mounts. Source: storage/validation, registry/storage. */

const IMMUTABLE = 'field is immutable';
const MAX_DRIVER_NAME = 63;

export function validateDriverName(name: string | undefined, field: string): StatusCause[] {
  if (!name) return [required(field)];
  return [
    ...(name.length > MAX_DRIVER_NAME ? [tooLong(field, MAX_DRIVER_NAME)] : []),
    ...causesOf(field, name, isDnsSubdomain(name.toLowerCase())),
  ];
}

interface DriverSpec {
  attachRequired?: boolean;
  fsGroupPolicy?: string;
  volumeLifecycleModes?: string[];
  tokenRequests?: { audience?: string; expirationSeconds?: number }[];
  nodeAllocatableUpdatePeriodSeconds?: number;
  serviceAccountTokenInSecrets?: boolean;
}

const driverOf = (object: Unstructured): DriverSpec => (object['spec'] ?? {}) as DriverSpec;

const TOKENS_TEXT =
  'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes';

export const driverStrategy: Strategy = {
  returnsDeletedObject: true,
  allowsUnconditionalUpdate: false,
  /** New ones have no generation; every change counts. */
  prepareForUpdate(object, old) {
    const { generation = 0 } = old.metadata;
    const isChanged = !isDeepStrictEqual(driverOf(object), driverOf(old));
    if (isChanged || generation > 0) object.metadata.generation = isChanged ? generation + 1 : generation;
  },
  validate: (object) => validateDriver(driverOf(object)),
  validateUpdate(object, old) {
    const [next, before] = [driverOf(object), driverOf(old)];
    const isMoved = !isDeepStrictEqual(next.volumeLifecycleModes, before.volumeLifecycleModes);
    return [
      ...(next.attachRequired === before.attachRequired
        ? []
        : [invalid('spec.attachedRequired', next.attachRequired ?? null, IMMUTABLE)]),
      ...(isMoved ? [invalid('spec.volumeLifecycleModes', next.volumeLifecycleModes ?? null, IMMUTABLE)] : []),
    ];
  },
  warningsOf(object, old) {
    const { tokenRequests = [], serviceAccountTokenInSecrets } = driverOf(object);
    if (old && isDeepStrictEqual(tokenRequests, driverOf(old).tokenRequests ?? [])) return [];
    return tokenRequests.length > 0 && serviceAccountTokenInSecrets === undefined ? [TOKENS_TEXT] : [];
  },
};

const MODES = ['Persistent', 'Ephemeral'];
const MIN_PERIOD = 10;

function validateDriver(spec: DriverSpec): StatusCause[] {
  const { tokenRequests = [], volumeLifecycleModes = [], nodeAllocatableUpdatePeriodSeconds: period } = spec;
  const { serviceAccountTokenInSecrets: inSecrets } = spec;
  const isUseless = inSecrets !== undefined && tokenRequests.length === 0;
  const useless = 'serviceAccountTokenInSecrets is set but no tokenRequests are specified';
  const tooOften = `must be greater than or equal to ${MIN_PERIOD} seconds`;
  return [
    ...mayBeOneOf('spec.fsGroupPolicy', spec.fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType']),
    ...validateTokens(tokenRequests),
    ...volumeLifecycleModes.flatMap((mode) =>
      MODES.includes(mode) ? [] : [notSupported('spec.volumeLifecycleModes', mode, MODES)],
    ),
    ...(period !== undefined && period < MIN_PERIOD
      ? [invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, tooOften)]
      : []),
    ...(isUseless ? [invalid('spec.serviceAccountTokenInSecrets', inSecrets, useless)] : []),
  ];
}

const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;

function validateTokens(tokens: NonNullable<DriverSpec['tokenRequests']>): StatusCause[] {
  const seen = new Set<string>();
  return tokens.flatMap(({ audience = '', expirationSeconds: seconds }, index) => {
    const field = `spec.tokenRequests[${index}]`;
    if (seen.has(audience)) return [duplicate(`${field}.audience`, audience)];
    seen.add(audience);
    const at = `${field}.expirationSeconds`;
    if (seconds !== undefined && seconds < MIN_SECONDS)
      return [invalid(at, seconds, 'may not specify a duration less than 10 minutes')];
    if (seconds !== undefined && seconds > MAX_SECONDS)
      return [invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds')];
    return [];
  });
}

interface NodeDriver {
  name?: string;
  nodeID?: string;
  topologyKeys?: string[] | null;
  allocatable?: { count?: number };
}

const driversOf = (object: Unstructured): NodeDriver[] =>
  (object['spec'] as { drivers?: NodeDriver[] | null } | undefined)?.drivers ?? [];

export const csiNodeStrategy: Strategy = {
  returnsDeletedObject: true,
  allowsUnconditionalUpdate: false,
  beforeStoring(object) {
    const spec = object['spec'] as { drivers?: NodeDriver[] | null } | undefined;
    if (spec?.drivers?.length === 0) spec.drivers = null;
  },
  validate(object) {
    const seen = new Set<string>();
    return driversOf(object).flatMap((driver, index) => validateNodeDriver(driver, seen, `spec.drivers[${index}]`));
  },
  validateUpdate: (object, old) =>
    driversOf(old).flatMap((before) =>
      driversOf(object).flatMap((next) =>
        next.name === before.name && !isDeepStrictEqual(fixedPart(next), fixedPart(before))
          ? [invalid('spec.drivers', fixedPart(next), IMMUTABLE)]
          : [],
      ),
    ),
};

/** How many volumes it can have may change. */
const fixedPart = ({ allocatable: _, ...driver }: NodeDriver): NodeDriver => driver;

const MAX_NODE_ID = 256;

function validateNodeDriver(driver: NodeDriver, seen: Set<string>, field: string): StatusCause[] {
  const { name = '', nodeID = '', topologyKeys, allocatable } = driver;
  const isAgain = seen.has(name);
  seen.add(name);
  const tooLongId = `must be ${MAX_NODE_ID} characters or less`;
  return [
    ...validateDriverName(name, `${field}.name`),
    ...(nodeID === '' ? [required(`${field}.nodeID`)] : []),
    ...(nodeID.length > MAX_NODE_ID ? [invalid(`${field}.nodeID`, nodeID, tooLongId)] : []),
    ...notNegative(`${field}.allocatable.count`, allocatable?.count),
    ...(isAgain ? [duplicate(`${field}.name`, name)] : []),
    ...validateKeys(topologyKeys ?? [], field),
  ];
}

function validateKeys(keys: readonly string[], field: string): StatusCause[] {
  const seen = new Set<string>();
  return keys.flatMap((key) => {
    const isAgain = seen.has(key);
    seen.add(key);
    return [
      ...(key === '' ? [required(field)] : []),
      ...(isAgain ? [duplicate(field, key)] : []),
      ...causesOf(field, key, isQualifiedName(key)),
    ];
  });
}
