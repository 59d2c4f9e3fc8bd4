import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isLabelValue, isQualifiedName } from '../../registry/object-names.ts';
import { mustBeOneOf } from '../pod-spec/field-rules.ts';

/** What keeps claims from a device that don't tolerate it. Source: resource/validation. */
export interface Taint {
  key?: string;
  value?: string;
  effect?: string;
  timeAdded?: string;
}

export const TAINT_EFFECTS = ['NoExecute', 'NoSchedule', 'None'];

export function validateTaint({ key = '', value = '', effect }: Taint, field: string): StatusCause[] {
  return [
    ...causesOf(`${field}.key`, key, isQualifiedName(key)),
    ...causesOf(`${field}.value`, value, isLabelValue(value)),
    ...mustBeOneOf(`${field}.effect`, effect, TAINT_EFFECTS),
  ];
}
