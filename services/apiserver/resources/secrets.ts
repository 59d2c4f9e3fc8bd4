import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { jsonErrorText } from '../registry/json-error.ts';
import { parseJson } from '../registry/parse-text.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid, required } from '../types/field-error.ts';
import { validateData, validateImmutable } from './immutable-data.ts';

const FIELDS = ['data'];

/** Keys that a type needs. */
const REQUIRED_KEYS: ReadonlyMap<string, string[]> = new Map([
  ['kubernetes.io/tls', ['tls.crt', 'tls.key']],
  ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
  ['kubernetes.io/dockercfg', ['.dockercfg']],
  ['kubernetes.io/ssh-auth', ['ssh-privatekey']],
]);

export const secretStrategy: Strategy = {
  validatesUpdateFirst: true,
  validate: (object) => [...validateData(object, FIELDS), ...missingKeys(object), ...contentErrors(object)],
  validateUpdate: (object, old) => [
    ...(object['type'] === old['type'] ? [] : [invalid('type', object['type'], 'field is immutable')]),
    ...validateImmutable(object, old, FIELDS),
  ],
};

type Data = Record<string, unknown>;

function dataOf(object: Unstructured): Data {
  return typeof object['data'] === 'object' && object['data'] !== null ? (object['data'] as Data) : {};
}

function missingKeys(object: Unstructured): StatusCause[] {
  const keys = REQUIRED_KEYS.get(String(object['type'])) ?? [];
  return keys.filter((key) => !Object.hasOwn(dataOf(object), key)).map((key) => required(`data[${key}]`));
}

const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const BASIC_AUTH_KEYS = ['username', 'password'];
const JSON_KEYS: ReadonlyMap<string, string> = new Map([
  ['kubernetes.io/dockerconfigjson', '.dockerconfigjson'],
  ['kubernetes.io/dockercfg', '.dockercfg'],
]);

function contentErrors(object: Unstructured): StatusCause[] {
  const type = String(object['type']);
  const data = dataOf(object);
  if (type === 'kubernetes.io/service-account-token')
    return object.metadata.annotations?.[ACCOUNT_NAME] ? [] : [required(`metadata.annotations[${ACCOUNT_NAME}]`)];
  if (type === 'kubernetes.io/basic-auth')
    return BASIC_AUTH_KEYS.some((key) => Object.hasOwn(data, key))
      ? []
      : BASIC_AUTH_KEYS.map((key) => required(`data[${key}]`));
  const key = JSON_KEYS.get(type);
  return key !== undefined && Object.hasOwn(data, key) ? jsonErrors(`data[${key}]`, data[key]) : [];
}

/** What is wrong is told without a word of the content but the character where it goes wrong, as upstream. */
function jsonErrors(field: string, value: unknown): StatusCause[] {
  const text = Buffer.from(String(value), 'base64').toString();
  try {
    parseJson(text);
    return [];
  } catch (error) {
    return [invalid(field, '<secret contents redacted>', jsonErrorText(error, text))];
  }
}
