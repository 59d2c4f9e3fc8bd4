import type { ObjectMeta, StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { dropNulls } from '../types/apply-defaults.ts';
import { defaultObject } from '../types/defaults/default-object.ts';
import { checkFields, type FieldValidation } from '../types/field-validation.ts';
import { validateCustomResource } from '../types/validate-custom-resource.ts';
import { STANDARD_FINALIZERS } from './validate-metadata.ts';
import type { WriteRequest } from './write-request.ts';

/** What decoding does to an object that a client wrote or patched: unknown fields go (or are refused), defaults come.
 * `found`: what reading the text has found, such as fields that it holds twice. Throws 400. */
export function completed(
  request: WriteRequest,
  object: Unstructured,
  found: (mode: FieldValidation) => readonly string[] = () => [],
): Unstructured {
  const { source, schema, resolve } = request.target.definition;
  return decoded(request, object, found, (known) => {
    if (source === 'crd') dropNulls(known, schema, resolve);
  });
}

/** As `completed`, of what an applied configuration was merged into: nobody is told of its fields, and what it says of null stands. */
export function completedMerge(request: WriteRequest, merged: Unstructured): Unstructured {
  const quiet = { ...request, options: { ...request.options, fieldValidation: 'Ignore' as const } };
  return decoded(quiet, merged, () => []);
}

function decoded(
  { target, options, context }: WriteRequest,
  object: Unstructured,
  found: (mode: FieldValidation) => readonly string[],
  prepare: (known: Unstructured) => void = () => {},
): Unstructured {
  const { definition } = target;
  const { fieldValidation } = options;
  const findings = fieldValidation === 'Ignore' ? [] : found(fieldValidation);
  dropEmptyMetadata(object.metadata);
  // An empty list gives up all ownership, except of custom resources.
  const isReset = object.metadata.managedFields?.length === 0;
  if (isReset) delete object.metadata.managedFields;
  const { object: known, warnings } = checkFields(definition, object, fieldValidation, findings, {
    isPatch: context.info.verb === 'patch',
  });
  for (const warning of warnings) context.warnings.push(warning);
  prepare(known);
  const defaulted = defaultObject(definition, known);
  const completed = definition.storedForm?.normalizeSent?.(defaulted) ?? defaulted;
  if (isReset && definition.source === 'builtin') completed.metadata.managedFields = [];
  return completed;
}

const LISTS = ['finalizers', 'ownerReferences'] as const;
const MAPS = ['labels', 'annotations'] as const;

/** Of metadata empty maps and lists are none. */
function dropEmptyMetadata(metadata: ObjectMeta): void {
  for (const field of [...LISTS, ...MAPS]) {
    const value: unknown = metadata[field];
    const isOfType = Array.isArray(value) === (LISTS as readonly string[]).includes(field);
    const isEmpty = typeof value === 'object' && value !== null && isOfType && Object.keys(value).length === 0;
    if (value === null || isEmpty) delete metadata[field];
  }
}

/** Causes from a custom resource's schema; built-in kinds have theirs in their strategies. */
export function schemaCauses(
  { target, write, context }: WriteRequest,
  object: Unstructured,
  old: Unstructured | undefined,
): StatusCause[] {
  const { definition } = target;
  if (definition.source !== 'crd') return [];
  const warn = (text: string): void => void context.warnings.push(text);
  return validateCustomResource(definition, object, { old, isStatus: write.subresource === 'status', warn });
}

/** Finalizers of custom resources without a domain are allowed, but told of when they come. */
export function warnOfFinalizers(
  { target, context }: WriteRequest,
  { metadata }: Unstructured,
  known: readonly string[] = [],
): void {
  if (target.definition.source !== 'crd') return;
  const before = new Set(known);
  const added = new Set(metadata.finalizers?.filter((finalizer) => !before.has(finalizer)));
  for (const finalizer of [...added].sort()) {
    if (finalizer.includes('/') || STANDARD_FINALIZERS.includes(finalizer)) continue;
    const form = finalizer.includes('.') ? ' including a path (/)' : '';
    context.warnings.push(
      `metadata.finalizers: ${JSON.stringify(finalizer)}: prefer a domain-qualified finalizer name${form} to avoid accidental conflicts with other finalizer writers`,
    );
  }
}
