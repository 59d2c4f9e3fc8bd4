import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { forbidden, invalid, notSupported, required } from './field-error.ts';
import type { AnySchema } from './general-schema.ts';
import { propertyOf } from './property-of.ts';

/** What `x-kubernetes-list-type` and `x-kubernetes-list-map-keys` ask of a schema. Source: apiextensions-apiserver, validation. */

const LIST_TYPES = ['atomic', 'set', 'map'];

export function listSchemaErrors(schema: AnySchema, path: string): StatusCause[] {
  const { type, 'x-kubernetes-list-type': listType } = schema;
  if (listType === undefined) return keysErrors(schema, path);
  const why = 'must be array if x-kubernetes-list-type is specified';
  const item = itemOf(schema);
  const isKnown = LIST_TYPES.includes(listType);
  const isSet = listType === 'set' && type === 'array';
  return [
    ...(type === 'array' ? [] : [type ? invalid(`${path}.type`, type, why) : required(`${path}.type`, why)]),
    ...(isSet && item ? setItemErrors(item, `${path}.items`) : []),
    ...(isKnown ? [] : [notSupported(`${path}.x-kubernetes-list-type`, listType, LIST_TYPES)]),
    ...keysErrors(schema, path),
    ...(listType === 'map' ? mapErrors(schema, path) : []),
    ...(item?.nullable && listType !== 'atomic' && isKnown
      ? [forbidden(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`)]
      : []),
  ];
}

const itemOf = ({ items }: AnySchema): Schema | undefined =>
  items && !Array.isArray(items) ? (items as Schema) : undefined;

/** What is the same only as a whole. */
function setItemErrors(item: Schema, path: string): StatusCause[] {
  const { type, 'x-kubernetes-list-type': listType = 'atomic', 'x-kubernetes-map-type': mapType } = item;
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  if (type === 'array' && listType !== 'atomic') return [invalid(`${path}.x-kubernetes-list-type`, listType, why)];
  // Upstream shows the type of the list here, too.
  const shown = item['x-kubernetes-list-type'] ?? null;
  return type === 'object' && mapType !== 'atomic' ? [invalid(`${path}.x-kubernetes-map-type`, shown, why)] : [];
}

function keysErrors({ 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': keys }: AnySchema, path: string) {
  const field = `${path}.x-kubernetes-list-type`;
  const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
  if (!keys?.length || type === 'map') return [];
  return [type === undefined ? required(field, why) : invalid(field, type, why)];
}

function mapErrors(schema: AnySchema, path: string): StatusCause[] {
  const { items, 'x-kubernetes-list-map-keys': keys = [] } = schema;
  const item = itemOf(schema);
  const onlyOne = 'must only have a single schema if x-kubernetes-list-type is map';
  const notObject = "must be object if parent array's x-kubernetes-list-type is map";
  return [
    ...(keys.length === 0
      ? [required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map')]
      : []),
    ...(items ? [] : [required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')]),
    ...(items && !item ? [invalid(`${path}.items`, items, onlyOne)] : []),
    ...(item && item.type !== 'object' ? [invalid(`${path}.items.type`, item.type ?? '', notObject)] : []),
    ...(item ? keys.flatMap((key, index) => keyErrors(item, { key, keys, index, path })) : []),
  ];
}

interface Key {
  key: string;
  keys: string[];
  index: number;
  path: string;
}

function keyErrors(item: Schema, { key, keys, index, path }: Key): StatusCause[] {
  const property = propertyOf(item, key);
  const field = `${path}.x-kubernetes-list-map-keys`;
  const place = `${path}.items.properties[${key}]`;
  const isScalar = property?.type !== 'array' && property?.type !== 'object';
  const needed = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
  const nullable = 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable';
  const isSafe = !property || property.default !== undefined || item.required?.includes(key);
  const scalar = "must be a scalar type if parent array's x-kubernetes-list-type is map";
  const isObject = item.type === 'object';
  return [
    ...(isObject && property && !isScalar ? [invalid(`${place}.type`, item.type, scalar)] : []),
    ...(isObject && !property ? [invalid(field, keys, 'entries must all be names of item properties')] : []),
    ...(isObject && keys.indexOf(key) < index ? [invalid(field, keys, 'must not contain duplicate entries')] : []),
    ...(isSafe ? [] : [required(`${place}.default`, needed)]),
    ...(property?.nullable ? [forbidden(`${place}.nullable`, nullable)] : []),
  ];
}
