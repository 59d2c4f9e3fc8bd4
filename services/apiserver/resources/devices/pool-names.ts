import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsSubdomain } from '../../registry/object-names.ts';
import { required, tooLong } from '../../types/field-error.ts';

const MAX_NAME = 253;

/** Names of nodes or the like, with slashes between them. Of one that is too long not all parts are looked at. Source: resource/validation. */
export function poolNameCauses(name: string | undefined, field: string): StatusCause[] {
  if (!name) return [required(field)];
  return [
    ...(Buffer.byteLength(name) > MAX_NAME ? [tooLong(field, MAX_NAME)] : []),
    ...name.split('/', MAX_NAME + 1).flatMap((part) => causesOf(field, part, isDnsSubdomain(part))),
  ];
}
