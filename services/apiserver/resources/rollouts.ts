import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { NEGATIVE_TEXT } from './pod-spec/field-rules.ts';

/** How workloads are brought from one template to the next, in the words of Go's struct where the whole is shown. Source: apps/validation. */

export type Count = number | string;

export interface UpdateStrategy {
  type?: string;
  rollingUpdate?: { maxUnavailable?: Count; maxSurge?: Count; partition?: number };
}

const PERCENT_TEXT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

export function validateCount(value: Count, field: string): StatusCause[] {
  if (typeof value === 'number') return value < 0 ? [invalid(field, value, NEGATIVE_TEXT)] : [];
  return /^[0-9]+%$/.test(value) ? [] : [invalid(field, value, PERCENT_TEXT)];
}

export function notMoreThanAll(value: Count, field: string): StatusCause[] {
  const isMore = typeof value === 'string' && /^[0-9]+%$/.test(value) && Number.parseInt(value, 10) > 100;
  return isMore ? [invalid(field, value, 'must not be greater than 100%')] : [];
}

const isNothing = (value: Count): boolean =>
  typeof value === 'number' ? value === 0 : !/^[0-9]+%$/.test(value) || Number.parseInt(value, 10) === 0;

const shownStrategy = ({ type = '', rollingUpdate }: UpdateStrategy) => ({
  Type: type,
  RollingUpdate: rollingUpdate
    ? { MaxUnavailable: rollingUpdate.maxUnavailable, MaxSurge: rollingUpdate.maxSurge }
    : null,
});

export function validateDeploymentRollout(strategy: UpdateStrategy): StatusCause[] {
  const { type = 'RollingUpdate', rollingUpdate } = strategy;
  const { maxUnavailable = '25%', maxSurge = '25%' } = rollingUpdate ?? {};
  const field = 'spec.strategy';
  const place = `${field}.rollingUpdate`;
  const types = ['Recreate', 'RollingUpdate'];
  if (!types.includes(type)) return [notSupported(field, shownStrategy(strategy), types)];
  if (type === 'Recreate') {
    return rollingUpdate ? [forbidden(place, "may not be specified when strategy `type` is 'Recreate'")] : [];
  }
  return [
    ...validateCount(maxUnavailable, `${place}.maxUnavailable`),
    ...validateCount(maxSurge, `${place}.maxSurge`),
    ...(isNothing(maxUnavailable) && isNothing(maxSurge)
      ? [invalid(`${place}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
      : []),
    ...notMoreThanAll(maxUnavailable, `${place}.maxUnavailable`),
  ];
}

export function validateDaemonRollout(strategy: UpdateStrategy): StatusCause[] {
  const { type = 'RollingUpdate', rollingUpdate = {} } = strategy;
  const { maxUnavailable = 1, maxSurge = 0 } = rollingUpdate;
  const field = 'spec.updateStrategy';
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') {
    return [notSupported(field, shownStrategy(strategy), ['RollingUpdate', 'OnDelete'])];
  }
  const [unavailable, surge] = [`${field}.rollingUpdate.maxUnavailable`, `${field}.rollingUpdate.maxSurge`];
  const isBoth = !isNothing(maxUnavailable) && !isNothing(maxSurge);
  return [
    ...validateCount(maxUnavailable, unavailable),
    ...validateCount(maxSurge, surge),
    ...notMoreThanAll(maxUnavailable, unavailable),
    ...notMoreThanAll(maxSurge, surge),
    ...(isBoth ? [invalid(surge, maxSurge, 'may not be set when maxUnavailable is non-zero')] : []),
    ...(isNothing(maxUnavailable) && isNothing(maxSurge)
      ? [required(unavailable, 'cannot be 0 when maxSurge is 0')]
      : []),
  ];
}

export function validateStatefulRollout({ type = '', rollingUpdate }: UpdateStrategy): StatusCause[] {
  const field = 'spec.updateStrategy';
  const place = `${field}.rollingUpdate`;
  const { partition = 0 } = rollingUpdate ?? {};
  const shown = { Partition: partition, MaxUnavailable: null };
  if (type === '') return [required(field)];
  if (type === 'OnDelete') {
    return rollingUpdate ? [invalid(place, shown, "only allowed for updateStrategy 'RollingUpdate'")] : [];
  }
  if (type !== 'RollingUpdate') {
    const whole = { Type: type, RollingUpdate: rollingUpdate ? shown : null };
    return [invalid(field, whole, "must be 'RollingUpdate' or 'OnDelete'")];
  }
  return partition < 0 ? [invalid(`${place}.partition`, partition, NEGATIVE_TEXT)] : [];
}
