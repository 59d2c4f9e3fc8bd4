import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid, required } from '../types/field-error.ts';
import { validateData, validateImmutable } from './immutable-data.ts';

const FIELDS = ['data'];

/** Keys that a type needs. */
const REQUIRED_KEYS: Record<string, string[]> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

export const secretStrategy: Strategy = {
  validatesUpdateFirst: true,
  validate: (object) => [...validateData(object, FIELDS), ...missingKeys(object)],
  validateUpdate: (object, old) => [
    ...(object['type'] === old['type'] ? [] : [invalid('type', object['type'], 'field is immutable')]),
    ...validateImmutable(object, old, FIELDS),
  ],
};

function missingKeys(object: Unstructured): StatusCause[] {
  const data = typeof object['data'] === 'object' && object['data'] !== null ? object['data'] : {};
  const keys = REQUIRED_KEYS[String(object['type'])] ?? [];
  return keys.filter((key) => !Object.hasOwn(data, key)).map((key) => required(`data[${key}]`));
}
