import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { managerFromUserAgent } from '../merge/manager-name.ts';
import type { ServerRequest } from '../request.ts';
import { invalid, tooLong } from '../types/field-error.ts';

/** The field manager of a request: the query's, or the first part of the User-Agent, as upstream. */
export function fieldManagerOf({ query, userAgent, headers }: ServerRequest): string {
  return query.get('fieldManager') || managerFromUserAgent(userAgent ?? headers['user-agent']);
}

const MAX_BYTES = 128;
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** What is wrong with the query's. */
export function fieldManagerCauses(query: URLSearchParams): StatusCause[] {
  const given = query.get('fieldManager') ?? '';
  if (given === '') return [];
  const unprintable = [...given.matchAll(UNPRINTABLE)].map(({ 0: character, index }) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    // Upstream tells the place in bytes.
    const position = Buffer.byteLength(given.slice(0, index));
    return invalid('fieldManager', given, `invalid character U+${code} (at position ${position})`);
  });
  const isTooLong = Buffer.byteLength(given) > MAX_BYTES;
  return [...(isTooLong ? [tooLong('fieldManager', MAX_BYTES)] : []), ...unprintable];
}
