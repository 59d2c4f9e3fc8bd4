import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { compareQuantities, parseQuantity } from '../../../shared/apis/quantity.ts';
import { causesOf, isQualifiedName } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { duplicate, forbidden, invalid, required } from '../types/field-error.ts';
import {
  containerResourceNameCauses,
  isOvercommitted,
  resourceNameCauses,
  shownQuantity,
} from './pod-spec/container-resources.ts';
import { repeated } from './repeated.ts';

/** What one pod, container or claim of a namespace may ask for. Source: core/validation, ValidateLimitRange. Nothing here holds anybody to it. */

const LISTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;
type Limit = { type?: string } & Partial<Record<(typeof LISTS)[number], Record<string, unknown>>>;

const limitsOf = (object: Unstructured): Limit[] =>
  ((object['spec'] as { limits?: Limit[] | null } | undefined)?.limits ?? []) as Limit[];

export const limitRangeStrategy: Strategy = {
  allowsCreateOnUpdate: true,
  validate(object) {
    const isAgain = repeated(limitsOf(object).map(({ type = '' }) => type));
    return limitsOf(object).flatMap((limit, index) => {
      const field = `spec.limits[${index}]`;
      return [
        ...validateType(limit.type ?? '', `${field}.type`),
        ...(isAgain[index] ? [duplicate(`${field}.type`, limit.type ?? '')] : []),
        ...validateLimit(limit, field),
      ];
    });
  },
  /** The field is always written, and an empty list is none. */
  beforeStoring(object) {
    const spec = object['spec'] as { limits?: unknown[] | null } | undefined;
    if (spec?.limits?.length === 0) spec.limits = null;
  },
  warningsOf: () => ['this API server does not enforce limit ranges: the object is stored and limits nothing'],
};

const TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];

function validateType(type: string, field: string): StatusCause[] {
  const malformed = causesOf(field, type, isQualifiedName(type));
  if (malformed.length > 0 || type.includes('/') || TYPES.includes(type)) return malformed;
  return [invalid(field, type, 'must be a standard limit type or fully qualified')];
}

function validateLimit(limit: Limit, field: string): StatusCause[] {
  const isOfPod = limit.type === 'Pod';
  const isNamed = isOfPod || limit.type === 'Container' ? containerResourceNameCauses : resourceNameCauses;
  const counted = LISTS.filter((list) => !isOfPod || !list.startsWith('default'));
  const names = new Set(counted.flatMap((list) => Object.keys(limit[list] ?? {})));
  return [
    ...counted.flatMap((list) =>
      Object.keys(limit[list] ?? {}).flatMap((name) => isNamed(name, `${field}.${list}[${name}]`)),
    ),
    ...(isOfPod ? podDefaults(limit, field) : []),
    ...missingStorage(limit, field),
    ...[...names].flatMap((name) => [
      ...validateOrder(amountsOf(limit, name, counted), field, name),
      ...validateRatio(amountsOf(limit, name, counted), `${field}.maxLimitRequestRatio[${name}]`),
    ]),
  ];
}

function podDefaults(limit: Limit, field: string): StatusCause[] {
  return (['default', 'defaultRequest'] as const).flatMap((list) =>
    Object.keys(limit[list] ?? {}).length > 0
      ? [forbidden(`${field}.${list}`, "may not be specified when `type` is 'Pod'")]
      : [],
  );
}

function missingStorage({ type, min = {}, max = {} }: Limit, field: string): StatusCause[] {
  if (type !== 'PersistentVolumeClaim' || 'storage' in min || 'storage' in max) return [];
  const why = 'either minimum or maximum storage value is required, but neither was provided';
  return [required(`${field}.limits`, why)];
}

/** Of one resource. */
type Amounts = Partial<Record<(typeof LISTS)[number], unknown>>;

const amountsOf = (limit: Limit, name: string, lists: readonly (typeof LISTS)[number][]): Amounts =>
  Object.fromEntries(
    lists.flatMap((list) => (Object.hasOwn(limit[list] ?? {}, name) ? [[list, limit[list]?.[name]]] : [])),
  );

const isMore = (a: unknown, b: unknown): boolean => a !== undefined && b !== undefined && compareQuantities(a, b) > 0;

function validateOrder(amounts: Amounts, field: string, name: string): StatusCause[] {
  const { min, max, default: limit, defaultRequest: request } = amounts;
  const cause = (list: string, value: unknown, text: string): StatusCause =>
    invalid(`${field}.${list}[${name}]`, shownQuantity(value), text);
  const [least, most] = [`min value ${shownQuantity(min)}`, `max value ${shownQuantity(max)}`];
  const [asked, given] = [`default request value ${shownQuantity(request)}`, `default value ${shownQuantity(limit)}`];
  const isUneven =
    !isOvercommitted(name) && limit !== undefined && request !== undefined && compareQuantities(limit, request) !== 0;
  const uneven = `${given} must equal to defaultRequest value ${shownQuantity(request)} in ${name}`;
  return [
    ...(isMore(min, max) ? [cause('min', min, `${least} is greater than ${most}`)] : []),
    ...(isMore(min, request) ? [cause('defaultRequest', request, `${least} is greater than ${asked}`)] : []),
    ...(isMore(request, max) ? [cause('defaultRequest', request, `${asked} is greater than ${most}`)] : []),
    ...(isMore(request, limit)
      ? [cause('defaultRequest', request, `${asked} is greater than default limit value ${shownQuantity(limit)}`)]
      : []),
    ...(isMore(min, limit) ? [cause('default', min, `${least} is greater than ${given}`)] : []),
    ...(isMore(limit, max) ? [cause('default', max, `${given} is greater than ${most}`)] : []),
    ...(isUneven ? [cause('defaultRequest', request, uneven)] : []),
  ];
}

function validateRatio({ min, max, maxLimitRequestRatio: ratio }: Amounts, field: string): StatusCause[] {
  if (ratio === undefined) return [];
  const shown = shownQuantity(ratio);
  const low = compareQuantities(ratio, '1') < 0 ? [invalid(field, shown, `ratio ${shown} is less than 1`)] : [];
  if (min === undefined || max === undefined) return low;
  const limit = thousandths(max) / thousandths(min);
  if (!(thousandths(ratio) / 1000 > limit)) return low;
  const text = `ratio ${shown} is greater than max/min = ${Number.isFinite(limit) ? limit.toFixed(6) : '+Inf'}`;
  return [...low, invalid(field, shown, text)];
}

/** Rounded up, as upstream counts. */
function thousandths(amount: unknown): number {
  const { nano } = parseQuantity(String(amount)) ?? { nano: 0n };
  return Number((nano + 999_999n) / 1_000_000n);
}
