import type { StatusCause, Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { duplicate, required } from '../../types/field-error.ts';
import { repeated } from '../repeated.ts';

/** Of a condition of flow control only its type is looked at, and that there is one of each. */
export function conditionTypeCauses(object: Unstructured): StatusCause[] {
  const { conditions = [] } = (object['status'] ?? {}) as { conditions?: { type?: string }[] };
  const types = conditions.map(({ type = '' }) => type);
  const isAgain = repeated(types);
  return types.flatMap((type, index) => {
    const field = `status.conditions[${index}].type`;
    return [...(isAgain[index] ? [duplicate(field, type)] : []), ...(type === '' ? [required(field)] : [])];
  });
}
