import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid, required } from '../types/field-error.ts';
import { notNegative } from './pod-spec/field-rules.ts';

/** ControllerRevisions, which hold what once was. Source: apps/validation. */

export const controllerRevisionStrategy: Strategy = {
  validate: (object) => notNegative('revision', object['revision'] as number | undefined),
  validateCreate: validateData,
  validateUpdate: (object, old) =>
    isDeepStrictEqual(object['data'], old['data'])
      ? []
      : [invalid('data', object['data'] ?? null, 'field is immutable')],
};

function validateData({ data }: Unstructured): StatusCause[] {
  if (data === undefined || data === null) return [required('data', 'data is mandatory')];
  const isObject = typeof data === 'object' && !Array.isArray(data);
  return isObject ? [] : [required('data', 'data must be a valid JSON object')];
}
