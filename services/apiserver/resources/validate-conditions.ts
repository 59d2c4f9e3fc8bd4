import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isQualifiedName } from '../registry/object-names.ts';
import { duplicate, invalid, notSupported, required, tooLong } from '../types/field-error.ts';
import { repeated } from './repeated.ts';

/** Conditions of the kinds that hold those of `meta/v1`. Source: apimachinery, apis/meta/v1/validation. */
export interface Condition {
  type?: string;
  status?: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string | null;
  observedGeneration?: number;
}

const STATUSES = ['False', 'True', 'Unknown'];
const REASON = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const REASON_FORM = new RegExp(`^${REASON}$`);
const REASON_TEXT = `a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '${REASON}')`;
const MAX_REASON = 1024;
const MAX_MESSAGE = 32 * 1024;

export function validateConditions(conditions: readonly Condition[], field: string): StatusCause[] {
  const isAgain = repeated(conditions.map(({ type = '' }) => type));
  return conditions.flatMap((condition, index) => {
    const at = `${field}[${index}]`;
    const { type = '', message = '', status = '', observedGeneration: generation = 0 } = condition;
    return [
      ...(isAgain[index] ? [duplicate(`${at}.type`, type)] : []),
      ...causesOf(`${at}.type`, type, isQualifiedName(type)),
      ...(STATUSES.includes(status) ? [] : [notSupported(`${at}.status`, status, STATUSES)]),
      ...(generation < 0
        ? [invalid(`${at}.observedGeneration`, generation, 'must be greater than or equal to zero')]
        : []),
      ...(condition.lastTransitionTime ? [] : [required(`${at}.lastTransitionTime`)]),
      ...validateReason(condition.reason ?? '', `${at}.reason`),
      ...(message.length > MAX_MESSAGE ? [tooLong(`${at}.message`, MAX_MESSAGE)] : []),
    ];
  });
}

function validateReason(reason: string, field: string): StatusCause[] {
  if (reason === '') return [required(field)];
  return [
    ...(REASON_FORM.test(reason) ? [] : [invalid(field, reason, REASON_TEXT)]),
    ...(reason.length > MAX_REASON ? [tooLong(field, MAX_REASON)] : []),
  ];
}
