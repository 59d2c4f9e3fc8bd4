import { newInvalid } from '../../../shared/apis/meta/status-error.ts';
import { managerFromUserAgent } from '../merge/manager-name.ts';
import type { RequestContext } from '../request.ts';
import { invalid } from '../types/field-error.ts';

/** The field manager of a request: the query's, or the first part of the User-Agent, as upstream. Throws 422. */
export function fieldManagerOf({ request }: RequestContext): string {
  const given = request.query.get('fieldManager') ?? '';
  if (given.length > 128) {
    const cause = {
      reason: 'FieldValueTooLong',
      message: 'Too long: may not be more than 128 bytes',
      field: 'fieldManager',
    };
    throw newInvalid({ group: 'meta.k8s.io', resource: 'CreateOptions' }, [cause]);
  }
  const at = [...given].findIndex((character) => !/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character));
  if (at >= 0) {
    const code = ([...given][at]?.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    // Upstream tells the place in bytes.
    const position = Buffer.byteLength([...given].slice(0, at).join(''));
    const cause = invalid('fieldManager', given, `invalid character U+${code} (at position ${position})`);
    throw newInvalid({ group: 'meta.k8s.io', resource: 'CreateOptions' }, [cause]);
  }
  return given || managerFromUserAgent(request.userAgent ?? request.headers['user-agent']);
}
