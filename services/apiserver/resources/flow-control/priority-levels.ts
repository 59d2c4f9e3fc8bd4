import type { StatusCause, Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { forbidden, invalid, notSupported, required } from '../../types/field-error.ts';
import { conditionTypeCauses } from './condition-types.ts';
import { fixedLevelCauses } from './mandatory-objects.ts';

/** PriorityLevelConfigurations: how many requests another API server would let through at once. Source: flowcontrol/validation. */

interface Shares {
  nominalConcurrencyShares?: number;
  lendablePercent?: number;
}

interface Queuing {
  queues?: number;
  handSize?: number;
  queueLengthLimit?: number;
}

interface Limited extends Shares {
  borrowingLimitPercent?: number;
  limitResponse?: { type?: string; queuing?: Queuing };
}

interface LevelSpec {
  type?: string;
  exempt?: Shares;
  limited?: Limited;
}

const specOf = (object: Unstructured): LevelSpec => (object['spec'] ?? {}) as LevelSpec;

const ROUNDTRIP = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares';
const EXEMPT = 'exempt';

export function validatePriorityLevel(object: Unstructured): StatusCause[] {
  const { name, annotations = {} } = object.metadata;
  const { type = '' } = specOf(object);
  const isMisnamed = (name === EXEMPT) !== (type === 'Exempt');
  return [
    ...(Object.hasOwn(annotations, ROUNDTRIP)
      ? [forbidden('metadata.annotations', `annotation '${ROUNDTRIP}' is forbidden`)]
      : []),
    ...(isMisnamed ? [invalid('spec.type', type, "must be 'Exempt' if and only if `name` is 'exempt'")] : []),
    ...validateLevel(specOf(object)),
    ...fixedLevelCauses(object),
    ...conditionTypeCauses(object),
  ];
}

function validateLevel({ type = '', exempt, limited }: LevelSpec): StatusCause[] {
  if (type === 'Exempt')
    return [
      ...(limited ? [forbidden('spec.limited', 'must be nil if the type is not Limited')] : []),
      ...(exempt ? shareCauses(exempt, 'spec.exempt') : []),
    ];
  if (type === 'Limited')
    return [
      ...(exempt ? [forbidden('spec.exempt', 'must be nil if the type is Limited')] : []),
      ...(limited
        ? validateLimited(limited, 'spec.limited')
        : [required('spec.limited', 'must not be empty when type is Limited')]),
    ];
  return type === '' ? [required('spec.type')] : [notSupported('spec.type', type, ['Exempt', 'Limited'])];
}

function shareCauses({ nominalConcurrencyShares: shares = 0, lendablePercent = 0 }: Shares, field: string) {
  const isPercent = lendablePercent >= 0 && lendablePercent <= 100;
  const text = 'must be between 0 and 100, inclusive';
  return [
    ...(shares < 0 ? [invalid(`${field}.nominalConcurrencyShares`, shares, 'must be a non-negative integer')] : []),
    ...(isPercent ? [] : [invalid(`${field}.lendablePercent`, lendablePercent, text)]),
  ];
}

function validateLimited(limited: Limited, field: string): StatusCause[] {
  const { borrowingLimitPercent: borrowed = 0, limitResponse = {} } = limited;
  const text = 'if specified, must be a non-negative integer';
  return [
    ...shareCauses(limited, field),
    ...validateResponse(limitResponse, `${field}.limitResponse`),
    ...(borrowed < 0 ? [invalid(`${field}.borrowingLimitPercent`, borrowed, text)] : []),
  ];
}

function validateResponse({ type = '', queuing }: NonNullable<Limited['limitResponse']>, field: string): StatusCause[] {
  const at = `${field}.queuing`;
  if (type === 'Reject')
    return queuing ? [forbidden(at, 'must be nil if limited.limitResponse.type is not Limited')] : [];
  if (type === 'Queue')
    return queuing
      ? validateQueuing(queuing, at)
      : [required(at, 'must not be empty if limited.limitResponse.type is Limited')];
  return type === '' ? [required(`${field}.type`)] : [notSupported(`${field}.type`, type, ['Queue', 'Reject'])];
}

const MAX_QUEUES = 10_000_000;

function validateQueuing({ queues = 0, handSize = 0, queueLengthLimit = 0 }: Queuing, field: string): StatusCause[] {
  const text = 'must be positive';
  return [
    ...(queueLengthLimit > 0 ? [] : [invalid(`${field}.queueLengthLimit`, queueLengthLimit, text)]),
    ...(queues > 0 ? [] : [invalid(`${field}.queues`, queues, text)]),
    ...(queues > MAX_QUEUES ? [invalid(`${field}.queues`, queues, `must not be greater than ${MAX_QUEUES}`)] : []),
    ...handCauses(handSize, queues, `${field}.handSize`),
  ];
}

/** How many bits of a hash can be dealt out. */
const HASH_BITS = 60;

function handCauses(hand: number, queues: number, field: string): StatusCause[] {
  const refused = (why: string): StatusCause[] => [invalid(field, hand, why)];
  if (hand <= 0) return refused('must be positive');
  if (hand > queues) return refused(`should not be greater than queues (${queues})`);
  if (Math.ceil(Math.log2(queues) * hand) <= HASH_BITS) return [];
  return refused(
    `required entropy bits of deckSize ${queues} and handSize ${hand} should not be greater than ${HASH_BITS}`,
  );
}
