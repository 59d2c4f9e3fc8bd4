import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isQualifiedName } from '../../registry/object-names.ts';
import { duplicate, invalid } from '../../types/field-error.ts';
import { repeated } from '../repeated.ts';
import { listCauses } from './device-names.ts';

/** What a pod waits for before it is bound to the node of a device, and what ends the waiting. Source: resource/validation. */
export interface BindingConditions {
  bindingConditions?: string[];
  bindingFailureConditions?: string[];
}

const MAX_CONDITIONS = 4;

const labelNames = (names: readonly string[], field: string): StatusCause[] =>
  listCauses(names, {
    field,
    max: MAX_CONDITIONS,
    item: (name, at) => causesOf(at, name, isQualifiedName(name)),
  });

export function validateBinding(given: BindingConditions, field: string): StatusCause[] {
  const { bindingConditions: ready = [], bindingFailureConditions: failed = [] } = given;
  const [readyField, failedField] = [`${field}.bindingConditions`, `${field}.bindingFailureConditions`];
  return [
    ...labelNames(ready, readyField),
    ...labelNames(failed, failedField),
    ...againCauses(ready, new Set(), readyField),
    ...againCauses(failed, new Set(ready), failedField),
    ...(ready.length === 0 && failed.length > 0
      ? [invalid(readyField, given.bindingConditions ?? null, needed('bindingConditions', 'bindingFailureConditions'))]
      : []),
    ...(failed.length === 0 && ready.length > 0
      ? [
          invalid(
            failedField,
            given.bindingFailureConditions ?? null,
            needed('bindingFailureConditions', 'bindingConditions'),
          ),
        ]
      : []),
  ];
}

const needed = (one: string, other: string): string => `${one} are required to use ${other}`;

function againCauses(names: readonly string[], others: ReadonlySet<string>, field: string): StatusCause[] {
  const isAgain = repeated(names);
  const text = 'bindingFailureConditions must not overlap with bindingConditions';
  return names.flatMap((name, index) => {
    const at = `${field}[${index}]`;
    return [...(isAgain[index] ? [duplicate(at, name)] : []), ...(others.has(name) ? [invalid(at, name, text)] : [])];
  });
}
