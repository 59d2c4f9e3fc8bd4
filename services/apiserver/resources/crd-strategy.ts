import type { CustomResourceDefinition } from '../../../shared/apis/apiextensions/v1.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isEqual } from '../merge/json-value.ts';
import { timestamp } from '../registry/registry.ts';
import type { Strategy, WriteContext } from '../registry/strategy.ts';
import { ALL_FIXED } from '../registry/subresource-rules.ts';
import {
  establishCrd,
  markCrdForDeletion,
  prepareCrdForCreate,
  prepareCrdForUpdate,
} from './custom-resource-definitions.ts';
import { formatWarnings, settleSchemas } from './definition-schemas.ts';
import { validateCrd, validateCrdUpdate, validateNewCrd } from './validate-custom-resource-definition.ts';

/** CustomResourceDefinitions are established as they are written; deleting one waits for its objects. */

const PREFIX = '/apiextensions.k8s.io/customresourcedefinitions/';

export const customResourceDefinitionStrategy: Strategy = {
  allowsUnconditionalUpdate: false,
  deletesPlainly: true,
  fixedInStatus: ALL_FIXED,
  prepareForCreate(object, write) {
    settleSchemas(crdOf(object));
    replace(object, established(prepareCrdForCreate(crdOf(object)), write));
  },
  prepareForUpdate(object, old, write) {
    // What was stored before it was looked at so closely does not keep anybody from changing the metadata.
    if (!isEqual(object['spec'], old['spec'])) settleSchemas(crdOf(object));
    replace(object, established(prepareCrdForUpdate(crdOf(object), crdOf(old)), write));
  },
  warningsOf: (object, old) => formatWarnings(crdOf(object), old && crdOf(old)),
  validateCreate: (object) => [...validateCrd(crdOf(object)), ...validateNewCrd(crdOf(object))],
  validateUpdate: (object, old) => [
    ...validateCrd(crdOf(object), crdOf(old)),
    ...validateCrdUpdate(crdOf(object), crdOf(old)),
  ],
  prepareForDelete: (object, nowMs) => replace(object, markCrdForDeletion(crdOf(object), timestamp(nowMs))),
};

function established(crd: CustomResourceDefinition, { registry, nowMs }: WriteContext): CustomResourceDefinition {
  const { entries } = registry.storage.list({ prefix: PREFIX });
  const all = entries.map(({ value }): CustomResourceDefinition => JSON.parse(Buffer.from(value).toString()));
  return establishCrd(crd, all, timestamp(nowMs));
}

/** Validation comes after the preparation, so that this may be any object that decoded. */
function crdOf(object: Unstructured): CustomResourceDefinition {
  return object as unknown as CustomResourceDefinition;
}

function replace(object: Unstructured, crd: CustomResourceDefinition): void {
  Object.assign(object, crd);
}
