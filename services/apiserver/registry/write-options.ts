import { newInvalid } from '../../../shared/apis/meta/status-error.ts';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { RequestContext } from '../request.ts';
import { notSupported } from '../types/field-error.ts';
import type { FieldValidation } from '../types/field-validation.ts';
import { fieldManagerOf } from './field-manager.ts';

/** The query parameters that every write has. */
export interface WriteOptions {
  dryRun: boolean;
  fieldValidation: FieldValidation;
  manager: string;
}

/** Throws 400 and 422. A deletion has its own, perhaps in its body. */
export function writeOptionsOf(context: RequestContext): WriteOptions {
  const { query } = context.request;
  if (context.info.verb.startsWith('delete')) return { dryRun: false, fieldValidation: 'Ignore', manager: '' };
  const kind = OPTIONS[context.info.verb] ?? 'CreateOptions';
  return {
    dryRun: isDryRun(query.getAll('dryRun'), kind),
    fieldValidation: fieldValidationOf(query.get('fieldValidation'), kind),
    manager: fieldManagerOf(context),
  };
}

/** `kind`: of the options, for messages. */
function isDryRun(values: readonly string[], kind: string): boolean {
  const causes = dryRunCauses(values);
  if (causes.length > 0) throw newInvalid({ group: 'meta.k8s.io', resource: kind }, causes);
  return values.length > 0;
}

export const dryRunCauses = (values: readonly string[]): StatusCause[] =>
  values.every((value) => value === 'All') ? [] : [notSupported('dryRun', values, ['All'])];

const OPTIONS: Record<string, string> = { update: 'UpdateOptions', patch: 'PatchOptions' };

function fieldValidationOf(value: string | null, kind: string): FieldValidation {
  if (value === null || value === '') return 'Warn';
  if (value === 'Ignore' || value === 'Warn' || value === 'Strict') return value;
  const causes = [notSupported('fieldValidation', value, ['', 'Ignore', 'Strict', 'Warn'])];
  throw newInvalid({ group: 'meta.k8s.io', resource: kind }, causes);
}
