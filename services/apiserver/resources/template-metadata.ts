import type { ObjectMeta, StatusCause } from '../../../shared/apis/meta/v1.ts';
import { validateAnnotations } from '../registry/validate-metadata.ts';
import { forbidden } from '../types/field-error.ts';
import { validateSelectorLabels } from './validate-label-selector.ts';

/** Metadata of a claim that is yet to be made: labels and annotations, and nothing that would be lost. Source: core/validation, ValidateTemplateObjectMeta. */
export function validateClaimMetadata(metadata: ObjectMeta, field: string): StatusCause[] {
  const { labels = {}, annotations = {}, ...others } = metadata;
  const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '' && value !== 0;
  return [
    ...validateAnnotations(annotations, `${field}.annotations`),
    ...validateSelectorLabels(labels, `${field}.labels`),
    ...Object.entries(others)
      .filter(([, value]) => isSet(value))
      .map(([name]) => forbidden(`${field}.${name === 'uid' ? 'uID' : name}`, 'cannot be set')),
  ];
}
