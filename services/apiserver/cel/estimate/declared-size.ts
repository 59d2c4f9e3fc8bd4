import type { Schema } from '../../../../shared/apis/schema.ts';
import { escapedName } from '../escaped-name.ts';
import { propertiesOf } from '../schema-type.ts';

/**
 * What a schema says of how large its values can be, or else what the size of a request says. Source: k8s.io/apiserver, `pkg/cel/common/schemas.go` and `pkg/cel/limits.go`.
 */
export interface DeclaredSize {
  /** Characters, items or entries; zero of what has none. */
  most: bigint;
  /** In bytes of JSON. */
  least: number;
  /** By the names that rules write. */
  field?: (name: string) => DeclaredSize | undefined;
  item?: DeclaredSize;
  key?: DeclaredSize;
  /** Of the whole: the variable that has it, where what is of no variable has no size. */
  variable?: string;
}

/** The largest request, in bytes. */
export const REQUEST = 3 * 1024 * 1024;
const LONGEST_TEXT = REQUEST - 2;

const known = { resources: new WeakMap<Schema, Found>(), others: new WeakMap<Schema, Found>() };
type Found = { size: DeclaredSize | undefined };

/** None of what rules do not see. `isResource`: of a whole object. */
export function declaredSize(schema: Schema, isResource: boolean): DeclaredSize | undefined {
  const sizes = isResource ? known.resources : known.others;
  const found = sizes.get(schema) ?? { size: newSize(schema, isResource) };
  sizes.set(schema, found);
  return found.size;
}

const partSize = (schema: Schema): DeclaredSize | undefined =>
  declaredSize(schema, schema['x-kubernetes-embedded-resource'] === true);

const count = (value: number): bigint => BigInt(Math.max(0, Math.trunc(value)));
const plain = (most: bigint | number, least: number): DeclaredSize => ({ most: BigInt(most), least });

function newSize(schema: Schema, isResource: boolean): DeclaredSize | undefined {
  if (schema['x-kubernetes-int-or-string']) return plain(charactersOf(schema) ?? LONGEST_TEXT, 1);
  switch (isResource ? 'object' : schema.type) {
    case 'array':
      return listSize(schema);
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? mapSize(schema, schema.additionalProperties)
        : objectSize(schema, isResource);
    case 'string':
      return textSize(schema);
    case 'boolean':
      return plain(0, 4);
    case 'number':
    case 'integer':
      return plain(0, 1);
    default:
      return undefined;
  }
}

/** A list or a map can always be written in two characters. */
const EMPTY = 2;

function listSize({ items, maxItems }: Schema): DeclaredSize | undefined {
  const item = items && partSize(items);
  if (!item) return undefined;
  const most = maxItems ?? (REQUEST - 2) / (item.least + 1);
  return { most: count(most), least: EMPTY, item };
}

function mapSize({ maxProperties }: Schema, values: Schema): DeclaredSize | undefined {
  const item = partSize(values);
  if (!item) return undefined;
  const most = maxProperties ?? (REQUEST - 2) / (item.least + 6);
  return { most: count(most), least: EMPTY, item, key: plain(0, 2) };
}

function objectSize(schema: Schema, isResource: boolean): DeclaredSize {
  const properties = Object.entries(propertiesOf(schema, isResource));
  const byName = new Map(properties.map(([name, property]) => [escapedName(name) ?? '', property]));
  const required = new Set(schema.required);
  const needed = properties.filter(([name, { default: value }]) => required.has(name) && (value ?? null) === null);
  const least = needed.reduce((all, [name, property]) => {
    const part = partSize(property);
    return part ? all + Buffer.byteLength(name) + part.least + 4 : all;
  }, EMPTY);
  const field = (name: string): DeclaredSize | undefined => {
    const property = name === '' ? undefined : byName.get(name);
    return property && partSize(property);
  };
  return { ...plain(0, least), field };
}

/** A character has up to four bytes. */
const charactersOf = ({ maxLength }: Schema): bigint | undefined =>
  maxLength === undefined ? undefined : BigInt.asUintN(64, count(maxLength) * 4n);

function textSize(schema: Schema): DeclaredSize {
  const { format = '', maxLength, enum: values = [] } = schema;
  const time = Object.hasOwn(TIMES, format) ? TIMES[format] : undefined;
  if (time) return plain(...time);
  if (format === 'byte') return plain(maxLength === undefined ? LONGEST_TEXT : count(maxLength), EMPTY);
  const longer = (longest: number, value: unknown): number =>
    typeof value === 'string' ? Math.max(longest, Buffer.byteLength(value)) : longest;
  const longest = values.length > 0 ? values.reduce<number>(longer, 0) : LONGEST_TEXT;
  return plain(charactersOf(schema) ?? longest, EMPTY);
}

/** The longest and the shortest way to write one. */
const TIMES: Readonly<Record<string, [most: number, least: number]>> = {
  duration: [32, 3],
  date: [12, 12],
  'date-time': [32, 21],
};

/** The most that there can be where `names` lead from `root`; what the first of them is makes no difference where `root` names no variable. */
export function sizeAt(root: DeclaredSize, names: readonly string[]): bigint | undefined {
  if (root.variable !== undefined && names[0] !== root.variable) return undefined;
  let size: DeclaredSize | undefined = root;
  for (const name of names.slice(1)) {
    if (name === '@items' || name === '@values') size = size.item;
    else if (name === '@keys') size = size.key;
    else size = size.field?.(name);
    if (!size) return undefined;
  }
  return size.most;
}

/** How often what takes at least so much can be in one object, where nothing limits it. */
export const mostOften = ({ least }: DeclaredSize): bigint => BigInt(Math.floor(REQUEST / (least + 1)));
