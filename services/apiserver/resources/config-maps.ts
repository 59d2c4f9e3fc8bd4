import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid } from '../types/field-error.ts';
import { validateData, validateImmutable } from './immutable-data.ts';

const FIELDS = ['data', 'binaryData'];

export const configMapStrategy: Strategy = {
  validate: (object) => [...keysInBoth(object), ...validateData(object, FIELDS)],
  validateUpdate: (object, old) => validateImmutable(object, old, FIELDS),
};

function keysInBoth({ data, binaryData }: Unstructured): StatusCause[] {
  const binary = new Set(Object.keys({ ...(binaryData as object) }));
  return Object.keys({ ...(data as object) })
    .filter((key) => binary.has(key))
    .map((key) => invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
}
