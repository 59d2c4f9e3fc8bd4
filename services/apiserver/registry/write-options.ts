import { newInvalid } from '../../../shared/apis/meta/status-error.ts';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { RequestContext } from '../request.ts';
import { forbidden, notSupported, required, textNotSupported } from '../types/field-error.ts';
import type { FieldValidation } from '../types/field-validation.ts';
import { fieldManagerCauses, fieldManagerOf } from './field-manager.ts';

/** The query parameters that every write has. */
export interface WriteOptions {
  dryRun: boolean;
  fieldValidation: FieldValidation;
  manager: string;
}

/** Throws 400 and 422. A deletion has its own, perhaps in its body. */
export function writeOptionsOf({ info: { verb }, request }: RequestContext): WriteOptions {
  if (verb.startsWith('delete')) return { dryRun: false, fieldValidation: 'Ignore', manager: '' };
  const { query, headers } = request;
  // Most say nothing, a renewal of a lease among them.
  if (query.size === 0 && verb !== 'patch')
    return { dryRun: false, fieldValidation: 'Warn', manager: fieldManagerOf(request) };
  const dryRun = query.getAll('dryRun');
  const fieldValidation = query.get('fieldValidation') || 'Warn';
  const causes = [
    ...(verb === 'patch' ? patchCauses(query, headers['content-type']) : []),
    ...fieldManagerCauses(query),
    ...dryRunCauses(dryRun),
    ...(isFieldValidation(fieldValidation)
      ? []
      : [textNotSupported('fieldValidation', fieldValidation, ['', ...FIELD_VALIDATIONS])]),
  ];
  if (causes.length > 0 || !isFieldValidation(fieldValidation))
    throw newInvalid({ group: 'meta.k8s.io', resource: OPTIONS[verb] ?? 'CreateOptions' }, causes);
  return { dryRun: dryRun.length > 0, fieldValidation, manager: fieldManagerOf(request) };
}

export const dryRunCauses = (values: readonly string[]): StatusCause[] =>
  values.every((value) => value === 'All') ? [] : [notSupported('dryRun', values, ['All'])];

const OPTIONS: Record<string, string> = { update: 'UpdateOptions', patch: 'PatchOptions' };

/** Who applies says as whom, and may force it. */
function patchCauses(query: URLSearchParams, contentType = ''): StatusCause[] {
  if (contentType.startsWith('application/apply-patch'))
    return query.get('fieldManager') ? [] : [required('fieldManager', 'is required for apply patch')];
  return query.has('force') ? [forbidden('force', 'may not be specified for non-apply patch')] : [];
}

const FIELD_VALIDATIONS: readonly FieldValidation[] = ['Ignore', 'Strict', 'Warn'];

const isFieldValidation = (value: string): value is FieldValidation =>
  (FIELD_VALIDATIONS as readonly string[]).includes(value);
