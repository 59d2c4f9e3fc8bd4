import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { isDnsLabel } from '../../registry/object-names.ts';
import { required } from '../../types/field-error.ts';
import { mustBeNamed } from '../pod-spec/field-rules.ts';
import { mapCauses } from './device-maps.ts';
import { labelCauses } from './device-requests.ts';

/** What several devices share, and how much of it one takes. Source: resource/validation. */

/** Any amount will do. */
type Counters = Readonly<Record<string, { value?: unknown }>>;

export interface CounterSet {
  name?: string;
  counters?: Counters;
}

export interface Consumption {
  counterSet?: string;
  counters?: Counters;
}

const MAX_COUNTERS = 32;
const MAX_LABEL = 63;

export const validateCounterSet = ({ name, counters }: CounterSet, field: string): StatusCause[] => [
  ...mustBeNamed(`${field}.name`, name, isDnsLabel),
  ...validateCounters(counters, `${field}.counters`),
];

export const validateConsumption = ({ counterSet, counters }: Consumption, field: string): StatusCause[] => [
  ...mustBeNamed(`${field}.counterSet`, counterSet, isDnsLabel),
  ...validateCounters(counters, `${field}.counters`),
];

function validateCounters(counters: Counters = {}, field: string): StatusCause[] {
  if (Object.keys(counters).length === 0) return [required(field)];
  return mapCauses(counters, { field, max: MAX_COUNTERS, longestKey: MAX_LABEL, key: labelCauses, item: () => [] });
}
