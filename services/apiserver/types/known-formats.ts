import type { Schema } from '../../../shared/apis/schema.ts';

/** The formats that a structural schema's values can have. Others are taken for none. Source: apiextensions-apiserver, validation/formats.go. */

/** Of texts, without hyphens. */
const TEXTS = new Set(
  (
    'bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn hexcolor rgbcolor ' +
    'byte password date duration datetime k8sshortname k8slongname'
  ).split(' '),
);
const NUMBERS = new Map([
  ['integer', ['int32', 'int64']],
  ['number', ['float', 'double']],
]);

export const isKnownFormat = (type: string, format: string): boolean =>
  type === 'string' ? TEXTS.has(format.replaceAll('-', '')) : NUMBERS.get(type)?.includes(format) === true;

/** Undefined also for one that its type does not have. */
export const knownFormat = ({ type = 'string', format = '' }: Schema): string | undefined =>
  isKnownFormat(type, format) ? format : undefined;
