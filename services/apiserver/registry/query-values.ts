import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import { goQuoted } from '../types/go-quoted.ts';

/** Values of query parameters as Go's conversion reads them. Source: apimachinery, conversion/queryparams and runtime/conversion.go. */

/** Whatever is there and not `false` or `0`, also nothing. */
export function isQueryTrue(value: string | null): boolean {
  return value !== null && !['0', 'false'].includes(value.toLowerCase());
}

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** In the words of Go's parser. Throws 400. */
export function queryInteger(text: string): number {
  const quoted = goQuoted(text);
  if (!/^[+-]?\d+$/.test(text)) throw newBadRequest(`strconv.ParseInt: parsing ${quoted}: invalid syntax`);
  const value = BigInt(text.replace(/^\+/, ''));
  if (value > MAX_INT64 || value < MIN_INT64)
    throw newBadRequest(`strconv.ParseInt: parsing ${quoted}: value out of range`);
  return Number(value);
}

/** Of a parameter that need not be there. Throws 400. */
export function queryIntegerOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  return text === null ? undefined : queryInteger(text);
}
