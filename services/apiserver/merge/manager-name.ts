/** The longest name of a field manager, in bytes. */
const maxLength = 128;

/**
 * The name of a field manager that did not name itself: the user agent up to the first `/`, without what can't be printed, at most 128 bytes.
 * Empty when there is nothing of it; such a manager is recorded as `unknown`.
 */
export function managerFromUserAgent(userAgent = ''): string {
  const end = userAgent.indexOf('/');
  const product = end < 0 ? userAgent : userAgent.slice(0, end);
  if (isPlain(product)) return product;
  let out = '';
  for (const char of product) {
    if (!isPrintable(char)) continue;
    if (Buffer.byteLength(out + char) > maxLength) break;
    out += char;
  }
  return out;
}

/** Most names are. */
const isPlain = (product: string): boolean => product.length <= maxLength && /^[\x20-\x7e]*$/.test(product);

/** As Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the plain space. */
function isPrintable(char: string): boolean {
  return char === ' ' || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(char);
}
