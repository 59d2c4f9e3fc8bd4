import type { ObjectMeta, StatusCause } from '../../../shared/apis/meta/v1.ts';
import { validateAnnotations } from '../registry/validate-metadata.ts';
import { forbidden } from '../types/field-error.ts';
import { validateSelectorLabels } from './validate-label-selector.ts';

/** Metadata of a claim that is yet to be made: labels and annotations, and nothing that would be lost. Source: core/validation, ValidateTemplateObjectMeta. */
export function validateClaimMetadata(metadata: ObjectMeta, field: string): StatusCause[] {
  const { labels = {}, annotations = {}, ...others } = metadata;
  return [
    ...validateAnnotations(annotations, `${field}.annotations`),
    ...validateSelectorLabels(labels, `${field}.labels`),
    ...Object.entries(others)
      .filter(([name, value]) => isSet(name, value))
      .map(([name]) => forbidden(`${field}.${name === 'uid' ? 'uID' : name}`, 'cannot be set')),
  ];
}

/** A grace period of none is one. */
function isSet(name: string, value: unknown): boolean {
  if (value === 0) return name === 'deletionGracePeriodSeconds';
  return value !== undefined && value !== null && value !== '';
}

/** That they are refused is told, and not that they change anything. */
export function withoutEmptyLists(metadata: ObjectMeta): ObjectMeta {
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => !Array.isArray(value) || value.length > 0));
}
