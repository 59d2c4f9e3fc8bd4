/**
 * The form of the data files in `data/`: the built-in types of Kubernetes as names, numbers and types. Written by
 * `scripts/generate-builtin.ts`, expanded to `Schema` by `expand-definition.ts`, one definition at a time when it is needed.
 */

/** One file: an API group with all of its versions, or (`meta`) what all groups share. */
export interface GroupTable {
  /** `''` for core. */
  group: string;
  /** The most preferred first; empty for `meta`. */
  versions: VersionTable[];
  /** By OpenAPI name without its `io.k8s.` prefix. */
  definitions: Record<string, DefinitionCode>;
}

export interface VersionTable {
  version: string;
  resources: ResourceRow[];
}

export interface ResourceRow {
  name: string;
  kind: string;
  singular: string;
  namespaced: boolean;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
  storageVersionHash?: string;
  /** Name of the definition of the whole object. */
  schema: string;
  subresources?: SubresourceRow[];
}

export interface SubresourceRow {
  name: string;
  kind: string;
  verbs: string[];
  /** Only where they differ from the resource's. */
  group?: string;
  version?: string;
}

/**
 * A type expression (a definition that is not an object), or an object's fields. A field is `<number>[!][?|^] <type>[ <attribute>…]`:
 * - number: of the protobuf field; `2.7` is field 7 of the message in field 2 (JSON inlines it); `0` is not in protobuf;
 * - `!`: required;
 * - `?`: Go leaves it out when it is zero or empty; `^`: Go writes null when it is absent;
 * - type: `string`, `boolean`, `integer`, `number`, a format (`int32`, `int64`, `double`, `byte`, `date-time`, …), `object`, `any`,
 *   the name of a definition (it has a dot), `[]T` or `{}T`; a trailing `~` says that the default is the type's zero value;
 * - attributes: `list=`, `keys=`, `map=`, `patch=`, `key=` (x-kubernetes-list-type, -list-map-keys, -map-type, -patch-strategy,
 *   -patch-merge-key), `default=<json>`, what Go calls it when a value does not fit: `in=` the embedded structs around it, `go=` its type,
 *   and `enum=` the values that it may have (of a list or map: each item; `_` is a space), which are published and not enforced here;
 *   `ref=bare` where a reference is published without anything around it.
 */
export type DefinitionCode = string | ObjectCode;

export interface ObjectCode {
  fields: Record<string, string>;
  /** The required fields, where their order is not that of the names. */
  required?: string[];
  /** x-kubernetes-group-version-kind as `[group, version, kind]`. */
  kinds?: string[][];
  /** `<group>/<version>` where the same kinds are published once more. */
  alsoIn?: string[];
  /** x-kubernetes-map-type. */
  map?: string;
  /** x-kubernetes-unions, as published. */
  unions?: unknown[];
}
