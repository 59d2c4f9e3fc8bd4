import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';
import type { OtherForms } from '../merge/merger.ts';

/**
 * One served resource as data: from the built-in table or from a CRD; handlers can't tell which. Everything generic in the API server (discovery, OpenAPI,
 * field validation, patches, apply, tables, RBAC's idea of names) reads this.
 */
export interface ResourceDefinition {
  group: string;
  version: string;
  kind: string;
  listKind: string;
  /** As in the URL. */
  plural: string;
  singular: string;
  shortNames: string[];
  categories: string[];
  namespaced: boolean;
  /** In discovery's order, e.g. create delete deletecollection get list patch update watch. */
  verbs: string[];
  subresources: SubresourceDefinition[];
  /** Schema of the whole object. */
  schema: Schema;
  resolve: SchemaResolver;
  /** From a CRD (pruned and validated by its structural schema) or built in. */
  source: 'builtin' | 'crd';
  /** Of a CRD: the version's columns after the name. Those of built-in kinds are in `printer-columns.ts`. */
  columns?: PrinterColumn[];
  /** Dotted JSON paths that field selectors may name, besides metadata.name and metadata.namespace. */
  selectableFields: string[];
  /** Of a CRD: all its versions in its order, those that are not served among them. */
  versions?: readonly string[];
  /** A group's preferred version is listed first; versions of one CRD share their storage. */
  storageVersion: string;
  /** How objects lie in the store, where that is not always as this version has them. */
  storedForm?: StoredForm;
  /** As discovery shows it; opaque. */
  storageVersionHash?: string;
  deprecationWarning?: string;
}

/** Between the objects of one version and what is stored. What is given may be changed. */
export interface StoredForm {
  /** The group that they are stored in, if it is another. */
  group?: string;
  /** What was stored after this revision is just as this version has it: its bytes can be sent as they are. Infinity: nothing is. */
  sameAfter: number;
  fromStored(object: Unstructured): Unstructured;
  toStored(object: Unstructured): Unstructured;
  /** What a client sends as this version, as it is taken; absent: as it is. */
  normalizeSent?(object: Unstructured): Unstructured;
  /** What a write can't change stays in `stored` as it was, also where this version has no place for it; absent: it has one for everything. */
  keep?(stored: Unstructured, before: Unstructured, changed: ChangedPart): void;
  /** Versions with other fields, in which owners may know those of an object of this one; absent: there are none. */
  otherForms?(): OtherForms;
}

/** What a write may change besides the metadata; of a deletion nothing. */
export type ChangedPart = 'spec' | 'status' | 'none';

export interface SubresourceDefinition {
  /** `status`, `scale`, `approval`, `finalize`, `token`, … */
  name: string;
  kind: string;
  group: string;
  version: string;
  verbs: string[];
  /** Of `scale` on a CRD. */
  scalePaths?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
}

export interface PrinterColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority: number;
  jsonPath: string;
}

/** The resources served at this moment. Changes when CRDs come and go. */
export interface ResourceCatalog {
  /** By URL: group, version and plural. */
  find(group: string, version: string, plural: string): ResourceDefinition | undefined;
  /** By kind, as in an object's apiVersion and kind. */
  findKind(group: string, version: string, kind: string): ResourceDefinition | undefined;
  /** Every served definition. */
  list(): readonly ResourceDefinition[];
  /** Whether the CRD behind it is being deleted: it is served to the end, but nothing is created any more. */
  isTerminating(definition: ResourceDefinition): boolean;
  /** Raised whenever the catalog changes; the ETag of discovery and OpenAPI documents. */
  generation(): number;
  onChange(listener: () => void): () => void;
}
