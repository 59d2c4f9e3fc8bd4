import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { compareQuantities, wholeQuantity } from '../../../shared/apis/quantity.ts';
import { causesOf, isQualifiedName } from '../registry/object-names.ts';
import { invalid, notSupported, required } from '../types/field-error.ts';

/** What may be told of a claim. Source: core/validation, ValidatePersistentVolumeClaimStatusUpdate. */

interface Status {
  capacity?: Record<string, unknown>;
  allocatedResources?: Record<string, unknown>;
  allocatedResourceStatuses?: Record<string, string>;
}

const PROGRESS = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
];

export function validateClaimStatus(object: Unstructured): StatusCause[] {
  const { accessModes = [] } = (object['spec'] ?? {}) as { accessModes?: string[] };
  const { capacity = {}, allocatedResources = {}, allocatedResourceStatuses = {} } = (object['status'] ?? {}) as Status;
  const field = 'status.allocatedResourceStatuses';
  return [
    ...(accessModes.length === 0 ? [required('Spec.accessModes')] : []),
    ...Object.entries(capacity).flatMap(([name, value]) => validateAmount(value, `status.capacity[${name}]`)),
    ...Object.entries(allocatedResourceStatuses).flatMap(([name, state]) => [
      ...validateName(name, field),
      ...(PROGRESS.includes(state) ? [] : [notSupported(field, name, PROGRESS)]),
    ]),
    ...Object.entries(allocatedResources).flatMap(([name, value]) => {
      const wrong = validateName(name, 'status.allocatedResources');
      return wrong.length > 0 ? wrong : validateAmount(value, `status.allocatedResources[${name}]`);
    }),
  ];
}

const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');

function validateName(name: string, field: string): StatusCause[] {
  const malformed = causesOf(field, name, isQualifiedName(name));
  if (malformed.length > 0 || !isNative(name) || name === 'storage') return malformed;
  return [notSupported(field, name, ['storage'])];
}

function validateAmount(quantity: unknown, field: string): StatusCause[] {
  if (compareQuantities(quantity, '0') >= 0) return [];
  return [invalid(field, Number(wholeQuantity(quantity)), 'must be a valid resource quantity')];
}
