import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { invalid } from '../../types/field-error.ts';
import { goQuoted } from '../../types/go-quoted.ts';

/** UUIDs, of which only one of the forms that there are is taken. Source: resource/validation; github.com/google/uuid. */
export function uuidCauses(uid: string, field: string): StatusCause[] {
  const why = uuidError(uid);
  if (why !== undefined) return [invalid(field, uid, `error validating uid: ${why}`)];
  return uid.length === 36 && uid === uid.toLowerCase() ? [] : [invalid(field, uid, NORMALIZED)];
}

const NORMALIZED =
  'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters';
const MALFORMED = 'invalid UUID format';
const FORM = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const PLAIN = /^[\da-f]{32}$/i;
const URN = 'urn:uuid:';

/** Undefined for any of the forms. */
function uuidError(uid: string): string | undefined {
  switch (Buffer.byteLength(uid)) {
    case 32:
      return PLAIN.test(uid) ? undefined : MALFORMED;
    case 36:
      return FORM.test(uid) ? undefined : MALFORMED;
    case 38:
      if (!/^\{.*\}$/s.test(uid)) return 'invalid bracketed UUID format';
      return FORM.test(uid.slice(1, -1)) ? undefined : MALFORMED;
    case URN.length + 36: {
      const urn = uid.slice(0, URN.length);
      if (urn.toLowerCase() !== URN) return `invalid urn prefix: ${goQuoted(urn)}`;
      return FORM.test(uid.slice(URN.length)) ? undefined : MALFORMED;
    }
    default:
      return `invalid UUID length: ${Buffer.byteLength(uid)}`;
  }
}
