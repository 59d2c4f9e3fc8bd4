import type { CustomResourceDefinition } from '../../../shared/apis/apiextensions/v1.ts';
import { resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { apiVersionOf, parseApiVersion } from '../../../shared/apis/resource-type.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { applyDefaults, dropNulls } from './apply-defaults.ts';
import { dropUnknownFields } from './drop-unknown-fields.ts';
import type { StoredForm } from './resource-definition.ts';

/** The storage version's name; the schemas of all versions, those that are not served among them. */
export interface CrdVersions {
  group: string;
  storage: string;
  schemas: ReadonlyMap<string, Schema>;
}

/**
 * How one version of a CRD sees what is stored, with the conversion strategy `None`: between versions only `apiVersion` changes, and the fields that the
 * other version has no place for go. What is stored may be of an older storage version or schema: it is pruned, and gets its version's defaults, when it is read.
 * Source: Kubernetes documentation, "Versions in CustomResourceDefinitions" and "Defaulting".
 */
export function newCrdStoredForm(crd: CustomResourceDefinition, version: string, versions: CrdVersions): StoredForm {
  const { group, storage } = versions;
  return {
    sameAfter: version === storage ? Number(crd.metadata.resourceVersion ?? 0) : Number.POSITIVE_INFINITY,
    fromStored(object) {
      const stored = parseApiVersion(object.apiVersion).version;
      return converted(completed(object, versions.schemas.get(stored)), version, versions);
    },
    toStored: (object) =>
      object.apiVersion === apiVersionOf({ group, version: storage })
        ? object
        : completed(converted(object, storage, versions), versions.schemas.get(storage)),
  };
}

function completed(object: Unstructured, schema: Schema | undefined): Unstructured {
  if (!schema) return object;
  const known = pruned(object, schema);
  applyDefaults(dropNulls(known, schema, resolveBuiltin), schema, resolveBuiltin);
  return known;
}

function converted(object: Unstructured, version: string, { group, schemas }: CrdVersions): Unstructured {
  const apiVersion = apiVersionOf({ group, version });
  if (object.apiVersion === apiVersion) return object;
  const schema = schemas.get(version);
  const renamed = { ...object, apiVersion };
  return schema ? pruned(renamed, schema) : renamed;
}

const pruned = (object: Unstructured, schema: Schema): Unstructured =>
  dropUnknownFields(object, { schema, resolve: resolveBuiltin }, { asGo: false }).value as Unstructured;
