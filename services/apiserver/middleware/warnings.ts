import type { Middleware } from '../request.ts';

/** `Warning: 299 - "…"` for every warning that handlers left. Source: RFC 7234, 5.5; upstream caps them at 4096 characters together. */
export const warnings: Middleware = async (context, next) => {
  const response = await next(context);
  if (context.warnings.length === 0) return response;
  const value = warningHeader(context.warnings);
  return value === '' ? response : { ...response, headers: { ...response.headers, warning: value } };
};

const MAX_LENGTH = 4096;

/** Several warnings with a line feed between them, which go out as a header each; repeated ones once. */
function warningHeader(texts: readonly string[]): string {
  let header = '';
  for (const text of new Set(texts)) {
    const next = `${header === '' ? '' : '\n'}299 - "${quoted(text)}"`;
    if (header.length + next.length > MAX_LENGTH) return header;
    header += next;
  }
  return header;
}

/** The bytes of its UTF-8, as Go writes header values, without control characters. */
function quoted(text: string): string {
  const printable = text.replace(/\p{Cc}/gu, ' ').replace(/["\\]/g, '\\$&');
  return Buffer.from(printable, 'utf8').toString('latin1');
}
