import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';
import { isJsonObject, isScalar } from './json-value.ts';

/**
 * How a schema's values are merged and owned: which of scalar, list and map it allows, and whether lists and maps are one field (atomic) or many.
 * After kube-openapi's `schemaconv`, which derives the same from the same extensions.
 */
export interface Atom {
  readonly scalar: ScalarKind | undefined;
  readonly list: ListAtom | undefined;
  readonly map: MapAtom | undefined;
}

export type ScalarKind = 'numeric' | 'string' | 'boolean' | 'untyped';

export interface ListAtom {
  readonly atomic: boolean;
  /** Of an associative list; none: a set. */
  readonly keys: readonly string[];
  readonly element: TypeRef;
}

export interface MapAtom {
  readonly atomic: boolean;
  /** Declared fields. Owning one's content does not make its name a member. */
  field(name: string): TypeRef | undefined;
  /** Of keys that are not declared; undefined where there must be none. */
  readonly element: TypeRef | undefined;
}

/** A type, resolved when it is first needed (schemas can refer to themselves). */
export interface TypeRef {
  atom(): Atom;
  readonly default: unknown;
}

function lazy(make: () => Atom, defaultValue?: unknown): TypeRef {
  let made: Atom | undefined;
  return {
    atom: () => {
      made ??= make();
      return made;
    },
    default: defaultValue,
  };
}

const noFields = (): undefined => undefined;

/** Anything, as one field. */
const untypedAtomic: TypeRef = lazy(() => ({
  scalar: 'untyped',
  list: { atomic: true, keys: [], element: untypedAtomic },
  map: { atomic: true, field: noFields, element: untypedAtomic },
}));

/** Anything: maps by their keys, lists as one field. */
const deduced: TypeRef = lazy(() => ({
  scalar: 'untyped',
  list: { atomic: true, keys: [], element: untypedAtomic },
  map: { atomic: false, field: noFields, element: deduced },
}));

/** Whether every value is of the type. */
export const isAnything = (type: TypeRef): boolean => type === untypedAtomic || type === deduced;

/** What becomes of fields that a schema does not declare. Inlined schemas inherit it from those around them. */
type UnknownFields = 'pruned' | 'preserved';

type Types = Record<UnknownFields, WeakMap<Schema, TypeRef>>;
const known = new WeakMap<SchemaResolver, Types>();

function typesOf(resolve: SchemaResolver): Types {
  const types = known.get(resolve) ?? { pruned: new WeakMap(), preserved: new WeakMap() };
  known.set(resolve, types);
  return types;
}

/** The type of a schema. The same for the same schema and resolver, so that nothing is derived twice. */
export function typeOf(schema: Schema, resolve: SchemaResolver, unknown: UnknownFields = 'pruned'): TypeRef {
  const types = typesOf(resolve)[unknown];
  const type = types.get(schema) ?? newType(schema, resolve, unknown);
  types.set(schema, type);
  return type;
}

function referenceOf(schema: Schema): Schema {
  const [only] = schema.allOf?.length === 1 ? schema.allOf : [];
  return only?.$ref && !schema.$ref ? only : schema;
}

const anyScalar: Atom = { scalar: 'untyped', list: undefined, map: undefined };

function newType(schema: Schema, resolve: SchemaResolver, unknown: UnknownFields): TypeRef {
  const reference = referenceOf(schema);
  if (reference.$ref?.endsWith('.runtime.RawExtension')) return untypedAtomic;
  if (/\.(Quantity|IntOrString)$/.test(reference.$ref ?? '')) return lazy(() => anyScalar, schema.default);
  const mapType = schema['x-kubernetes-map-type'];
  return lazy(() => {
    // What a definition refers to starts afresh; only inlined schemas inherit that unknown fields are preserved.
    const resolved = resolve(reference);
    const atom = atomOf(resolved, resolve, reference.$ref ? 'pruned' : unknown);
    return mapType && atom.map ? { ...atom, map: { ...atom.map, atomic: mapType === 'atomic' } } : atom;
  }, schema.default);
}

function atomOf(schema: Schema, resolve: SchemaResolver, inherited: UnknownFields): Atom {
  const unknown = schema['x-kubernetes-preserve-unknown-fields'] ? 'preserved' : inherited;
  const list = (): ListAtom => listAtom(schema, resolve, unknown);
  const map = (): MapAtom => mapAtom(schema, resolve, unknown);
  switch (schema.type) {
    case undefined:
      return { scalar: 'untyped', list: list(), map: map() };
    case 'object':
      return { scalar: undefined, list: undefined, map: map() };
    case 'array':
      return { scalar: undefined, list: list(), map: undefined };
    case 'integer':
    case 'number':
      return { scalar: 'numeric', list: undefined, map: undefined };
    case 'boolean':
      return { scalar: 'boolean', list: undefined, map: undefined };
    default: {
      const plain = schema.format === undefined || schema.format === '' || schema.format === 'byte';
      return { scalar: plain ? 'string' : 'untyped', list: undefined, map: undefined };
    }
  }
}

/** An associative list's keys (none: a set); undefined: atomic. Lists that only know strategic merge are merged by its key. */
function associationOf(schema: Schema): readonly string[] | undefined {
  const listType = schema['x-kubernetes-list-type'];
  if (listType === 'map') return schema['x-kubernetes-list-map-keys'] ?? [];
  if (listType !== undefined) return listType === 'set' ? [] : undefined;
  const strategy = schema['x-kubernetes-patch-strategy'] ?? '';
  if (!strategy.split(',').includes('merge')) return undefined;
  const mergeKey = schema['x-kubernetes-patch-merge-key'];
  return mergeKey ? [mergeKey] : [];
}

function listAtom(schema: Schema, resolve: SchemaResolver, unknown: UnknownFields): ListAtom {
  const keys = associationOf(schema);
  const element = schema.items ? typeOf(schema.items, resolve, unknown) : untypedAtomic;
  return { atomic: keys === undefined, keys: keys ?? [], element };
}

function mapAtom(schema: Schema, resolve: SchemaResolver, unknown: UnknownFields): MapAtom {
  const properties = propertiesOf(schema);
  const fields = new Map(Object.entries(properties).map(([name, field]) => [name, typeOf(field, resolve, unknown)]));
  return {
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    field: (name) => fields.get(name),
    element: elementOf(schema, resolve, { unknown, hasFields: fields.size > 0 }),
  };
}

const embeddedProperties: Record<string, Schema> = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: { type: 'object' },
};

function propertiesOf(schema: Schema): Record<string, Schema> {
  const own = schema.properties ?? {};
  return schema['x-kubernetes-embedded-resource'] ? { ...embeddedProperties, ...own } : own;
}

function elementOf(
  schema: Schema,
  resolve: SchemaResolver,
  { unknown, hasFields }: { unknown: UnknownFields; hasFields: boolean },
): TypeRef | undefined {
  const additional = schema.additionalProperties;
  if (additional === undefined) return unknown === 'preserved' || !hasFields ? deduced : undefined;
  if (typeof additional === 'object') return typeOf(additional, resolve, unknown);
  return additional ? deduced : undefined;
}

/** The type below a key of a map. What is not declared is read as anything: to refuse it is validation's matter. */
export function fieldType(map: MapAtom, name: string): TypeRef {
  return map.field(name) ?? map.element ?? deduced;
}

/** The atom with only the alternative that the value is; as it is for absent values, null, and values that it does not allow. */
export function deduceAtom(atom: Atom, value: unknown): Atom {
  if (isScalar(value) && atom.scalar) return { scalar: atom.scalar, list: undefined, map: undefined };
  if (Array.isArray(value) && atom.list) return { scalar: undefined, list: atom.list, map: undefined };
  if (isJsonObject(value) && atom.map) return { scalar: undefined, list: undefined, map: atom.map };
  return atom;
}

export const isSameAtom = (a: Atom, b: Atom): boolean => a.scalar === b.scalar && a.list === b.list && a.map === b.map;
