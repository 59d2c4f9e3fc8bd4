import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { apiVersionOf } from '../../../shared/apis/resource-type.ts';
import type { AdmissionContext, GroupVersionKind } from '../registry/registry.ts';
import type { ResourceCatalog, ResourceDefinition } from '../types/resource-definition.ts';

/**
 * One of the forms in which the same stored objects are seen: events have two groups, autoscalers and custom resources several versions. A policy that names one of them is asked about requests
 * through the others too, with the object as that one has it. Source: Kubernetes documentation, "Matching requests: matchPolicy"; apimachinery, `runtime/mapper.go`.
 */
export interface ResourceForm {
  group: string;
  version: string;
  plural: string;
  kind: GroupVersionKind;
  /** The object as this form has it; what is given stays as it is. */
  convert: (object: Unstructured) => Unstructured;
}

/** The form that the request came in. */
export function requestedForm(context: AdmissionContext): ResourceForm {
  const { group, version, plural } = context.definition;
  return { group, version, plural, kind: kindOf(context), convert: same };
}

function kindOf({ definition, kind: { group, version, kind } = definition }: AdmissionContext): GroupVersionKind {
  return { group, version, kind };
}

/** All others, in upstream's order. */
export function equivalentForms(catalog: ResourceCatalog, context: AdmissionContext): readonly ResourceForm[] {
  const { definition } = context;
  const own = definition.source === 'crd' ? customForms(definition) : builtinForms(catalog, definition);
  return context.subresource === '' ? own : own.flatMap((form) => throughSubresource(catalog, context, form));
}

const same = (object: Unstructured): Unstructured => object;

/** Conversion changes `apiVersion` alone. Versions that are not served count too. */
function customForms({ group, version: asked, versions = [], plural, kind }: ResourceDefinition): ResourceForm[] {
  return versions
    .filter((version) => version !== asked)
    .map((version) => ({
      group,
      version,
      plural,
      kind: { group, version, kind },
      convert: (object) => ({ ...object, apiVersion: apiVersionOf({ group, version }) }),
    }));
}

/** Definitions that are built in never change. */
const builtinFormsOf = new WeakMap<ResourceDefinition, readonly ResourceForm[]>();

function builtinForms(catalog: ResourceCatalog, definition: ResourceDefinition): readonly ResourceForm[] {
  const known = builtinFormsOf.get(definition);
  if (known) return known;
  const forms = catalog
    .list()
    .filter((other) => other !== definition && isStoredWith(definition, other))
    .map((other) => formOf(definition, other));
  builtinFormsOf.set(definition, forms);
  return forms;
}

const storageGroup = ({ storedForm, group }: ResourceDefinition): string => storedForm?.group ?? group;

const isStoredWith = (one: ResourceDefinition, other: ResourceDefinition): boolean =>
  other.source === 'builtin' && other.plural === one.plural && storageGroup(other) === storageGroup(one);

function formOf(from: ResourceDefinition, to: ResourceDefinition): ResourceForm {
  const { group, version, plural, kind } = to;
  const convert = (object: Unstructured): Unstructured => {
    const copy = structuredClone(object);
    const stored = from.storedForm ? from.storedForm.toStored(copy) : copy;
    const seen = to.storedForm ? to.storedForm.fromStored(stored) : stored;
    return { ...seen, kind, apiVersion: apiVersionOf(to) };
  };
  return { group, version, plural, kind: { group, version, kind }, convert };
}

/** None where that version does not have the subresource; a kind of the subresource's own is the same in all of them. */
function throughSubresource(catalog: ResourceCatalog, context: AdmissionContext, form: ResourceForm): ResourceForm[] {
  const { definition, subresource } = context;
  const kind = kindOf(context);
  const served = catalog.find(form.group, form.version, form.plural);
  if (served && !served.subresources.some(({ name }) => name === subresource)) return [];
  return kind.kind === definition.kind ? [form] : [{ ...form, kind, convert: same }];
}
