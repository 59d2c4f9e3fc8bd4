import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { invalid } from '../../types/field-error.ts';

/** Paths of files inside volumes and containers. */

export function validateNoBacksteps(field: string, path: string): StatusCause[] {
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : [];
}

/** Below something, and nowhere else. */
export function validateDescendingPath(field: string, path: string): StatusCause[] {
  return [
    ...(path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []),
    ...validateNoBacksteps(field, path),
  ];
}

/** Names that begin with two dots are the kubelet's. */
export function validateNonReservedPath(field: string, path: string): StatusCause[] {
  const isReserved = path.startsWith('..') && !path.startsWith('../');
  return [
    ...validateDescendingPath(field, path),
    ...(isReserved ? [invalid(field, path, "must not start with '..'")] : []),
  ];
}
